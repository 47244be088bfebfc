"""Tells speech, music, noise and quiet apart, and finds the bursts that stand out."""

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.hearing import (
    MUSIC,
    NOISE,
    QUIET,
    SPEECH,
    UNKNOWN,
    SoundMap,
    SoundPeak,
)
from viral_forge_resources.media._voices import RATE_HZ, WINDOW

STEP_S = 0.1

Levels = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_LIKELY = 0.5
_SILENT_DB = -50.0
_FAR_BELOW_SPEECH_DB = 16.0
_ABOVE_FLOOR_DB = 3.0
_FLOOR_PERCENTILE = 10
_CLEAR_FLOOR_DB = 9.0
"""A floor less far below the voice is no floor: something is heard all the time."""

_TONAL = 0.12
"""Spectral flatness. Seen: applause and wind 0.4 to 0.6, orchestra and piano 0.005 to 0.08."""

_MUSIC_S = 2.0
_SMOOTH_S = 1.0
_AROUND_S = 30.0
_VOICE_BURST_DB, _OTHER_BURST_DB = 6.0, 12.0
_BELOW_VOICE_DB = 15.0
"""Laughter is no louder than the voice that is close to the microphone, but not far softer."""

_SHORTEST_VOICE_S, _SHORTEST_OTHER_S = 0.3, 0.5
_BRIDGED_S = 0.3


def sound_map(
    levels_db: Levels,
    likely_speech: npt.NDArray[np.float32] | None,
    flatness: Levels,
    *,
    no_speech_because: str | None,
) -> SoundMap:
    """What is heard in each step of ``STEP_S``.

    Args:
        levels_db: of each step.
        likely_speech: 0 to 1, of each window of a voice finder; None: nobody listened.
        flatness: of the spectrum of each step, 0 a tone, 1 noise; may be some steps too short.
        no_speech_because: why nobody listened.
    """
    steps = len(levels_db)
    is_speech = _in_steps(likely_speech, steps)
    usual_db = float(levels_db[is_speech].mean()) if is_speech.any() else None
    is_quiet = ~is_speech & (levels_db <= _quiet_below(levels_db, is_speech, usual_db))
    is_music = _music(flatness, is_quiet | is_speech, steps)
    kinds = np.full(steps, UNKNOWN if likely_speech is None else NOISE)
    kinds[is_music], kinds[is_speech], kinds[is_quiet] = MUSIC, SPEECH, QUIET
    return SoundMap(
        step_s=STEP_S,
        levels_db=tuple(round(float(level)) for level in levels_db),
        kinds="".join(kinds),
        peaks=_peaks(levels_db, is_speech, is_quiet | is_music, usual_db),
        no_speech_because=no_speech_because,
    )


def _in_steps(likely: npt.NDArray[np.float32] | None, steps: int) -> Flags:
    """Whether most of each step is speech."""
    if likely is None or not len(likely):
        return np.zeros(steps, dtype=np.bool_)
    middles = (np.arange(steps)[:, None] + np.array([0.2, 0.5, 0.8])) * STEP_S
    windows = np.minimum((middles * RATE_HZ / WINDOW).astype(np.int64), len(likely) - 1)
    return np.asarray(likely[windows].mean(axis=1) >= _LIKELY, dtype=np.bool_)


def _quiet_below(levels_db: Levels, is_speech: Flags, usual_db: float | None) -> float:
    """Where nobody would miss anything: silence, or the hum of the room under a voice."""
    if usual_db is None:
        return _SILENT_DB
    limit_db = max(_SILENT_DB, usual_db - _FAR_BELOW_SPEECH_DB)
    between = levels_db[~is_speech]
    if len(between):
        floor_db = float(np.percentile(between, _FLOOR_PERCENTILE))
        if floor_db <= usual_db - _CLEAR_FLOOR_DB:
            limit_db = max(limit_db, floor_db + _ABOVE_FLOOR_DB)
    return min(limit_db, usual_db - _CLEAR_FLOOR_DB)


def _music(flatness: Levels, is_other: Flags, steps: int) -> Flags:
    """Steps of long stretches of tones."""
    known = np.ones(steps)
    count = min(steps, len(flatness))
    known[:count] = flatness[:count]
    is_tonal = _smoothed(known, _SMOOTH_S) < _TONAL
    found = np.zeros(steps, dtype=np.bool_)
    for start, end in _runs(is_tonal & ~is_other):
        found[start:end] = (end - start) * STEP_S >= _MUSIC_S
    return found


def _peaks(
    levels_db: Levels, is_speech: Flags, is_no_burst: Flags, usual_db: float | None
) -> tuple[SoundPeak, ...]:
    if usual_db is None or not len(levels_db):
        return ()
    smooth_db = _smoothed(levels_db, _BRIDGED_S)
    over_voice = smooth_db - _around(levels_db, is_speech, 50)
    over_rest = smooth_db - _around(levels_db, ~is_speech, 20)
    is_raised = is_speech & (over_voice >= _VOICE_BURST_DB)
    is_burst = ~is_speech & ~is_no_burst & (over_rest >= _OTHER_BURST_DB)
    is_burst &= levels_db >= usual_db - _BELOW_VOICE_DB
    found = [
        SoundPeak(
            start_s=round(start * STEP_S, 1),
            end_s=round(end * STEP_S, 1),
            over_db=round(float(over[start:end].max()), 1),
            is_voice=is_voice,
        )
        for flags, over, is_voice, least_s in (
            (is_raised, over_voice, True, _SHORTEST_VOICE_S),
            (is_burst, over_rest, False, _SHORTEST_OTHER_S),
        )
        for start, end in _runs(_bridged(flags))
        if (end - start) * STEP_S >= least_s - STEP_S / 2
    ]
    return tuple(sorted(found, key=lambda peak: peak.start_s))


def _around(levels_db: Levels, counts: Flags, percentile: float) -> Levels:
    """A percentile of what ``counts`` within half a minute of each step; of all where none does."""
    per_second = round(1 / STEP_S)
    reach = round(_AROUND_S / 2)
    usual = float(np.percentile(levels_db[counts], percentile)) if counts.any() else 0.0
    seconds = int(np.ceil(len(levels_db) / per_second))
    found = np.full(seconds, usual)
    for second in range(seconds):
        here = slice(max(second - reach, 0) * per_second, (second + reach + 1) * per_second)
        near = levels_db[here][counts[here]]
        if len(near) >= per_second:
            found[second] = np.percentile(near, percentile)
    return np.repeat(found, per_second)[: len(levels_db)]


def _smoothed(values: Levels, length_s: float) -> Levels:
    count = max(round(length_s / STEP_S), 1)
    padded = np.pad(values, (count // 2, count - 1 - count // 2), mode="edge")
    return np.asarray(np.convolve(padded, np.ones(count) / count, mode="valid"))


def _bridged(flags: Flags) -> Flags:
    """Gaps of a moment are closed."""
    joined = flags.copy()
    longest = round(_BRIDGED_S / STEP_S)
    for start, end in _runs(~flags):
        if start > 0 and end < len(flags) and end - start <= longest:
            joined[start:end] = True
    return joined


def _runs(flags: Flags) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
