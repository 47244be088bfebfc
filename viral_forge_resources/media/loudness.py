"""How loud the cut sound is, and the gain that brings it to a target."""

import math
import re
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from viral_forge_resources.contracts.media import SoundLevel, Stretch
from viral_forge_resources.media._cuts import Span, input_arguments, spans_of
from viral_forge_resources.media._source import SourceFacts, source_facts
from viral_forge_resources.media.ffmpeg import run_ffmpeg
from viral_forge_resources.media.filtergraph import SOUND, sound_graph

METER = "ebur128=peak=true:framelog=quiet"

_GRID = Fraction(30)
"""Cuts lie on the clip's frames; half a frame more or less changes no loudness."""

_SILENT_LUFS = -70.0
"""EBU R 128 hears nothing below; the meter shows it for digital silence as well."""

_INAUDIBLE_LUFS = -60.0
"""Nobody hears it beside anything else, and what it takes to raise it (46 dB and more) raises the
hiss of a microphone just as well: nobody meant it to be heard."""

_CLOSE_ENOUGH_LU = 0.3
_ROUNDS = 4

_SOURCE_LINK = "source"
_GRAPH = "sound.graph"
_INTEGRATED = re.compile(r"^\s+I:\s+(\S+) LUFS")
_PEAK = re.compile(r"^\s+Peak:\s+(\S+) dBFS")


def sound_level(source: Path, segments: tuple[Stretch, ...], *, target_lufs: float) -> SoundLevel:
    """Measure the cut sound and find the gain that, with the limiter, reaches ``target_lufs``.

    Sound that nobody hears has no gain: it counts as no sound, and the note says so.

    Raises:
        BadInput: the sound cannot be decoded.
    """
    facts = source_facts(source, name=source.name)
    spans = spans_of(segments, _GRID)
    measured = _integrated_lufs(source, spans, facts, gain_db=None)
    if measured is None or measured < _INAUDIBLE_LUFS:
        return _no_sound(measured)
    gain_db = target_lufs - measured
    best_gain_db, best_lufs = gain_db, -math.inf
    for _ in range(_ROUNDS):
        reached = _integrated_lufs(source, spans, facts, gain_db=gain_db)
        if reached is None:
            break
        if abs(target_lufs - reached) < abs(target_lufs - best_lufs):
            best_gain_db, best_lufs = gain_db, reached
        if abs(target_lufs - best_lufs) <= _CLOSE_ENOUGH_LU:
            break
        gain_db += target_lufs - reached
    return SoundLevel(
        measured_lufs=measured,
        gain_db=round(best_gain_db, 2),
        expected_lufs=best_lufs,
        note=_note(best_lufs, target_lufs),
    )


def read_meter(log: Sequence[str]) -> tuple[float | None, float | None]:
    """Integrated loudness in LUFS and true peak in dBTP from FFmpeg's log; None where silent."""
    loudness = peak = None
    for line in log:
        if match := _INTEGRATED.match(line):
            loudness = _audible(match[1])
        elif match := _PEAK.match(line):
            peak = _audible(match[1])
    return (loudness, peak) if loudness is not None else (None, None)


def _audible(figure: str) -> float | None:
    value = float(figure)
    return value if math.isfinite(value) and value > _SILENT_LUFS else None


def _no_sound(measured_lufs: float | None) -> SoundLevel:
    said = "The cut sound is silent"
    if measured_lufs is not None:
        said = f"At {measured_lufs:.1f} LUFS the cut sound is inaudible, below {_INAUDIBLE_LUFS:g}"
    return SoundLevel(
        measured_lufs=measured_lufs,
        gain_db=None,
        expected_lufs=None,
        note=f"{said}: it counts as no sound.",
    )


def _note(reached_lufs: float, target_lufs: float) -> str | None:
    if abs(target_lufs - reached_lufs) <= _CLOSE_ENOUGH_LU:
        return None
    return (
        f"{reached_lufs:.1f} LUFS is as near as it comes to {target_lufs:.1f}: "
        "its peaks stand so far above the rest that the limiter holds them back. "
        "Mend its sound, or remove the sound track."
    )


def _integrated_lufs(
    source: Path, spans: tuple[Span, ...], facts: SourceFacts, *, gain_db: float | None
) -> float | None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / _SOURCE_LINK).symlink_to(source.absolute())
        (folder / _GRAPH).write_text(
            sound_graph(spans, gain_db=gain_db, has_sound=True, meter=METER)
        )
        inputs = input_arguments(
            spans,
            file=_SOURCE_LINK,
            origin_s=facts.origin_s,
            options=("-vn",),
        )
        finished = run_ffmpeg(
            [*inputs, "-/filter_complex", _GRAPH, "-map", SOUND, "-f", "null", "-"],
            name=source.name,
            folder=folder,
        )
    return read_meter(finished.log)[0]
