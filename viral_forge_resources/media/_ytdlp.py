"""The process that runs yt-dlp: ``python -m viral_forge_resources.media._ytdlp``.

Reads one JSON request from standard input; answers with lines of JSON, progress first and then
either the file or the reason why there is none. It ends when its standard input does. Nothing
imports this module, so yt-dlp is imported at its top.
"""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

from yt_dlp.utils import DownloadCancelled, YoutubeDLError

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.workers.parts.answering import end_with_parent
from viral_forge_resources.workers.parts.guard import Guard
from viral_forge_resources.workers.parts.ytdlp import (
    YtdlpFailure,
    YtdlpSettings,
    common_options,
    failure,
    opened,
    read_settings,
)

_HAND_REMEDY = (
    "Check the address in a browser; if the video plays there, update yt-dlp, "
    "or save the video yourself and add the file."
)
_REMEDIES = {
    "needs_account": "Name a cookie file in VIRAL_FORGE_YTDLP_COOKIE_FILE if your account may "
    "see it, or save the video yourself and add the file.",
    "unavailable": "Choose another video.",
}


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


def main() -> None:
    """Fetch what the request names, and answer."""
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_parent, daemon=True).start()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # nothing that a child prints may look like an answer
        job = _Job(request, out)
        try:
            job.say(_fetch(job, read_settings()))
        except Misconfigured as error:
            job.say({"error": "misconfigured", "reason": str(error)})


def _fetch(job: _Job, settings: YtdlpSettings) -> dict[str, Any]:
    upstream = None if settings.proxy is None else settings.proxy.get_secret_value()
    guard = None if job.request["allow_private_addresses"] else Guard(upstream=upstream)
    try:
        with opened(_options(job, settings, proxy=guard.proxy if guard else upstream)) as downloads:
            downloads.extract_info(job.request["url"], download=True)
    except (YoutubeDLError, OSError, ValueError) as error:
        if guard is not None and guard.has_refused:
            return {"error": "private"}
        return job.refusal or _explained(failure(error))
    if not job.files or _is_text(Path(job.files[-1])):
        return _bad("shows no video", _HAND_REMEDY)
    return {"file": job.files[-1]}


def _is_text(file: Path) -> bool:
    """Yt-dlp takes a page that is not HTML for a video; every real one has zero bytes early."""
    with file.open("rb") as opened:
        return b"\0" not in opened.read(4096)


def _options(job: _Job, settings: YtdlpSettings, *, proxy: str | None) -> dict[str, Any]:
    folder = job.request["folder"]
    return {
        **common_options(settings, folder=Path(folder), proxy=proxy),
        "noplaylist": True,
        "playlist_items": "1:2",
        "extract_flat": "in_playlist",
        "match_filter": job.match,
        "progress_hooks": [job.watch],  # max_filesize would leave a large file out silently
        "post_hooks": [job.files.append],
        "format": "bv*[ext=mp4]+ba[ext=m4a]/bv*+ba/b",
        "format_sort": ["res:1080", "vcodec:h264", "acodec:aac"],  # a filter drops unknown heights
        "merge_output_format": "mp4/mkv",
        "paths": {"home": folder, "temp": folder},
        "outtmpl": {"default": "page.%(ext)s"},
        "ffmpeg_location": job.request["ffmpeg"],
    }


def _explained(found: YtdlpFailure) -> dict[str, Any]:
    if found.kind == "status":
        return {"error": "status", "status": found.status, "retry_after": found.retry_after}
    if found.kind == "unsupported":
        return _bad("shows no video that yt-dlp knows how to fetch", _HAND_REMEDY)
    if found.kind in ("needs_account", "unavailable", "broken"):
        remedy = _REMEDIES.get(found.kind, _HAND_REMEDY)
        return _bad(f"yt-dlp could not fetch it: {found.reason}", remedy)
    kind = "misconfigured" if found.kind == "settings" else found.kind
    return {"error": kind, "reason": found.reason}


def _bad(reason: str, remedy: str) -> dict[str, Any]:
    return {"error": "bad_input", "reason": reason, "remedy": remedy}


if __name__ == "__main__":
    main()
