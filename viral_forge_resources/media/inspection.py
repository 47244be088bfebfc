"""What a finished clip is, measured on the file itself."""

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import ClipFacts
from viral_forge_resources.media.ffmpeg import INPUT_GUARD, ffmpeg_binary, run_ffmpeg
from viral_forge_resources.media.loudness import read_meter

if TYPE_CHECKING:
    import av.container
    import av.stream

_SMALL_PX = 160
"""Black and standstill show at this width as well, at a fiftieth of the work."""

_SHORTEST_BLACK_S = 0.1
_SHORTEST_FREEZE_S = 1.0

_STILL = 0.0003
"""FFmpeg's own 0.001 takes a small running clock on a flat ground for standstill."""

_CLIP_LINK = "clip"
_BLACK = re.compile(r"black_duration:\s*([\d.]+)")
_FREEZE_START = re.compile(r"freeze_start: ([\d.]+)")
_FREEZE_LENGTH = re.compile(r"freeze_duration: ([\d.]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Track:
    """Times of one track, in seconds of the file, without an encoder's lead-in."""

    start_s: float
    end_s: float
    packets: int
    is_uneven: bool


def clip_facts(clip: Path) -> ClipFacts:
    """Measure a finished clip: its packets, its loudness, its black and frozen stretches.

    Raises:
        BadInput: it is no playable clip.
    """
    import av

    try:
        with av.open(f"file:{clip}", options=INPUT_GUARD) as container:
            picture = container.streams.video[0]
            sound = container.streams.audio[0] if container.streams.audio else None
            size = (picture.codec_context.width, picture.codec_context.height)
            tracks = _tracks(container, [each for each in (picture, sound) if each is not None])
    except (av.FFmpegError, IndexError) as error:
        raise _not_a_clip(clip.name) from error
    shown = tracks[0]
    duration_s = shown.end_s - shown.start_s
    log = _watch_and_listen(clip, has_sound=sound is not None)
    loudness, peak = read_meter(log)
    return ClipFacts(
        duration_s=duration_s,
        width_px=size[0],
        height_px=size[1],
        fps=Fraction(shown.packets / duration_s).limit_denominator(1001),
        is_variable_rate=shown.is_uneven,
        sync_offset_s=_sync_offset(shown, tracks[1]) if sound is not None else None,
        loudness_lufs=loudness,
        true_peak_dbtp=peak,
        black_s=sum((float(each) for each in _BLACK.findall("\n".join(log))), 0.0),
        frozen_s=_frozen_s(log, duration_s),
    )


def _tracks(
    container: "av.container.InputContainer", streams: "Sequence[av.stream.Stream]"
) -> list[_Track]:
    times: dict[int, list[tuple[int, int]]] = {each.index: [] for each in streams}
    for packet in container.demux(list(streams)):
        if packet.pts is not None and packet.size:
            times[packet.stream.index].append((packet.pts, packet.duration or 0))
    return [_track(each, sorted(times[each.index])) for each in streams]


def _track(stream: "av.stream.Stream", times: Sequence[tuple[int, int]]) -> _Track:
    tick = stream.time_base or Fraction(0)
    # AAC begins with 1024 samples of lead-in at negative times; the start time is after them.
    start = max(times[0][0], stream.start_time or 0)
    steps = {later - earlier for (earlier, _), (later, _) in pairwise(times)}
    return _Track(
        start_s=float(start * tick),
        end_s=float(max(pts + length for pts, length in times) * tick),
        packets=len(times),
        # A rate that does not divide the clock gives steps that differ by one tick.
        is_uneven=bool(steps) and max(steps) - min(steps) > 1,
    )


def _sync_offset(picture: _Track, sound: _Track) -> float:
    return max(sound.start_s - picture.start_s, sound.end_s - picture.end_s, key=abs)


def _watch_and_listen(clip: Path, *, has_sound: bool) -> tuple[str, ...]:
    import ffmpeg

    # Half of the pictures and no smoothing between blocks: enough for black and for standstill.
    source = ffmpeg.input(_CLIP_LINK, skip_frame="noref", skip_loop_filter="all", **INPUT_GUARD)
    streams = [
        source["v:0"]
        .filter("scale", _SMALL_PX, -2, flags="fast_bilinear")
        .filter("blackdetect", d=_SHORTEST_BLACK_S)
        .filter("freezedetect", d=_SHORTEST_FREEZE_S, n=_STILL)
    ]
    if has_sound:
        streams.append(source["a:0"].filter("ebur128", peak="true", framelog="quiet"))
    output = ffmpeg.output(*streams, "-", format="null", fps_mode="passthrough")
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / _CLIP_LINK).symlink_to(clip.absolute())
        command = output.compile(cmd=ffmpeg_binary())
        return run_ffmpeg(command[1:], name=clip.name, folder=Path(scratch)).log


def _frozen_s(log: Iterable[str], duration_s: float) -> float:
    total_s = 0.0
    since_s: float | None = None
    for line in log:
        if match := _FREEZE_START.search(line):
            since_s = float(match[1])
        elif match := _FREEZE_LENGTH.search(line):
            total_s += float(match[1])
            since_s = None
    return total_s + (duration_s - since_s if since_s is not None else 0.0)


def _not_a_clip(name: str) -> BadInput:
    return BadInput(
        name,
        reason="is no playable clip",
        remedy="Materialize rendered_clips again.",
    )
