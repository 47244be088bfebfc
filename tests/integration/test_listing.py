import asyncio
import gc
import time
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.fakes.quota import FakeQuotaLedger
from tests.platforms import web_server as served
from tests.platforms.web_server import WebServer, answer
from viral_forge_resources.contracts.errors import BadInput, Unreachable
from viral_forge_resources.workers.parts import ytdlp as setup
from viral_forge_resources.workers.parts.answering import Job, JobError
from viral_forge_resources.workers.ytdlp import listed
from viral_forge_resources.working import ProcessWorkers

_ENTRY = "<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"
_DATE = "Wed, 18 Nov 2026 09:00:00 GMT"
_TIMESTAMP = 1_794_992_400


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRAL_FORGE_YTDLP_SLEEP_SECONDS", "0")


@pytest.fixture
def server() -> Generator[WebServer, None, None]:
    with served.web_server() as running:
        yield running


def _page(server: WebServer, path: str) -> str:
    html = f'<meta property="og:title" content="{path}"><meta property="og:video" content="/v.mp4">'
    return server.script(path, answer(200, html.encode(), kind="text/html"))


def _feed(server: WebServer, *links: str) -> str:
    entries = (
        _ENTRY.format(title=f"No. {n}", link=link, date=_DATE) for n, link in enumerate(links)
    )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{"".join(entries)}'
    return server.script(
        "/feed.rss", answer(200, f"{body}</channel></rss>".encode(), kind="application/rss+xml")
    )


def _listed(folder: Path, url: str, **arguments: object) -> list[dict[str, Any]]:
    """What the job answers, asked in this process."""
    asked = {"url": url, "limit": 10, **arguments}
    with _yt_dlp_left_connections_open():
        return listed(Job(arguments=asked, folder=str(folder), allow_private_addresses=True))


def _failure(folder: Path, url: str, **arguments: object) -> dict[str, object]:
    """Why the job has no answer."""
    with _yt_dlp_left_connections_open():
        try:
            listed_anyway = _listed(folder, url, **arguments)
        except JobError as error:
            return error.facts
        raise AssertionError(f"listed {listed_anyway}")


@contextmanager
def _yt_dlp_left_connections_open() -> Generator[None, None, None]:
    """Each job is a process of its own, so that it may; pytest must not hear of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


def _run(url: str, *, allow_private: bool = True, deadline_s: float = 60) -> Any:
    workers = ProcessWorkers(
        ledger=FakeQuotaLedger(), at_once=1, allow_private_addresses=allow_private
    )
    return asyncio.run(workers.run("ytdlp", {"url": url, "limit": 2}, deadline_s=deadline_s))


def test_a_feed_is_listed_up_to_the_limit_with_one_request(server):
    got = _run(_feed(server, *(f"{server.url}/{n}" for n in range(5))))
    assert [(entry["title"], entry["timestamp"], entry["url"]) for entry in got] == [
        ("No. 0", _TIMESTAMP, f"{server.url}/0"),
        ("No. 1", _TIMESTAMP, f"{server.url}/1"),
    ]
    assert {asked.path for asked in server.asked} == {"/feed.rss"}


def test_in_full_each_video_is_asked_for_and_gone_ones_are_left_out(server, tmp_path):
    links = [_page(server, "/a"), f"{server.url}/gone", _page(server, "/b")]
    got = _listed(tmp_path, _feed(server, *links), is_full=True)
    assert [entry["webpage_url"] for entry in got] == [links[0], links[2]]
    assert got[0]["timestamp"] == _TIMESTAMP
    assert all("formats" not in entry for entry in got)


def test_a_site_that_shows_none_of_what_it_lists_is_not_quiet(server, tmp_path):
    links = [server.script(path, answer(403)) for path in ("/a", "/b")]
    facts = _failure(tmp_path, _feed(server, *links), is_full=True)
    assert facts["status"] == 403


def test_once_a_site_asks_to_wait_the_rest_stays_as_listed(server, tmp_path):
    busy = server.script("/busy", answer(429))
    links = [_page(server, "/a"), busy, _page(server, "/b")]
    got = _listed(tmp_path, _feed(server, *links), is_full=True)
    assert [entry["_type"] for entry in got] == ["video", "url_transparent", "url_transparent"]
    assert "/b" not in {asked.path for asked in server.asked}


def test_a_site_that_asks_to_wait_from_the_start_has_listed_nothing(server, tmp_path):
    busy = server.script("/busy", answer(429, retry_after="90"))
    facts = _failure(tmp_path, _feed(server, busy), is_full=True)
    assert (facts["status"], facts["retry_after"]) == (429, "90")


def test_one_video_is_a_list_of_one(server, tmp_path):
    (got,) = _listed(tmp_path, _page(server, "/a"))
    assert got["title"] == "/a"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (answer(404), "status"),
        (answer(500), "status"),
        (served.hang_up(), "unreachable"),
        (answer(200, b"<p>no video", kind="text/html"), "bad_input"),
    ],
)
def test_each_fault_has_its_kind_and_shows_no_query(server, tmp_path, fault, kind):
    url = server.script("/a", fault)
    facts = _failure(tmp_path, f"{url}?token=s3cret")
    assert (facts["kind"], facts["name"]) == (kind, url)
    assert "s3cret" not in str(facts)


@pytest.mark.parametrize("url", ["https://www.tiktok.com/@name", "ytsearch2:cats"])
def test_a_site_that_never_answers_is_unreachable_whatever_yt_dlp_makes_of_it(
    tmp_path, monkeypatch, url
):
    monkeypatch.setenv("VIRAL_FORGE_YTDLP_PROXY", "http://127.0.0.1:9")  # nobody is there
    monkeypatch.setattr(setup, "_LONGEST_RETRY_S", 0)
    facts = _failure(tmp_path, url)
    assert (facts["kind"], facts["name"]) == ("unreachable", url)


def test_a_file_of_this_machine_is_never_listed(tmp_path):
    assert _failure(tmp_path, "file:///etc/passwd")["kind"] == "bad_input"


def test_a_private_address_is_refused_before_it_is_asked(server):
    with pytest.raises(BadInput, match="private or reserved address"):
        _run(_page(server, "/a"), allow_private=False)
    assert server.asked == []


def test_a_private_address_is_refused_to_curl_too(server, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_YTDLP_IMPERSONATE", "chrome")
    with pytest.raises(BadInput, match="private or reserved address"):
        _run(_page(server, "/a"), allow_private=False)
    assert server.asked == []


def test_curl_poses_as_a_browser_where_it_is_told_to(server, tmp_path, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_YTDLP_IMPERSONATE", "chrome")
    _listed(tmp_path, _page(server, "/a"))
    assert "sec-ch-ua" in server.asked[0].headers


def test_a_site_that_hangs_is_given_up_at_the_deadline(server):
    url = server.script("/a", served.hang())
    begun = time.monotonic()
    before = {*psutil.Process().children(recursive=True)}  # other tests' helpers stay
    with pytest.raises(Unreachable, match="took longer than 4 s"):
        _run(url, deadline_s=4)
    assert time.monotonic() - begun < 20
    assert {*psutil.Process().children(recursive=True)} <= before


def test_each_job_has_cookies_of_its_own_and_the_operators_file_stays(
    server, tmp_path, monkeypatch
):
    head = "# Netscape HTTP Cookie File\n"
    line = "127.0.0.1\tFALSE\t/\tFALSE\t2000000000\tsession\ts3cret\n"
    theirs, folder = tmp_path / "cookies.txt", tmp_path / "job"
    theirs.write_text(head + line, encoding="utf-8")
    folder.mkdir()
    monkeypatch.setenv("VIRAL_FORGE_YTDLP_COOKIE_FILE", str(theirs))
    page = answer(200, b"<p>no video", kind="text/html", set_cookie="more=1; Max-Age=99")
    _failure(folder, server.script("/a", page))
    assert server.asked[0].headers["cookie"] == "session=s3cret"
    assert theirs.read_text(encoding="utf-8") == head + line
    assert (folder / "cookies.txt").stat().st_mode & 0o077 == 0


def test_without_a_cookie_file_no_cookie_is_sent(server, tmp_path):
    _listed(tmp_path, _page(server, "/a"))
    assert all("cookie" not in asked.headers for asked in server.asked)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COOKIE_FILE", "/nowhere/cookies.txt"),
        ("IMPERSONATE", "netscape-4"),
        ("JS_RUNTIME", "java"),
        ("RATE_LIMIT_BYTES", "-1"),
    ],
)
def test_a_wrong_setting_is_named(server, tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(f"VIRAL_FORGE_YTDLP_{name}", value)
    assert _failure(tmp_path, f"{server.url}/a")["kind"] == "misconfigured"
    assert server.asked == []
