"""Brings a source video to this machine: a copy, an HTTP answer, or what yt-dlp finds."""

import tempfile
import time
from pathlib import Path, PurePosixPath

import httpx

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media_ports import FetchLimits, ProgressCallback
from viral_forge_resources.http import open_client, raise_for_refusal, shown_address
from viral_forge_resources.media._deadline import stream_within
from viral_forge_resources.media._files import (
    copy_within,
    disk_has_room,
    require_room,
    too_large,
)
from viral_forge_resources.media._pages import fetch_page

_SCHEMES = ("http://", "https://")
_VIDEO_SUFFIXES = frozenset(
    (".3gp", ".avi", ".flv", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm")
)
_OPAQUE_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_PLAYLIST_TYPES = frozenset({"video/vnd.mpegurl", "video/mpegurl"})
_PLAIN_CLIENT_REFUSED = frozenset({401, 403, 405, 406})
"""Some sites answer so to anything that is no browser; yt-dlp knows how they want to be asked."""


class SourceDownloader:
    """Fetches by path or address; what it leaves is whole, whether it is a video tells a probe.

    Private addresses are refused for every request of this process and of the yt-dlp process.
    """

    def __init__(self, *, allow_private_addresses: bool) -> None:
        self._allow_private_addresses = allow_private_addresses

    def fetch(
        self, locator: str, target: Path, *, limits: FetchLimits, on_progress: ProgressCallback
    ) -> None:
        """Leave the whole file at ``target``, or nothing at all.

        Raises:
            BadInput: missing, too large, too long, a private address, or not a video.
            Permanent: the other side refuses us.
            Transient: the other side did not answer, or the disk is full.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as scratch:
            part = Path(scratch) / "source"
            if locator.lower().startswith(_SCHEMES):
                part = self._download(locator, part, limits, on_progress)
            else:
                copy_within(_absolute(locator), part, limits=limits, on_progress=on_progress)
            part.replace(target)

    def _download(
        self, url: str, part: Path, limits: FetchLimits, on_progress: ProgressCallback
    ) -> Path:
        ends_at = time.monotonic() + limits.deadline_s
        with (
            open_client(allow_private_addresses=self._allow_private_addresses) as client,
            stream_within(
                client,
                url,
                deadline_s=limits.deadline_s,
                headers={"Accept-Encoding": "identity"},
            ) as response,
        ):
            if _is_video(response):
                raise_for_refusal(response)
                _save(response, part, limits=limits, on_progress=on_progress)
                return part
            if response.status_code not in _PLAIN_CLIENT_REFUSED:
                raise_for_refusal(response)
        return fetch_page(
            url,
            part.parent,
            limits=limits,
            ends_at=ends_at,
            allow_private_addresses=self._allow_private_addresses,
            on_progress=on_progress,
        )


def _absolute(locator: str) -> Path:
    path = Path(locator)
    if not path.is_absolute():
        raise BadInput(
            locator,
            reason="is neither an absolute path nor an http address",
            remedy="Give the whole path, from the root of the file system, or an http(s) address.",
        )
    return path


def _is_video(response: httpx.Response) -> bool:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type.startswith("video/"):
        return media_type not in _PLAYLIST_TYPES
    suffix = PurePosixPath(response.url.path).suffix.lower()
    return media_type in _OPAQUE_TYPES and suffix in _VIDEO_SUFFIXES


def _save(
    response: httpx.Response, part: Path, *, limits: FetchLimits, on_progress: ProgressCallback
) -> None:
    name = shown_address(response.url)
    length = response.headers.get("content-length", "")
    expected = int(length) if length.isdecimal() else None
    if expected is not None and expected > limits.max_bytes:
        raise too_large(name, limits)
    require_room(part.parent, expected or 0, name=name)
    received = 0
    with disk_has_room(name), part.open("wb") as out:
        for chunk in response.iter_bytes():  # of no fixed size: a drip would fill one for hours
            received += len(chunk)
            if received > limits.max_bytes:
                raise too_large(name, limits)
            out.write(chunk)
            if expected:
                on_progress(min(received / expected, 1.0))
