"""How loud the cut sound is, and the gain that brings it to a target."""

import math
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import SoundLevel, Stretch
from viral_forge_resources.media._cuts import Span, input_arguments, spans_of
from viral_forge_resources.media._extras import extra_arguments, link_extras, with_numbers
from viral_forge_resources.media._source import source_facts
from viral_forge_resources.media.ffmpeg import run_ffmpeg
from viral_forge_resources.media.filtergraph import LIMIT, SOUND, SOUNDTRACK, sound_graph

METER = "ebur128=peak=true:framelog=quiet"

REFERENCE_LUFS = -26.0
"""Loudness in a soundtrack that stands for that of the clip's own sound: far below full scale, so
that nothing is cut off, and far above the noise of its 16 bits."""

_GRID = Fraction(30)
"""Cuts lie on the clip's frames; half a frame more or less changes no loudness."""

_SILENT_LUFS = -70.0
"""EBU R 128 hears nothing below; the meter shows it for digital silence as well."""

_INAUDIBLE_LUFS = -60.0
"""Nobody hears it beside anything else, and what it takes to raise it (46 dB and more) raises the
hiss of a microphone just as well: nobody meant it to be heard."""

_CLOSE_ENOUGH_LU = 0.3
_ROUNDS = 8
_FINE_DB = 0.5
"""Nobody hears a smaller step."""

_MOST_LOST_LU = 6.0
"""By which the limiter may leave the whole quieter than the gain alone would: sound that needs more
is ticks in silence, and raising it raises the hiss and the tails between them."""

_CEILING_DB = 20 * math.log10(LIMIT)

_SOURCE_LINK = "source"
_TRACK = "track"
_GRAPH = "sound.graph"
_INTEGRATED = re.compile(r"^\s+I:\s+(\S+) LUFS")
_PEAK = re.compile(r"^\s+Peak:\s+(\S+) dBFS")


def sound_level(
    source: Path,
    segments: tuple[Stretch, ...],
    *,
    target_lufs: float,
    has_sound: bool = True,
    soundtrack: Path | None = None,
) -> SoundLevel:
    """Measure the cut sound and find the gain that, with the limiter, reaches ``target_lufs``.

    A soundtrack is laid over it first, at the level it was composed for: the mix reaches the
    target. Sound that nobody hears has no gain: it counts as no sound, and the note says so. Where
    the limiter would have to hold back too much, the gain is the highest at which it need not.

    Raises:
        BadInput: the sound cannot be decoded.
    """
    desk = _Desk(source=source, spans=spans_of(segments, _GRID), soundtrack=soundtrack)
    measured = desk.heard(_Mix(has_soundtrack=False)) if has_sound else None
    is_heard = measured is not None and measured.lufs >= _INAUDIBLE_LUFS
    mix = _Mix(has_source=is_heard, has_soundtrack=soundtrack is not None)
    start = measured if is_heard else None
    if soundtrack is not None:
        mix = replace(mix, soundtrack_db=start.lufs - REFERENCE_LUFS if start else 0)
        start = desk.heard(mix)
    note = None if is_heard or not has_sound else _inaudible(measured)
    measured_lufs = measured.lufs if measured else None
    if start is None:
        return SoundLevel(
            measured_lufs=measured_lufs,
            gain_db=None,
            expected_lufs=None,
            note=f"{note or 'There is no sound'}: it counts as no sound.",
            is_heard=False,
        )
    gain_db, reached = _levelled(desk, mix, start, target_lufs=target_lufs)
    held_back = _held_back(reached, target_lufs)
    return SoundLevel(
        measured_lufs=measured_lufs,
        gain_db=gain_db,
        expected_lufs=reached,
        note=held_back or (note and f"{note}: music and effects stand alone."),
        is_heard=is_heard,
        is_held_back=held_back is not None,
        soundtrack_db=round(mix.soundtrack_db, 2) if mix.has_soundtrack else None,
    )


def _levelled(
    desk: "_Desk", mix: "_Mix", start: "_Heard", *, target_lufs: float
) -> tuple[float, float]:
    """The gain that comes nearest to the target without too much limiting, and what it reaches."""
    clean_db = _CEILING_DB - start.peak_dbtp
    low_db, high_db = clean_db, math.inf
    best_db, best_lufs = clean_db, start.lufs + clean_db
    gain_db = target_lufs - start.lufs
    for _ in range(_ROUNDS):
        gain_db = round(gain_db, 2)
        heard = desk.heard(replace(mix, gain_db=gain_db))
        if heard is None:
            break
        if start.lufs + gain_db - heard.lufs > _MOST_LOST_LU:
            high_db, wanted_db = gain_db, math.inf
        else:
            low_db, best_db, best_lufs = gain_db, gain_db, heard.lufs
            wanted_db = gain_db + target_lufs - best_lufs
        if abs(target_lufs - best_lufs) <= _CLOSE_ENOUGH_LU or high_db - low_db <= _FINE_DB:
            break
        gain_db = min(wanted_db, (low_db + high_db) / 2)
    return round(best_db, 2), round(best_lufs, 2)


def track_lufs(track: Path) -> float:
    """Loudness of a whole sound file.

    Raises:
        BadInput: it cannot be decoded, or nobody hears anything in it.
    """
    chain = f"aformat=channel_layouts=stereo,{METER}"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        link_extras(folder, {_TRACK: track})
        arguments = [*extra_arguments([_TRACK]), "-map", "0:a:0", "-af", chain, "-f", "null", "-"]
        finished = run_ffmpeg(arguments, name=track.name, folder=folder)
    measured = read_meter(finished.log)[0]
    if measured is None:
        raise BadInput(track.name, reason="is silent", remedy="Replace it in the music folder.")
    return measured


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


def _inaudible(measured: "_Heard | None") -> str:
    if measured is None:
        return "The cut sound is silent"
    return f"At {measured.lufs:.1f} LUFS the cut sound is inaudible, below {_INAUDIBLE_LUFS:g}"


def _held_back(reached_lufs: float, target_lufs: float) -> str | None:
    if abs(target_lufs - reached_lufs) <= _CLOSE_ENOUGH_LU:
        return None
    return (
        f"{reached_lufs:.1f} LUFS is as loud as it gets: its peaks stand so far above the rest "
        f"that {target_lufs:g} would take more than {_MOST_LOST_LU:g} LU of limiting. "
        "Music under it, or a mended sound track, makes it louder."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mix:
    """What is heard, and how loud."""

    has_source: bool = True
    has_soundtrack: bool
    soundtrack_db: float = 0.0
    gain_db: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What the meter shows."""

    lufs: float
    peak_dbtp: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Listens to mixes of one cut sound and one soundtrack."""

    source: Path
    spans: tuple[Span, ...]
    soundtrack: Path | None

    def heard(self, mix: _Mix) -> _Heard | None:
        """Its loudness and peak; None where the mix is silent."""
        extras = {SOUNDTRACK: self.soundtrack} if mix.has_soundtrack and self.soundtrack else {}
        graph = sound_graph(
            self.spans,
            gain_db=mix.gain_db,
            has_sound=mix.has_source,
            soundtrack_db=mix.soundtrack_db if extras else None,
            meter=METER,
        )
        facts = source_facts(self.source, name=self.source.name)
        inputs = input_arguments(
            self.spans, file=_SOURCE_LINK, origin_s=facts.origin_s, options=("-vn",)
        )
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / _SOURCE_LINK).symlink_to(self.source.absolute())
            link_extras(folder, extras)
            (folder / _GRAPH).write_text(with_numbers(graph, extras, first=len(self.spans)))
            arguments = [*inputs, *extra_arguments(extras), "-/filter_complex", _GRAPH]
            finished = run_ffmpeg(
                [*arguments, "-map", SOUND, "-f", "null", "-"],
                name=self.source.name,
                folder=folder,
            )
        lufs, peak_dbtp = read_meter(finished.log)
        # The meter shows no peak below -70: such sound may be raised by as much as it takes.
        return None if lufs is None else _Heard(lufs=lufs, peak_dbtp=peak_dbtp or lufs)
