"""The process that runs yt-dlp: ``python -m viral_forge_resources.media._ytdlp``.

Reads one JSON request from standard input; answers with lines of JSON, progress first and then
either the file or the reason why there is none. It ends when its standard input does. Nothing
imports this module, so yt-dlp is imported at its top.
"""

import errno
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import yt_dlp
from yt_dlp.networking.exceptions import HTTPError, TransportError
from yt_dlp.utils import DownloadCancelled, UnsupportedError, YoutubeDLError

from viral_forge_resources.http import is_public, shown_address

_LONGEST_REASON = 300
_ADDRESS = re.compile(r"https?://[^\s'\"<>]+")
_TERMINAL_CODE = re.compile(r"\x1b\[[0-9;]*m")
_PLEA = re.compile(
    r"[;,.]?\s*(please report this issue|Confirm you are on the latest).*", re.DOTALL
)
_HAND_REMEDY = (
    "Check the address in a browser; if the video plays there, update yt-dlp, "
    "or save the video yourself and add the file."
)


class _Job:
    """One request, what yt-dlp told us about it, and where the answer goes."""

    def __init__(self, request: dict[str, Any], out: TextIO) -> None:
        self.request = request
        self.files: list[str] = []
        self.refusal: dict[str, Any] | None = None
        self._out = out
        self._bytes: dict[str, int] = {}
        self._share = 0.0

    def say(self, message: dict[str, Any]) -> None:
        self._out.write(json.dumps(message) + "\n")
        self._out.flush()

    def refuse(self, refusal: dict[str, Any]) -> None:
        self.refusal = refusal
        raise DownloadCancelled

    def match(self, info: dict[str, Any], *, incomplete: bool) -> None:
        """Refuse by what is known before the first byte; yt-dlp calls it ``match_filter``."""
        duration = info.get("duration")
        pixels = (info.get("width") or 0) * (info.get("height") or 0)
        if (info.get("n_entries") or 1) > 1:
            self.refuse(_bad("lists several videos", "Give the address of one of them."))
        if info.get("is_live"):
            self.refuse(_bad("is a live stream", "Wait until it is over."))
        if duration and duration > self.request["max_duration_s"]:
            reason = f"lasts {duration:.0f} s, more than {self.request['max_duration_s']:g} s"
            self.refuse(_bad(reason, "Cut it, or raise VIRAL_FORGE_MAX_SOURCE_SECONDS."))
        if not incomplete and pixels > self.request["max_pixels"]:
            reason = f"is offered with {pixels} pixels a frame at least"
            self.refuse(_bad(reason, "Raise VIRAL_FORGE_MAX_SOURCE_PIXELS."))

    def watch(self, progress: dict[str, Any]) -> None:
        """Refuse what grows too large; yt-dlp calls it ``progress_hook``."""
        total = progress.get("total_bytes") or 0
        done = progress.get("downloaded_bytes") or 0
        self._bytes[progress.get("filename") or ""] = max(total, done)
        if sum(self._bytes.values()) > self.request["max_bytes"]:
            self.refuse({"error": "too_large"})
        expected = total or progress.get("total_bytes_estimate") or 0
        share = min(done / expected, 1.0) if expected else 0.0
        if share >= self._share + 0.01:  # one line for each block would cost more than it tells
            self._share = share
            self.say({"progress": share})


class _Silent:
    """Swallows what yt-dlp says; its errors arrive as exceptions."""

    def debug(self, message: str) -> None:
        """Ignore it."""

    warning = error = debug


def main() -> None:
    """Fetch what the request names, and answer."""
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # nothing that a child prints may look like an answer
        job = _Job(request, out)
        guard = _Guard()
        if not request["allow_private_addresses"]:
            sys.addaudithook(guard)
        job.say(_fetch(job, guard))


def _end_with_parent() -> None:
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


class _Guard:
    """An audit hook that lets Python connect to public addresses only, whoever asks.

    FFmpeg would connect unseen, so it may not be started with an address.
    """

    def __init__(self) -> None:
        self.has_refused = False

    def __call__(self, event: str, details: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(details[1], tuple):
            is_refused = not _is_public(str(details[1][0]))
        elif event == "subprocess.Popen":
            is_refused = any("://" in str(argument) for argument in details[1])
        else:
            return
        if is_refused:
            self.has_refused = True
            raise PermissionError(errno.EACCES, "private address refused")


def _is_public(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:  # a name, which would be resolved where we cannot see
        return False


def _fetch(job: _Job, guard: _Guard) -> dict[str, Any]:
    try:
        with yt_dlp.YoutubeDL(_options(job)) as downloads:
            downloads.extract_info(job.request["url"], download=True)
    except (YoutubeDLError, OSError, ValueError) as error:
        if guard.has_refused:
            return {"error": "private"}
        return job.refusal or _explained(error)
    if not job.files or _is_text(Path(job.files[-1])):
        return _bad("shows no video", _HAND_REMEDY)
    return {"file": job.files[-1]}


def _is_text(file: Path) -> bool:
    """Yt-dlp takes a page that is not HTML for a video; every real one has zero bytes early."""
    with file.open("rb") as opened:
        return b"\0" not in opened.read(4096)


def _options(job: _Job) -> dict[str, Any]:
    folder = job.request["folder"]
    return {
        "quiet": True,
        "noprogress": True,
        "logger": _Silent(),
        "cachedir": False,
        "socket_timeout": 15,
        "retries": 3,
        "fragment_retries": 3,
        "extractor_retries": 2,
        "retry_sleep_functions": {
            kind: lambda attempt: min(2**attempt, 20) for kind in ("http", "fragment", "extractor")
        },
        "noplaylist": True,
        "playlist_items": "1:2",
        "extract_flat": "in_playlist",
        "match_filter": job.match,
        "progress_hooks": [job.watch],
        "post_hooks": [job.files.append],
        "format": "bv*[ext=mp4]+ba[ext=m4a]/bv*+ba/b",
        "format_sort": ["res:1080", "vcodec:h264", "acodec:aac"],
        "merge_output_format": "mp4/mkv",
        "paths": {"home": folder, "temp": folder},
        "outtmpl": {"default": "page.%(ext)s"},
        "ffmpeg_location": job.request["ffmpeg"],
        "js_runtimes": {"deno": {}},
        **({} if job.request["allow_private_addresses"] else {"proxy": ""}),
    }


def _explained(error: BaseException) -> dict[str, Any]:
    for cause in _causes(error):
        if isinstance(cause, HTTPError):
            retry_after = cause.response.headers.get("Retry-After")
            return {"error": "status", "status": cause.status, "retry_after": retry_after}
        if isinstance(cause, TransportError):
            return {"error": "unreachable", "reason": _cleaned(str(cause))}
        if isinstance(cause, UnsupportedError):
            return _bad("shows no video that yt-dlp knows how to fetch", _HAND_REMEDY)
        if isinstance(cause, OSError) and cause.errno == errno.ENOSPC:
            return {"error": "disk_full"}
    return _bad(f"yt-dlp could not fetch it: {_cleaned(str(error))}", _HAND_REMEDY)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        inner = getattr(error, "exc_info", None)
        error = (inner[1] if inner else None) or error.__cause__ or error.__context__


def _cleaned(message: str) -> str:
    plain = _PLEA.sub("", _TERMINAL_CODE.sub("", message)).removeprefix("ERROR: ")
    shown = _ADDRESS.sub(lambda match: shown_address(match[0]), " ".join(plain.split()))
    return shown[:_LONGEST_REASON].rstrip(" .")


def _bad(reason: str, remedy: str) -> dict[str, Any]:
    return {"error": "bad_input", "reason": reason, "remedy": remedy}


if __name__ == "__main__":
    main()
