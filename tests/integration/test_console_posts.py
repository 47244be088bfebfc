"""A post's page: from its numbers back to the source, the same as the command says."""

import html
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from typer.testing import CliRunner

from tests.accounts import account_pages
from tests.builders import (
    KEY,
    NOW,
    artefact,
    clip,
    post_metric,
    rights_record,
    save_candidate,
    save_publication,
    sha256,
)
from viral_forge_assets.cli import app
from viral_forge_assets.console.app import create_app
from viral_forge_resources.contracts.costs import CostEvent
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import ArtefactKind
from viral_forge_resources.state import artefacts, clips, costs, post_metrics, rights
from viral_forge_resources.state.tables import publications
from viral_forge_resources.storage.local import LocalStorage

_URL = "https://www.youtube.com/shorts/abc"
_FOLDER = "cooking/inbox/pasta-1a2b3c4d"
HOSTILE = "\"><script>alert('x')</script>{{ 7*7 }}"


@pytest.fixture
def console(sqlite_state: sa.Engine, tmp_path: Path) -> TestClient:
    app = create_app(
        state=sqlite_state,
        storage=LocalStorage(tmp_path / "storage"),
        dagster_url="http://127.0.0.1:3000",
        accounts=account_pages(sqlite_state),
    )
    return TestClient(app, base_url="http://127.0.0.1:3001", raise_server_exceptions=False)


@pytest.fixture
def post(sqlite_state: sa.Engine) -> str:
    """Id of a live post with its clip, files, right, cost and three readings."""
    row = save_publication(sqlite_state, channel_id="youtube:main")
    seen = post_metric(publication_id=row.publication_id, value=1_234_567.0)
    with sqlite_state.begin() as connection:
        clips.record(connection, clip(rights_id="right-1"))
        rights.append(connection, rights_record(rights_id="right-1"))
        artefacts.record(connection, artefact(sha256=sha256("clip")))
        subtitles = {"kind": ArtefactKind.SUBTITLES, "media_type": "application/x-subrip"}
        artefacts.record(
            connection, artefact(storage_key=f"{_FOLDER}/captions/clip-1.srt", **subtitles)
        )
        costs.record(connection, _cost())
        post_metrics.append(connection, [seen, *_absent(row.publication_id)])
        live = {"state": PublicationState.PUBLISHED, "post_url": _URL, "published_at": NOW}
        connection.execute(sa.update(publications).values(live))
    return row.publication_id


def _cost() -> CostEvent:
    return CostEvent(
        kind="render",
        provider="this machine",
        model="render",
        at=NOW,
        quantity=5.0,
        unit="cpu_s",
        usd=0.0123,
        is_estimate=False,
        niche="cooking",
        candidate_key=KEY,
        clip_number=1,
    )


def _absent(post: str):
    for metric, reason in (("likes", "they are hidden"), ("estimated_revenue", "not a partner")):
        yield post_metric(publication_id=post, metric=metric, value=None, reason=reason)


def _text(console: TestClient, path: str) -> str:
    answer = console.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_a_posts_page_leads_back_to_everything_it_was_made_of(console, post):
    page = _text(console, f"/post/{post}")
    key = "cooking%3Ainbox%3Apasta-1a2b3c4d"
    for link in (
        _URL,
        f"/clip/{artefact().artefact_id}",
        f"http://127.0.0.1:3000/assets/transform/edit_plan?partition={key}",
        f"http://127.0.0.1:3000/assets/captions/transcript?partition={key}",
        f"http://127.0.0.1:3000/assets/source/source_video?partition={key}",
        f"http://127.0.0.1:3000/assets/metrics/post_metrics?partition={key}",
        f"/m/{artefacts.artefact_id(f'{_FOLDER}/captions/clip-1.srt')}",
    ):
        assert f'href="{link}"' in page
    for word in (clip().recipe, rights_record().licence, "right-1", "$0.0123", "1,234,567"):
        assert word in page


def test_an_absent_number_says_why_and_is_no_nought(console, post):
    page = _text(console, f"/post/{post}")
    assert "absent: they are hidden" in page
    assert "<dt>Revenue</dt><dd>not known: not a partner</dd>" in page


def test_the_page_and_the_command_say_the_same(console, post, home, sqlite_state, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    page = _text(console, f"/post/{post}")
    said = CliRunner().invoke(app, ["explain", post]).output
    told = dict(line.strip().split("  ", 1) for line in said.splitlines() if "  " in line.strip())
    for subject in ("recipe", "right", "cost", "revenue"):
        assert told[subject].strip() in page


def test_a_clips_page_and_the_overview_lead_to_its_posts(console, post):
    for path in ("/", f"/clip/{artefact().artefact_id}"):
        assert f'href="/post/{post}"' in _text(console, path)


def test_bytes_that_are_no_longer_kept_are_not_linked(console, post, sqlite_state):
    with sqlite_state.begin() as connection:
        clips.record(connection, clip(content_sha256=sha256("newer")))
        artefacts.record(connection, artefact(sha256=sha256("newer")))
    page = _text(console, f"/post/{post}")
    assert "whose bytes are no longer kept" in page
    assert "no longer known: the clip was rendered anew since" in page
    assert f"/clip/{artefact().artefact_id}" not in page


def test_hostile_words_are_only_ever_text(console, post, sqlite_state):
    save_candidate(sqlite_state, title=HOSTILE, author=HOSTILE, page_url="javascript:alert(1)")
    with sqlite_state.begin() as connection:
        connection.execute(sa.update(publications).values(title=HOSTILE, post_url="file:///etc"))
    page = console.get(f"/post/{post}").text
    assert "<script" not in page
    assert "{{ 7*7 }}" in page
    assert 'href="javascript' not in page
    assert 'href="file' not in page


def test_a_post_that_nobody_planned_is_not_found(console):
    assert console.get("/post/nowhere").status_code == 404
