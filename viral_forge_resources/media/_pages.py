"""Fetches the video of a web page with yt-dlp, in a process that ends at the deadline."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    RateLimited,
    Transient,
    Unreachable,
    ViralForgeError,
    printable,
)
from viral_forge_resources.contracts.media_ports import FetchLimits, ProgressCallback
from viral_forge_resources.http import private_address, refusal, shown_address
from viral_forge_resources.media._files import disk_full, require_room, too_large

_WORKER = "viral_forge_resources.media._ytdlp"

_PLAIN: dict[str, type[ViralForgeError]] = {
    "misconfigured": Misconfigured,
    "robot_check": RateLimited,
    "unreachable": Unreachable,
}


def fetch_page(
    url: str,
    folder: Path,
    *,
    limits: FetchLimits,
    ends_at: float,
    allow_private_addresses: bool,
    on_progress: ProgressCallback,
) -> Path:
    """The file that yt-dlp left in ``folder``.

    ``ends_at`` is the moment of ``time.monotonic()`` at which its process group is killed.

    Raises:
        BadInput: no video there, too large, too long, or a private address.
        Transient: the site did not answer, or not in time.
    """
    import imageio_ffmpeg

    name = shown_address(url)
    require_room(folder, 0, name=name)
    request = {
        "url": url,
        "folder": str(folder),
        "ffmpeg": imageio_ffmpeg.get_ffmpeg_exe(),
        "max_bytes": limits.max_bytes,
        "max_duration_s": limits.max_duration_s,
        "max_pixels": limits.max_pixels,
        "allow_private_addresses": allow_private_addresses,
    }
    answer = _ask_worker(request, ends_at=ends_at, on_progress=on_progress)
    if answer is None:
        if time.monotonic() >= ends_at:
            raise Unreachable(
                f"{printable(name)}: took longer than {limits.deadline_s:g} s. "
                "Try again, or raise VIRAL_FORGE_DOWNLOAD_DEADLINE_SECONDS."
            )
        raise Transient(f"{printable(name)}: the yt-dlp process ended without an answer.")
    if "file" not in answer:
        raise _error(name, answer, limits)
    file = Path(answer["file"])
    if file.stat().st_size > limits.max_bytes:
        raise too_large(name, limits)
    return file


def _ask_worker(
    request: dict[str, Any], *, ends_at: float, on_progress: ProgressCallback
) -> dict[str, Any] | None:
    with _worker(ends_at) as process:
        if process.stdin is None or process.stdout is None:
            raise TypeError("the worker's pipes are not open")
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()  # stays open: its end tells the worker that we died
        except BrokenPipeError:
            return None
        for line in process.stdout:
            message: dict[str, Any] = json.loads(line)
            if "progress" not in message:
                return message
            on_progress(message["progress"])
    return None


@contextmanager
def _worker(ends_at: float) -> Generator["subprocess.Popen[str]"]:
    process = subprocess.Popen(  # noqa: S603  our own interpreter and module; the rest goes through a pipe
        [sys.executable, "-m", _WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    timer = threading.Timer(max(ends_at - time.monotonic(), 0.0), _kill_group, [process.pid])
    timer.daemon = True
    timer.start()
    try:
        with process:
            try:
                yield process
            finally:
                _kill_group(process.pid)  # not yet reaped: the group is still the worker's
    finally:
        timer.cancel()


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def _error(name: str, answer: dict[str, Any], limits: FetchLimits) -> ViralForgeError:
    kind = answer["error"]
    if kind == "status":
        return refusal(name, answer["status"], {"retry-after": answer["retry_after"] or ""})
    if kind in _PLAIN:
        return _PLAIN[kind](f"{printable(name)}: {answer['reason']}.")
    plain: dict[str, ViralForgeError] = {
        "private": private_address(name),
        "too_large": too_large(name, limits),
        "disk_full": disk_full(name),
    }
    if kind in plain:
        return plain[kind]
    return BadInput(name, reason=answer["reason"], remedy=answer["remedy"])
