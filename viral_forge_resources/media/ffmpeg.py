"""Runs the FFmpeg binary: progress, cost, what it said, and that it never outlives us."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from viral_forge_resources.contracts.errors import BadInput, Transient

INPUT_GUARD = {
    "protocol_whitelist": "file,pipe",
    # Lists of other files (HLS, DASH, concat, image patterns) are left out: a source is one file.
    "format_whitelist": (
        "mov,mp4,matroska,webm,avi,flv,mpegts,mpeg,mpegvideo,m4v,h264,hevc,av1,obu,ivf,asf,ogg,gif,"
        "rm,mxf,nut,dv,wtv,yuv4mpegpipe,apng,wav,mp3,flac,aac,ac3,eac3,aiff,caf,w64,amr,tta,wv"
    ),
}
"""Options of every input, for FFmpeg and PyAV alike: local files of known containers only."""

_LEASH = """
exec 3<&0
"$@" </dev/null 3<&- & job=$!
{ read -r _; kill -KILL "$job"; } <&3 >/dev/null 2>&1 & watch=$!
wait "$job"; code=$?
{ kill -KILL "$watch"; wait "$watch"; } 2>/dev/null
exit "$code"
"""
"""FFmpeg ignores a closed progress pipe and runs on as an orphan. This shell holds the read end of
a pipe whose other end only we hold: when we die, however we die, the read ends and FFmpeg is
killed. Unlike PR_SET_PDEATHSIG it works on macOS too, and needs no code between fork and exec.
The one who watches is killed the same way: where SIGTERM was ignored when we were started, as in
some background jobs, a softer word left the shell waiting for ever."""

BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
"""All that FFmpeg sees of ours: it decodes hostile files and needs none of our secrets."""

_SAYING = (
    *("-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info"),
    *("-progress", "pipe:1"),
)
_LONGEST_LOG = 2_000_000
_LONGEST_LINE = 300
_MOST_WARNINGS = 20
_LINE = re.compile(r"(?:\[[^\]]*\] )*\[(?P<level>[a-z]+)\] (?P<text>.*)")
# "Glyph … not found, selecting one more font" is no trouble: mostly the next font has it.
_FONT_TROUBLE = re.compile(
    r"fontselect: failed|no usable font|glyph \w+ not found in font", re.IGNORECASE
)
_KILLED = {128 + 2, 128 + 9, 128 + 15}
_FULL_DISK = "No space left on device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A run that went well.

    Attributes:
        frames: pictures written; 0 where the run was about sound only.
        log: lines of its log without addresses, oldest first, each ``level: text``.
    """

    cpu_s: float
    wall_s: float
    frames: int
    log: tuple[str, ...]

    def warnings(self) -> tuple[str, ...]:
        """Damage and missing letters that FFmpeg met and went on from, each once."""
        return trouble_of(self.log)[:_MOST_WARNINGS]


@cache
def ffmpeg_binary() -> str:
    """Path of the FFmpeg that is used."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


@cache
def ffmpeg_version(binary: str | None = None) -> str:
    """The version of ``binary``, such as ``9.0.2``; of the one that is used where none is named."""
    command = [binary or ffmpeg_binary(), "-version"]
    answer = subprocess.run(  # noqa: S603  our own binary
        command, capture_output=True, text=True, check=True, env=BARE_ENVIRONMENT
    )
    return answer.stdout.split()[2]


def run_ffmpeg(
    arguments: Sequence[str],
    *,
    name: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    on_frame: Callable[[int], None] | None = None,
    binary: str | None = None,
) -> Finished:
    """Run FFmpeg to its end.

    Args:
        arguments: all but the binary and the options about logging.
        name: the file it is about, as people know it.
        folder: its working folder; its log stays there.
        environment: variables it gets besides a bare minimum; none of ours are passed on.
        on_frame: told the number of pictures written so far; an exception from it ends FFmpeg.
        binary: another FFmpeg than the one that comes with the environment.

    Raises:
        BadInput: it gave up; the reason is what it said last.
        Transient: it was killed from outside, or the disk is full.
    """
    log_file = folder / "ffmpeg.log"
    started = time.monotonic()
    frames = 0
    with (
        log_file.open("wb") as log,
        _started(
            [binary or ffmpeg_binary(), *_SAYING, *arguments], folder, environment, log
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101  asked for above; tells the type checker
        try:
            for line in process.stdout:
                key, _, value = line.partition("=")
                if key == "frame" and value.strip().isdigit():
                    frames = int(value)
                    if on_frame is not None:
                        on_frame(frames)
        finally:
            cpu_s = _reap(process)
    lines = _read_log(log_file)
    if process.returncode:
        _raise_for(process.returncode, lines, name)
    return Finished(cpu_s=cpu_s, wall_s=time.monotonic() - started, frames=frames, log=lines)


def explained(lines: Sequence[str]) -> tuple[str, ...]:
    """The trouble among raw lines of a log at ``-loglevel level``, without addresses."""
    return trouble_of([_cleaned(line) for line in lines])


def trouble_of(log: Sequence[str]) -> tuple[str, ...]:
    """Lines of ``log`` that tell of damage or missing letters, each once, oldest first."""
    return tuple(
        dict.fromkeys(
            text
            for level, _, text in (line.partition(": ") for line in log)
            if level in {"error", "fatal", "panic"} or _FONT_TROUBLE.search(text)
        )
    )


def _started(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None, log: IO[bytes]
) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  fixed script; every value is an argument, none is code
        ["/bin/sh", "-c", _LEASH, "sh", *command],
        cwd=folder,
        env={**BARE_ENVIRONMENT, **(environment or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        process_group=0,  # Ctrl-C reaches us, and the leash then ends FFmpeg: one way out
    )


def _reap(process: subprocess.Popen[str]) -> float:
    """Wait for it, ending it first if it still runs; CPU seconds that it and its children used."""
    assert process.stdin is not None  # noqa: S101  asked for at the start; tells the type checker
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def _read_log(log_file: Path) -> tuple[str, ...]:
    with log_file.open("rb") as log:
        log.seek(max(0, log_file.stat().st_size - _LONGEST_LOG))
        lines = log.read().decode("utf-8", "backslashreplace").splitlines()
    return tuple(_cleaned(line) for line in lines)


def _cleaned(line: str) -> str:
    match = _LINE.match(line)
    text = f"{match['level']}: {match['text']}" if match else line
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_LONGEST_LINE])


def _raise_for(code: int, lines: Sequence[str], name: str) -> None:
    if code in _KILLED or any("received signal" in line for line in lines[-5:]):
        raise Transient("FFmpeg was ended from outside; is the machine short of memory?")
    if any(_FULL_DISK in line for line in lines):
        raise Transient("FFmpeg could not write: the disk is full.")
    said = [line for line in trouble_of(lines) if line != "Conversion failed!"]
    raise BadInput(
        name,
        reason=f"FFmpeg gave up on it ({'; '.join(said[-3:]) or f'exit code {code}'})",
        remedy="Play it to see whether it is damaged; if it plays, convert it to MP4 (H.264, AAC).",
    )
