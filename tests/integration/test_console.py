"""The console over a real database and a real storage folder."""

import html
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from tests.accounts import account_pages
from tests.builders import (
    KEY,
    NOW,
    approval,
    artefact,
    check_result,
    clip,
    niche,
    publication,
    save_candidate,
    save_publication,
    sha256,
)
from viral_forge_assets.console.app import create_app
from viral_forge_assets.console.ranges import RangeNotSatisfiable, requested_range
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import Artefact, ArtefactKind, CandidateStatus
from viral_forge_resources.state import approvals, artefacts, clips, niches
from viral_forge_resources.state import publications as outbox
from viral_forge_resources.storage.local import LocalStorage

CONTENT = bytes(range(256)) * 40
FOLDER = "cooking/inbox/pasta-1a2b3c4d/transform"
HOSTILE = "\"><script>alert('x')</script>{{ 7*7 }}\u202e\n"


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


@pytest.fixture
def console(sqlite_state: sa.Engine, storage: LocalStorage) -> TestClient:
    app = create_app(
        state=sqlite_state,
        storage=storage,
        dagster_url="http://127.0.0.1:3000",
        accounts=account_pages(sqlite_state),
    )
    return TestClient(app, base_url="http://127.0.0.1:3001", raise_server_exceptions=False)


@pytest.fixture
def stored(sqlite_state: sa.Engine, storage: LocalStorage) -> Artefact:
    """The default clip, rendered, checked and recorded with its picture."""
    save_candidate(sqlite_state)
    made = record(sqlite_state, storage, "clip-1.mp4", CONTENT)
    sheet = {"kind": ArtefactKind.CLIP_SHEET, "media_type": "image/jpeg"}
    record(sqlite_state, storage, "clip-1-sheet.jpg", b"jpg", **sheet)
    with sqlite_state.begin() as connection:
        niches.save(connection, niche(), now=NOW)
        clips.record(connection, clip(checks=(check_result(),)))
        clips.record_checks(
            connection, KEY, 1, content_sha256=sha256("clip"), checks=(check_result(),)
        )
    return made


def record(state, storage, name, content, **changes) -> Artefact:
    file = storage.put_bytes(content, f"{FOLDER}/{name}")
    made = artefact(storage_key=file.key, sha256=file.sha256, size_bytes=file.size_bytes, **changes)
    with state.begin() as connection:
        artefacts.record(connection, made)
    return made


def text_of(console: TestClient, path: str) -> str:
    return html.unescape(console.get(path).text)


def test_an_empty_console_says_what_to_do_next(console):
    page = console.get("/")
    assert page.status_code == 200
    assert "make demo" in page.text
    assert "viral-forge inbox" in page.text


def test_a_clip_is_listed_with_its_picture_and_state(console, stored):
    page = text_of(console, "/")
    assert f'href="/clip/{stored.artefact_id}"' in page
    sheet = artefacts.artefact_id(f"{FOLDER}/clip-1-sheet.jpg")
    assert f'<img src="/m/{sheet}"' in page
    assert '<span class="badge waiting-for-approval">waiting for approval</span>' in page
    assert "Pasta in five minutes" in page
    assert "12.0 s" in page


def test_the_newest_clip_comes_first(console, stored, sqlite_state, storage):
    newer = record(sqlite_state, storage, "clip-2.mp4", b"2", clip_number=2)
    with sqlite_state.begin() as connection:
        clips.record(
            connection,
            clip(number=2, storage_key=newer.storage_key, rendered_at=NOW.replace(hour=13)),
        )
    page = text_of(console, "/")
    assert page.index(newer.artefact_id) < page.index(stored.artefact_id)


def test_a_clip_is_played_from_its_page_with_its_facts_and_commands(console, stored):
    page = text_of(console, f"/clip/{stored.artefact_id}")
    assert f'src="/m/{stored.artefact_id}"' in page
    assert "<video controls" in page
    assert f"viral-forge approve {sha256('clip')[:12]}" in page
    assert (
        "http://127.0.0.1:3000/assets/transform/rendered_clips"
        "?partition=cooking%3Ainbox%3Apasta-1a2b3c4d"
    ) in page
    assert "clean" in page


def test_a_failed_check_shows_its_message(console, stored, sqlite_state):
    failed = check_result(name="loudness", passed=False, message="-18.2 LUFS, not -14")
    with sqlite_state.begin() as connection:
        clips.record_checks(connection, KEY, 1, content_sha256=sha256("clip"), checks=(failed,))
    for path in ("/", f"/clip/{stored.artefact_id}"):
        assert '<li class="failed"><b>loudness</b> -18.2 LUFS, not -14</li>' in text_of(
            console, path
        )
    assert "checks failed" in text_of(console, "/")


def test_what_several_checks_say_alike_is_read_once(console, stored, sqlite_state):
    why = "not applicable: No captions: the speech model 'small' cannot be fetched."
    alike = tuple(check_result(name=name, message=why) for name in ("in_time", "in_the_clear"))
    with sqlite_state.begin() as connection:
        clips.record_checks(
            connection,
            KEY,
            1,
            content_sha256=sha256("clip"),
            checks=(check_result(), *alike, check_result(name="in_the_zone", message="2 captions")),
        )
    page = text_of(console, f"/clip/{stored.artefact_id}")
    assert page.count(why) == 1
    assert f'<li class="passed"><b>in time, in the clear</b> {why}</li>' in page
    assert '<li class="passed"><b>in the zone</b> 2 captions</li>' in page


def test_a_published_clip_links_to_its_post(console, stored, sqlite_state):
    publish(sqlite_state, "https://example.com/watch?v=1")
    assert 'href="https://example.com/watch?v=1"' in text_of(console, "/")
    assert '<span class="badge published">' in text_of(console, f"/clip/{stored.artefact_id}")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///tmp/post", "http://[x"])
def test_an_address_that_is_no_web_address_is_never_a_link(address, console, stored, sqlite_state):
    publish(sqlite_state, address)
    page = text_of(console, "/")
    assert address in page
    assert f'href="{address}"' not in page or address.startswith("http://[")


def publish(state: sa.Engine, address: str) -> None:
    planned = save_publication(state)
    with state.begin() as connection:
        approvals.record(connection, approval())
        outbox.approve(connection, planned.content_sha256, now=NOW)
        row = sa.table("publications", sa.column("state"), sa.column("post_url"))
        connection.execute(
            sa.update(row).values(state=PublicationState.PUBLISHED.value, post_url=address)
        )


def test_a_rejected_clip_says_so_and_by_whom(console, stored, sqlite_state):
    with sqlite_state.begin() as connection:
        approvals.record(connection, approval(is_approved=False, note="too dark"))
    page = text_of(console, f"/clip/{stored.artefact_id}")
    assert "Rejected by operator, 2026-11-20 12:00 UTC. too dark" in page
    assert "viral-forge approve" not in page


def test_what_was_said_of_older_bytes_does_not_count(console, stored, sqlite_state):
    save_publication(sqlite_state, content_sha256=sha256("older"))
    with sqlite_state.begin() as connection:
        approvals.record(connection, approval(content_sha256=sha256("older")))
    page = text_of(console, f"/clip/{stored.artefact_id}")
    assert "waiting for approval" in page
    assert "Planned for no channel." in page


@pytest.mark.parametrize("status", [CandidateStatus.REFUSED, CandidateStatus.FAILED])
def test_a_candidate_without_clips_shows_why_and_what_would_help(status, console, sqlite_state):
    save_candidate(
        sqlite_state,
        status=status,
        reason="no licence is known",
        remedy="viral-forge rights add cooking:inbox:x",
    )
    page = text_of(console, "/")
    assert "no licence is known" in page
    assert "<pre>viral-forge rights add cooking:inbox:x</pre>" in page


def test_a_filter_shows_only_what_is_like_it(console, stored, sqlite_state):
    save_candidate(sqlite_state, candidate_key="travel:inbox:x", status=CandidateStatus.REFUSED)
    link = f"/clip/{stored.artefact_id}"
    assert link in text_of(console, "/?niche=cooking&state=waiting+for+approval")
    assert link not in text_of(console, "/?state=published")
    elsewhere = text_of(console, "/?niche=travel")
    assert link not in elsewhere
    assert "travel:inbox:x" in elsewhere
    assert "travel:inbox:x" not in text_of(console, "/?niche=cooking")


def test_hostile_words_are_only_ever_text(console, stored, sqlite_state):
    save_candidate(sqlite_state, title=HOSTILE, reason=HOSTILE)
    save_candidate(
        sqlite_state,
        candidate_key="cooking:inbox:other",
        status=CandidateStatus.REFUSED,
        title=HOSTILE,
        remedy=HOSTILE,
    )
    for path in (
        "/",
        f"/clip/{stored.artefact_id}",
        f"/?niche={quote(HOSTILE)}&state={quote(HOSTILE)}",
    ):
        page = console.get(path).text
        assert "<script" not in page
        assert "49" not in page.replace(sha256("clip"), "")
    assert "&lt;script&gt;" in console.get("/").text


def test_the_whole_file_is_served_with_its_type_and_hash(console, stored):
    answer = console.get(f"/m/{stored.artefact_id}")
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["etag"] == f'"{stored.sha256}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == str(len(CONTENT))


def test_head_tells_size_without_bytes(console, stored):
    answer = console.head(f"/m/{stored.artefact_id}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(CONTENT))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-99", CONTENT[:100]),
        ("bytes=10000-", CONTENT[10000:]),
        ("bytes=-5", CONTENT[-5:]),
        ("bytes=-999999", CONTENT),
        ("bytes=10239-99999", CONTENT[10239:]),
    ],
)
def test_a_range_is_served_alone(asked, expected, console, stored):
    answer = console.get(f"/m/{stored.artefact_id}", headers={"range": asked})
    assert (answer.status_code, answer.content) == (206, expected)
    start = len(CONTENT) - len(expected) if asked != "bytes=0-99" else 0
    end = start + len(expected) - 1
    assert answer.headers["content-range"] == f"bytes {start}-{end}/{len(CONTENT)}"
    assert answer.headers["content-length"] == str(len(expected))


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=-0", "bytes=99999-100000"])
def test_a_range_outside_the_file_is_refused(asked, console, stored):
    answer = console.get(f"/m/{stored.artefact_id}", headers={"range": asked})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */10240"


@pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=0-1,4-5", "lines=1-2", "bytes=x", "bytes=-"])
def test_a_range_that_makes_no_sense_gives_the_whole(asked, console, stored):
    answer = console.get(f"/m/{stored.artefact_id}", headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_a_range_of_an_older_file_gives_the_new_one_whole(console, stored):
    asked = {"range": "bytes=0-1", "if-range": '"older"'}
    assert console.get(f"/m/{stored.artefact_id}", headers=asked).content == CONTENT


def test_an_unchanged_file_is_not_sent_again(console, stored):
    asked = {"if-none-match": f'"{stored.sha256}"'}
    answer = console.get(f"/m/{stored.artefact_id}", headers=asked)
    assert (answer.status_code, answer.content) == (304, b"")


def test_no_range_of_an_empty_file_can_be_served():
    with pytest.raises(RangeNotSatisfiable):
        requested_range("bytes=0-", size=0)


def test_a_file_that_state_does_not_record_is_not_served(console, stored, storage):
    storage.put_bytes(b"secret", f"{FOLDER}/clip-1.json")
    unrecorded = artefacts.artefact_id(f"{FOLDER}/clip-1.json")
    for path in (f"/m/{unrecorded}", f"/m/{FOLDER}/clip-1.mp4", "/m/..%2f..%2fetc%2fpasswd"):
        answer = console.get(path)
        assert answer.status_code == 404
        assert b"secret" not in answer.content


def test_a_recorded_file_that_is_gone_is_not_found(console, stored, storage):
    storage.delete(stored.storage_key)
    assert console.get(f"/m/{stored.artefact_id}").status_code == 404


def test_bytes_that_are_not_the_recorded_ones_are_not_served(console, stored, storage):
    storage.put_bytes(b"half", stored.storage_key)
    answer = console.get(f"/m/{stored.artefact_id}")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("media_type", "content_type"),
    [
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/x-subrip", "text/plain; charset=utf-8"),
    ],
)
def test_only_harmless_types_are_shown(media_type, content_type, console, sqlite_state, storage):
    save_candidate(sqlite_state)
    made = record(sqlite_state, storage, "x", b"<script>", media_type=media_type)
    answer = console.get(f"/m/{made.artefact_id}")
    assert answer.headers["content-type"] == content_type
    is_saved = answer.headers.get("content-disposition") == "attachment"
    assert is_saved is (content_type == "application/octet-stream")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/m/x", "/clip/x"])
def test_nothing_can_be_changed(method, path, console):
    assert console.request(method, path).status_code == 405


def test_a_page_of_no_clip_is_not_found(console, stored):
    sheet = artefacts.artefact_id(f"{FOLDER}/clip-1-sheet.jpg")
    for artefact_id in ("0123456789", sheet):
        answer = console.get(f"/clip/{artefact_id}")
        assert answer.status_code == 404
        assert "All clips" in answer.text


def test_every_answer_forbids_scripts_and_guessing_of_types(console, stored):
    for path in ("/", f"/clip/{stored.artefact_id}", f"/m/{stored.artefact_id}", "/nowhere"):
        headers = console.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none';")
        assert headers["x-content-type-options"] == "nosniff"


def test_only_files_may_be_shown_by_other_pages(console, stored):
    policy = "cross-origin-resource-policy"
    assert console.get(f"/m/{stored.artefact_id}").headers[policy] == "cross-origin"
    assert console.get("/").headers[policy] == "same-origin"


def test_the_stylesheet_comes_from_the_package(console):
    answer = console.get("/console.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in answer.text


def test_a_host_of_another_name_is_refused_unless_it_is_ours(sqlite_state, storage, console):
    assert console.get("/", headers={"host": "evil.example"}).status_code == 400
    app = create_app(
        state=sqlite_state,
        storage=storage,
        dagster_url="http://127.0.0.1:3000",
        accounts=account_pages(sqlite_state),
        console_host="studio.example",
    )
    assert TestClient(app, base_url="http://studio.example").get("/").status_code == 200


def test_publications_of_other_clips_do_not_count(console, stored, sqlite_state):
    save_publication(sqlite_state, clip_number=2, content_sha256=sha256("second"))
    assert publication().channel_id not in text_of(console, f"/clip/{stored.artefact_id}")
