"""Music of our own making, for those who have none yet: soft chords, composed here."""

import json
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.licences import OWN

_RATE_HZ = 48_000
_BPM = 80.0
_BEATS_A_CHORD = 4
_ROUNDS = 2
_A_HZ = 220.0
_PROGRESSIONS = (
    ((0, 3, 7, 10), (-4, 0, 3, 7), (-9, -5, -2, 3), (-2, 2, 5, 10)),
    ((0, 4, 7, 11), (-3, 0, 4, 7), (-7, -3, 0, 5), (-5, -1, 2, 5)),
    ((0, 3, 7, 12), (-7, -4, 0, 5), (-4, 0, 3, 8), (-5, -1, 2, 7)),
)
"""Semitones from A: four chords of four voices each."""

_KEYS = 7
_PEAK = 0.5

_Sound = npt.NDArray[np.float64]


def make_track(folder: Path, *, seed: int = 0) -> Path:
    """A track of 24 s with its sidecar in ``folder``, which loops by whole bars.

    The same seed makes the same track, and the next 20 seeds make others. What stood there under
    its name is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"soft-chords-{seed}.wav"
    about = {
        "title": f"Soft chords {seed}",
        "author": "viral_forge",
        "licence": OWN,
        "mood": ["calm"],
        "bpm": _BPM,
    }
    path.with_suffix(".json").write_text(json.dumps(about, indent=1) + "\n")
    sound = _composed(seed)
    samples = np.round(sound / np.abs(sound).max() * _PEAK * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.T.tobytes())
    return path


def _composed(seed: int) -> _Sound:
    """Shape (2, samples); what rings on at the end is laid over the start."""
    chords = _PROGRESSIONS[seed % len(_PROGRESSIONS)]
    key = seed // len(_PROGRESSIONS) % _KEYS - _KEYS // 2
    length = round(_BEATS_A_CHORD * 60 / _BPM * _RATE_HZ)
    whole = np.zeros((2, length * len(chords) * _ROUNDS))
    for number, chord in enumerate(chords * _ROUNDS):
        for voice, semitones in enumerate(chord):
            tone = _tone(_A_HZ * 2 ** ((semitones + key) / 12), length, side=voice / 3)
            places = (number * length + np.arange(tone.shape[1])) % whole.shape[1]
            whole[:, places] += tone
    return whole


def _tone(pitch_hz: float, length: int, *, side: float) -> _Sound:
    """A voice that swells, and rings on for half as long again."""
    times_s = np.arange(round(length * 1.5)) / _RATE_HZ
    swell = np.clip(times_s / 0.6, 0, 1) * np.clip((times_s[-1] - times_s) / 1.4, 0, 1)
    turns = 2 * np.pi * pitch_hz * times_s
    voice = sum(np.sin(turns * (1 + detune)) for detune in (-0.0012, 0.0, 0.0014))
    voice += 0.3 * np.sin(2 * turns) + 0.12 * np.sin(3 * turns)
    shaped = voice * (0.5 - 0.5 * np.cos(np.pi * swell))
    return np.stack([shaped * np.sqrt(1 - 0.6 * side), shaped * np.sqrt(0.4 + 0.6 * side)])
