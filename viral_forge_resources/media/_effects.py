"""Short sound effects, made of noise and tones: the same seed gives the same samples."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.sound import EffectKind

Stereo = npt.NDArray[np.float32]
"""Shape (2, samples), 48 kHz, full scale is 1."""

RATE_HZ = 48_000
_LOUDEST_S = 0.1
_EDGE_S = 0.004
"""Every effect rises from nothing and falls back to it: no click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect whose loudest tenth of a second has an RMS of 1 in each channel.

    Attributes:
        moment: the sample that belongs to the moment it is made for.
    """

    sound: Stereo
    moment: int


def effect(kind: EffectKind, seed: int) -> Effect:
    """One effect of that kind; another seed sounds a little different."""
    chance = np.random.Generator(np.random.PCG64(seed))
    length_s, moment_s = _SHAPES[kind]
    times_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    sound = faded(_MAKERS[kind](times_s, moment_s, chance), round(_EDGE_S * RATE_HZ))
    return Effect(sound=sound / _loudest_rms(sound), moment=round(moment_s * RATE_HZ))


def faded(sound: Stereo, samples: int) -> Stereo:
    """``sound`` with both ends drawn down to nothing over so many samples."""
    samples = min(samples, sound.shape[1] // 2)
    if samples < 1:
        return sound
    rise = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, samples))).astype(np.float32)
    shaped = sound.copy()
    shaped[:, :samples] *= rise
    shaped[:, -samples:] *= rise[::-1]
    return shaped


def _loudest_rms(sound: Stereo) -> float:
    width = min(round(_LOUDEST_S * RATE_HZ), sound.shape[1])
    power = np.concatenate([[0.0], np.cumsum(np.square(sound, dtype=np.float64).mean(axis=0))])
    return float(np.sqrt((power[width:] - power[:-width]).max() / width))


_Made = npt.NDArray[np.float64]
_Maker = Callable[[_Made, float, np.random.Generator], Stereo]


def _whoosh(times_s: _Made, moment_s: float, chance: np.random.Generator) -> Stereo:
    """Air that rushes past, from one side to the other."""
    away = (times_s - moment_s) / moment_s
    pitch_hz = 500 * 2 ** (2.6 * np.exp(-3.0 * away**2))
    swell = np.exp(-5.5 * away**2)
    side = 0.5 + 0.32 * np.tanh(2.5 * away) * chance.choice([-1.0, 1.0])
    air = _swept_noise(pitch_hz, chance) * swell
    return np.stack([air * np.sqrt(1 - side), air * np.sqrt(side)]).astype(np.float32)


def _riser(times_s: _Made, moment_s: float, chance: np.random.Generator) -> Stereo:
    """Noise and a tone that climb up to the moment and stop there."""
    climbed = np.clip(times_s / moment_s, 0, 1)
    air = _swept_noise(350 * 2 ** (3.6 * climbed), chance)
    tone_hz = chance.uniform(150, 190) * 2 ** (2 * climbed)
    tone = np.sin(2 * np.pi * np.cumsum(tone_hz) / RATE_HZ)
    stop = np.clip((times_s[-1] - times_s) / (times_s[-1] - moment_s), 0, 1)
    return _centred((0.8 * air + 0.5 * tone) * climbed**2.2 * stop)


def _pop(times_s: _Made, moment_s: float, chance: np.random.Generator) -> Stereo:
    """A bubble that bursts."""
    after_s = np.clip(times_s - moment_s, 0, None)
    pitch_hz = chance.uniform(360, 460) * (1 + 1.6 * np.exp(-after_s / 0.012))
    tone = np.sin(2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ)
    return _centred(tone * np.exp(-after_s / 0.035) * np.clip(times_s / moment_s, 0, 1))


def _thump(times_s: _Made, moment_s: float, chance: np.random.Generator) -> Stereo:
    """Something heavy that lands."""
    after_s = np.clip(times_s - moment_s, 0, None)
    pitch_hz = chance.uniform(44, 54) * (1 + 2.4 * np.exp(-after_s / 0.03))
    tone = np.tanh(1.6 * np.sin(2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ))
    knock = 0.25 * _swept_noise(np.full_like(times_s, 900.0), chance) * np.exp(-after_s / 0.02)
    return _centred((tone * np.exp(-after_s / 0.13) + knock) * np.clip(times_s / moment_s, 0, 1))


_SHAPES: dict[EffectKind, tuple[float, float]] = {
    "whoosh": (0.8, 0.4),
    "riser": (1.24, 1.2),
    "pop": (0.2, 0.006),
    "thump": (0.5, 0.006),
}
"""Length and moment in seconds."""

_MAKERS: dict[EffectKind, _Maker] = {
    "whoosh": _whoosh,
    "riser": _riser,
    "pop": _pop,
    "thump": _thump,
}


def _centred(sound: _Made) -> Stereo:
    return np.stack([sound, sound]).astype(np.float32)


def _swept_noise(pitch_hz: _Made, chance: np.random.Generator) -> _Made:
    """Noise around a pitch that moves: bands an octave wide, each as loud as it is near."""
    spectrum = np.fft.rfft(chance.standard_normal(len(pitch_hz)))
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(pitch_hz), 1 / RATE_HZ), 1.0))
    sound = np.zeros(len(pitch_hz))
    for centre in np.arange(np.log2(150), np.log2(12_000), 0.5):
        band = np.fft.irfft(spectrum * np.exp(-4 * (octaves - centre) ** 2), len(pitch_hz))
        # Noise has as much power in each hertz: an octave up would be 3 dB louder.
        nearness = np.exp(-2 * (np.log2(pitch_hz) - centre) ** 2)
        sound += band * nearness * 2 ** (-centre / 2)
    return np.asarray(sound / sound.std())
