"""Segments of a source on the clip's grid of frames: what is opened, what is cut out of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from viral_forge_resources.contracts.media import Stretch
from viral_forge_resources.media.ffmpeg import INPUT_GUARD

SOUND_RATE_HZ = 48_000

_WIDEST_GAP_S = 5.0
"""Decoding over a gap costs less than opening the file again and decoding from a key frame, which
players' encoders set every 2 to 10 seconds; beyond that it costs more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """``frames`` of the clip, taken from ``first_frame`` of its span on, and the sound to them."""

    first_frame: int
    frames: int
    first_sample: int
    samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One opening of the source at ``start_s`` from its first picture; its cuts in order."""

    start_s: float
    cuts: tuple[Cut, ...]


def spans_of(segments: Sequence[Stretch], fps: Fraction) -> tuple[Span, ...]:
    """How the source is opened to show ``segments`` one after the other.

    Picture and sound of each cut are equally long to the sample, and rounding never adds up: after
    any number of cuts the clip is as long as its segments, to half a frame.
    """
    spans: list[Span] = []
    elapsed_s = 0.0
    frames_so_far = 0
    previous_end_s = math.inf
    for segment in segments:
        elapsed_s += segment.duration_s
        frames = round(elapsed_s * fps) - frames_so_far
        if frames <= 0:
            continue
        is_near = 0 <= segment.start_s - previous_end_s <= _WIDEST_GAP_S
        span = spans.pop() if is_near else Span(start_s=segment.start_s, cuts=())
        first_frame = round((segment.start_s - span.start_s) * fps)
        cut = Cut(
            first_frame=first_frame,
            frames=frames,
            first_sample=_samples(first_frame, fps),
            samples=_samples(frames_so_far + frames, fps) - _samples(frames_so_far, fps),
        )
        spans.append(Span(start_s=span.start_s, cuts=(*span.cuts, cut)))
        frames_so_far += frames
        previous_end_s = segment.end_s
    return tuple(spans)


def clip_frames(spans: Sequence[Span]) -> int:
    """Pictures in the whole clip."""
    return sum(cut.frames for span in spans for cut in span.cuts)


def input_arguments(
    spans: Sequence[Span], *, file: str, origin_s: float, options: Sequence[str] = ()
) -> list[str]:
    """FFmpeg's arguments that open ``file`` once per span, with ``options`` for each.

    ``origin_s`` is the time of the first picture, counted as FFmpeg does: from the file's start.
    """
    guard = [part for name, value in INPUT_GUARD.items() for part in (f"-{name}", value)]
    arguments: list[str] = []
    for span in spans:
        # Rounded down: a cut is often the very time of a frame, which must not be lost.
        start_us = math.floor((origin_s + span.start_s) * 1e6)
        # Not accurate: the picture that is on at the start of a cut may be older than the cut. The
        # graph drops what comes too early, and FFmpeg stops reading when the graph has had enough.
        seek = ("-noaccurate_seek", "-ss", f"{start_us}us") if start_us > 0 else ()
        arguments += [*guard, *options, *seek, "-i", file]
    return arguments


def _samples(frames: int, fps: Fraction) -> int:
    return round(frames * SOUND_RATE_HZ / fps)
