"""How much of a picture the encoder took away: sampled pictures before and after it, by VMAF."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from statistics import fmean
from subprocess import run

from viral_forge_resources.contracts.media import Fidelity, Stretch
from viral_forge_resources.media.ffmpeg import BARE_ENVIRONMENT, INPUT_GUARD, run_ffmpeg

SEEN = "seen.nut"
"""The sampled pictures as the encoder got them, one after the other."""

_LOG = "vmaf.json"
_EVERY = 6
"""Of these pictures one is scored, beside its follower: VMAF takes the lesser movement of both
sides, so what lies behind a leap, as in a sample of pairs, is measured as in the clip."""

_TAGS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """``frames`` pictures of the clip, from number ``first`` on, of which pairs are compared."""

    first: int
    frames: int


def samples_of(stretches: Sequence[Stretch], fps: Fraction, frames: int) -> tuple[Sample, ...]:
    """The pictures of ``stretches`` of a clip of ``frames``."""
    found = []
    for each in stretches if frames > 1 else ():
        first = min(max(round(each.start_s * fps), 0), frames - 2)
        end = min(max(round(each.end_s * fps), first + 2), frames)
        frames_here = end - first
        # No half a pair, or all the pairs behind it would be out of step.
        found.append(Sample(first=first, frames=frames_here - (frames_here % _EVERY == 1)))
    return tuple(found)


def sampling(samples: Sequence[Sample]) -> str:
    """Filters that let the sampled pictures pass, at the times of a clip of their own."""
    wanted = "+".join(
        f"between(n,{each.first},{each.first + each.frames - 1})*{_pairs(f'n-{each.first}')}"
        for each in samples
    )
    return f"select='{wanted}',setpts=N/FR/TB"


def _pairs(number: str) -> str:
    return f"lt(mod({number},{_EVERY}),2)"


def kept_arguments(label: str) -> tuple[str, ...]:
    """FFmpeg's second output: what passes ``label``, without loss and without work."""
    return ("-map", label, "-c:v", "rawvideo", "-fps_mode", "passthrough", "-f", "nut", SEEN)


def fidelity(
    folder: Path, clip: str, samples: Sequence[Sample], fps: Fraction, *, binary: str
) -> Fidelity:
    """The clip's sampled pictures against those in ``SEEN``; both lie in ``folder``.

    Raises:
        BadInput: FFmpeg could not compare them.
        Transient: it was ended from outside.
    """
    guard = [part for name, value in INPUT_GUARD.items() for part in (f"-{name}", value)]
    arguments = ["-i", SEEN]
    for each in samples:
        # Half a picture early: what is meant is then the first that is not dropped.
        at_s = float((each.first - Fraction(1, 2)) / fps)
        arguments += [*guard, *(("-ss", f"{at_s:.6f}") if each.first else ()), "-i", clip]
    finished = run_ffmpeg(
        [*arguments, "-filter_complex", _comparison(samples, fps), "-f", "null", "-"],
        name=clip,
        folder=folder,
        binary=binary,
    )
    scores = [
        float(each["metrics"]["vmaf"])
        for each in json.loads((folder / _LOG).read_text())["frames"]
        if "vmaf" in each["metrics"]
    ]
    return Fidelity(
        vmaf=fmean(scores), lowest=min(scores), pictures=len(scores), cpu_s=finished.cpu_s
    )


def _comparison(samples: Sequence[Sample], fps: Fraction) -> str:
    clock = f"settb=1/{fps.numerator},setpts=N*{fps.denominator}"
    parts = [
        f"[{number}:v]trim=end_frame={each.frames},select='{_pairs('n')}',{clock}[p{number}]"
        for number, each in enumerate(samples, start=1)
    ]
    pieces = "".join(f"[p{number}]" for number in range(1, len(samples) + 1))
    parts += [
        f"{pieces}concat=n={len(samples)},{clock},format=yuv420p,{_TAGS}[shown]",
        f"[0:v]{clock},format=yuv420p,{_TAGS}[given]",
        f"[shown][given]libvmaf=log_fmt=json:log_path={_LOG}:n_subsample=2",
    ]
    return ";".join(parts)


@cache
def why_not_measured(binary: str) -> str | None:
    """Why the FFmpeg at ``binary`` cannot compare pictures; None where it can."""
    command = [binary, "-hide_banner", "-filters"]
    listed = run(command, env=BARE_ENVIRONMENT, capture_output=True, text=True, check=True)  # noqa: S603  our own binary
    return None if " libvmaf " in listed.stdout else "this FFmpeg has no libvmaf"
