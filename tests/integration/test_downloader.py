import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests import samples
from tests.platforms.web_server import answer, web_server
from viral_forge_resources.contracts.errors import (
    BadInput,
    Permanent,
    RateLimited,
    Transient,
    Unreachable,
)
from viral_forge_resources.contracts.media_ports import FetchLimits
from viral_forge_resources.media.downloader import SourceDownloader
from viral_forge_resources.media.ffmpeg import ffmpeg_binary

_VIDEO = "video/mp4"
_HTML = "text/html; charset=utf-8"


@pytest.fixture(scope="session")
def video(tmp_path_factory) -> bytes:
    return samples.no_audio(tmp_path_factory.mktemp("samples")).read_bytes()


_CLIP = b"<the clip>"
_FIXED: dict[str, tuple[int, str, bytes, dict[str, str]]] = {
    "/clip.mp4": (200, _VIDEO, _CLIP, {}),
    "/signed": (200, "video/webm", _CLIP, {}),
    "/opaque.mp4": (200, "application/octet-stream", _CLIP, {}),
    "/moved": (302, _HTML, b"", {"Location": "/clip.mp4"}),
    "/og.html": (200, _HTML, b'<meta property="og:video" content="/clip.mp4">', {}),
    "/tag.html": (200, _HTML, b'<video><source src="/clip.mp4"></video>', {}),
    "/two.html": (200, _HTML, b"<video src='/a.mp4'></video><video src='/b.mp4'></video>", {}),
    "/text.html": (200, _HTML, b"no video here", {}),
    "/busy": (429, _HTML, b"", {"Retry-After": "90"}),
    "/locked.mp4": (403, _VIDEO, b"", {}),
    "/broken": (500, _HTML, b"", {}),
    "/short.mp4": (200, _VIDEO, b"cut off", {"Content-Length": "1000"}),
}
"""Status, type, body and further headers by path; the rest drips or is not there."""


class _Handler(BaseHTTPRequestHandler):
    """Each path is one fault or one way to offer a video."""

    server: "_Server"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append(path)
        if path in ("/endless.mp4", "/headless", "/slow.html"):
            self._drip(path)
            return
        status, kind, body, headers = _FIXED.get(path, (404, _HTML, b"", {}))
        self._answer(status, kind, self.server.video if body == _CLIP else body, headers)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        usual = {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in (usual | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _drip(self, path: str) -> None:
        if path == "/endless.mp4":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n")
        if path == "/slow.html" and self.server.asked.count(path) == 1:
            self._answer(200, _HTML, b"<html>", {})
            return
        try:
            while not self.server.is_closing.wait(0.02):
                self.wfile.write(b"X")
                self.wfile.flush()
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, video: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.video = video
        self.asked: list[str] = []
        self.is_closing = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        return  # clients hang up in the middle: that is what is tested


@contextmanager
def _served(video: bytes) -> Generator[_Server, None, None]:
    with _Server(video) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.is_closing.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def server(video: bytes) -> Generator[_Server, None, None]:
    with _served(video) as running:
        yield running


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "scratch" / "source"


def _fetch(
    locator: str, target: Path, *, allow_private: bool = True, **limits: float
) -> list[float]:
    wanted = {"max_bytes": 10_000_000, "max_duration_s": 60.0, "max_pixels": 10**7} | limits
    shares: list[float] = []
    SourceDownloader(allow_private_addresses=allow_private).fetch(
        locator,
        target,
        limits=FetchLimits(
            max_bytes=int(wanted["max_bytes"]),
            max_duration_s=wanted["max_duration_s"],
            max_pixels=int(wanted["max_pixels"]),
            deadline_s=wanted.get("deadline_s", 30.0),
        ),
        on_progress=shares.append,
    )
    return shares


def _url(server: _Server, path: str) -> str:
    return f"http://127.0.0.1:{server.server_port}{path}"


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def _nothing_is_left(target: Path) -> bool:
    return not target.parent.exists() or _names(target.parent) == []


@pytest.mark.parametrize(
    "name",
    ["a b.mp4", "-dash.mp4", "q\"'%:;.mp4", "new\nline.mp4", "שלום\u202e.mp4", "x" * 251 + ".mp4"],
)
def test_a_file_is_copied_whatever_its_name(tmp_path, target, video, name):
    source = tmp_path / name
    source.write_bytes(video)
    shares = _fetch(str(source), target)
    assert target.read_bytes() == video
    assert _names(target.parent) == ["source"]
    assert shares[-1] == 1.0


def test_a_link_to_a_file_is_followed(tmp_path, target, video):
    (tmp_path / "real.mp4").write_bytes(video)
    (tmp_path / "link.mp4").symlink_to("real.mp4")
    _fetch(str(tmp_path / "link.mp4"), target)
    assert target.read_bytes() == video
    assert not target.is_symlink()


def test_what_is_no_file_is_refused_with_the_reason(tmp_path, target):
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "dangling.mp4").symlink_to("gone.mp4")
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    reasons = {
        str(tmp_path): "is a folder",
        "/dev/zero": "is a device, pipe or socket",
        str(tmp_path / "pipe.mp4"): "is a device, pipe or socket",
        str(tmp_path / "gone.mp4"): "does not exist",
        str(tmp_path / "dangling.mp4"): "a link to a file that is gone",
        str(tmp_path / "loop.mp4"): "is not the path of a file",
        "/" + "x" * 300: "is not the path of a file",
        "/nul\0byte": "is not the path of a file",
        "relative.mp4": "neither an absolute path nor an http address",
        "ftp://example.com/v.mp4": "neither an absolute path nor an http address",
    }
    for locator, reason in reasons.items():
        with pytest.raises(BadInput, match=reason):
            _fetch(locator, target)
    assert _nothing_is_left(target)


def test_a_file_above_the_limit_is_refused(tmp_path, target, video):
    source = tmp_path / "large.mp4"
    source.write_bytes(video)
    with pytest.raises(BadInput, match=r"large\.mp4': is larger than the limit of 1,000 bytes"):
        _fetch(str(source), target, max_bytes=1000)
    assert _nothing_is_left(target)


def test_a_file_that_grows_while_it_is_copied_is_tried_again_later(tmp_path, target, video):
    source = tmp_path / "growing.mp4"
    source.write_bytes(video)
    limits = FetchLimits(max_bytes=10**9, max_duration_s=60, max_pixels=10**7, deadline_s=30)

    def grow(share: float) -> None:
        with source.open("ab") as file:
            file.write(b"more")

    downloader = SourceDownloader(allow_private_addresses=False)
    with pytest.raises(Transient, match="is still being written"):
        downloader.fetch(str(source), target, limits=limits, on_progress=grow)
    assert _nothing_is_left(target)


def test_a_source_that_does_not_fit_on_the_disk_is_tried_again_later(tmp_path, target):
    source = tmp_path / "sparse.mp4"
    with source.open("wb") as file:
        file.truncate(shutil.disk_usage(tmp_path).free + 1)
    with pytest.raises(Transient, match="bytes on disk"):
        _fetch(str(source), target, max_bytes=1 << 60)
    assert _nothing_is_left(target)


@pytest.mark.parametrize("path", ["/clip.mp4?token=1", "/signed", "/opaque.mp4", "/moved"])
def test_a_video_behind_an_address_is_fetched_with_one_request(server, target, video, path):
    shares = _fetch(_url(server, path), target)
    assert target.read_bytes() == video
    assert server.asked[-1] in {"/clip.mp4", "/signed", "/opaque.mp4"}
    assert len(server.asked) == (2 if path == "/moved" else 1)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/gone.mp4", BadInput, "404 Not Found"),
        ("/busy", RateLimited, "429"),
        ("/locked.mp4", Permanent, "403 Forbidden"),
        ("/broken", Unreachable, "500"),
        ("/short.mp4", Unreachable, "no complete answer"),
    ],
)
def test_a_refusal_or_a_broken_answer_leaves_nothing(server, target, path, kind, words):
    with pytest.raises(kind, match=words) as caught:
        _fetch(_url(server, f"{path}?token=s3cret"), target)
    assert "s3cret" not in str(caught.value)
    assert _nothing_is_left(target)
    if isinstance(caught.value, RateLimited):
        assert caught.value.retry_after == timedelta(seconds=90)


def test_a_video_above_the_limit_is_refused_before_its_bytes_come(server, target):
    with pytest.raises(BadInput, match="larger than the limit"):
        _fetch(_url(server, "/clip.mp4"), target, max_bytes=100)
    assert _nothing_is_left(target)


def test_an_answer_without_a_length_is_cut_at_the_limit(server, target):
    with pytest.raises(BadInput, match="larger than the limit"):
        _fetch(_url(server, "/endless.mp4"), target, max_bytes=5)
    assert _nothing_is_left(target)


@pytest.mark.parametrize("path", ["/endless.mp4", "/headless"])
def test_a_slow_drip_ends_at_the_deadline(server, target, path):
    begun = time.monotonic()
    with pytest.raises(Unreachable, match=r"took longer than 0\.4 s"):
        _fetch(_url(server, path), target, deadline_s=0.4)
    assert time.monotonic() - begun < 5
    assert _nothing_is_left(target)


def test_a_closed_port_is_unreachable(target):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            _fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/v.mp4", target)
    assert _nothing_is_left(target)


def test_a_private_address_is_never_asked(server, target):
    with pytest.raises(BadInput, match="private or reserved address"):
        _fetch(_url(server, "/clip.mp4"), target, allow_private=False)
    assert server.asked == []
    assert _nothing_is_left(target)


@pytest.mark.parametrize("path", ["/og.html", "/tag.html"])
def test_yt_dlp_fetches_the_video_of_a_page(server, target, video, path):
    shares = _fetch(_url(server, path), target)
    assert target.read_bytes() == video
    assert _names(target.parent) == ["source"]
    assert shares[-1] == 1.0


@pytest.mark.parametrize(
    ("path", "limits", "words"),
    [
        ("/two.html", {}, "lists several videos"),
        ("/text.html", {}, "shows no video"),
        ("/og.html", {"max_bytes": 100}, "larger than the limit"),
    ],
)
def test_a_page_that_cannot_be_used_is_refused_with_the_reason(server, target, path, limits, words):
    with pytest.raises(BadInput, match=words) as caught:
        _fetch(_url(server, f"{path}?token=s3cret"), target, **limits)
    assert "s3cret" not in str(caught.value)
    assert _nothing_is_left(target)


def test_yt_dlp_takes_the_operators_cookies_along_and_leaves_no_copy(
    target, video, tmp_path, monkeypatch
):
    cookies = tmp_path / "cookies.txt"
    line = "127.0.0.1\tFALSE\t/\tFALSE\t2000000000\tsession\t1"
    cookies.write_text(f"# Netscape HTTP Cookie File\n{line}\n", encoding="utf-8")
    monkeypatch.setenv("VIRAL_FORGE_YTDLP_COOKIE_FILE", str(cookies))
    with web_server() as server:
        server.script("/clip.mp4", answer(200, video, kind=_VIDEO))
        html = b'<video><source src="/clip.mp4"></video>'
        _fetch(server.script("/page", answer(200, html, kind=_HTML)), target)
        by_plain_client, *by_yt_dlp = server.asked
    assert "cookie" not in by_plain_client.headers
    assert {asked.headers.get("cookie") for asked in by_yt_dlp} == {"session=1"}
    assert _names(target.parent) == ["source"]


def test_a_page_that_hangs_is_given_up_at_the_deadline(server, target):
    with pytest.raises(Unreachable, match="took longer than 3 s"):
        _fetch(_url(server, "/slow.html"), target, deadline_s=3.0)
    assert _nothing_is_left(target)


@contextmanager
def _worker(url: str, folder: Path, *, allow_private: bool) -> Generator[subprocess.Popen[str]]:
    request = {
        "url": url,
        "folder": str(folder),
        "ffmpeg": ffmpeg_binary(),
        "max_bytes": 10_000_000,
        "max_duration_s": 60.0,
        "max_pixels": 10**7,
        "allow_private_addresses": allow_private,
    }
    command = [sys.executable, "-m", "viral_forge_resources.media._ytdlp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603  our own module
        command, stdin=pipe, stdout=pipe, text=True, start_new_session=True
    ) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        yield process


def test_yt_dlp_itself_cannot_reach_a_private_address(server, tmp_path):
    with _worker(_url(server, "/og.html"), tmp_path, allow_private=False) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"error": "private"}
    assert server.asked == []


def test_the_yt_dlp_process_ends_when_the_run_that_started_it_dies(server, tmp_path):
    server.asked.append("/slow.html")
    with _worker(_url(server, "/slow.html"), tmp_path, allow_private=True) as process:
        assert process.stdin is not None
        deadline = time.monotonic() + 20
        while server.asked.count("/slow.html") < 2 and time.monotonic() < deadline:
            server.is_closing.wait(0.05)
        process.stdin.close()
        assert process.wait(timeout=10) == -9
    assert server.asked.count("/slow.html") == 2
