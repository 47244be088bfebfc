"""Listens to the sound of a whole video as it passes by: level, speech, music, silence."""

from math import lcm
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.hearing import SoundMap
from viral_forge_resources.contracts.media import MediaProbe, Stretch
from viral_forge_resources.media._sound_kinds import STEP_S, sound_map
from viral_forge_resources.media._stretches import SilenceFinder
from viral_forge_resources.media._voices import (
    RATE_HZ,
    WINDOW,
    Sound,
    Voices,
    no_voices_because,
)
from viral_forge_resources.media._watch import time_of

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler

_GRID = lcm(WINDOW, round(STEP_S * RATE_HZ))
_PART = 30 * RATE_HZ // _GRID * _GRID
_WARM_UP = RATE_HZ // WINDOW * WINDOW
"""Of the part before: the model that tells speech remembers about a second."""

_GAP_S = 0.1  # smaller jumps of the sound's clock are rounding
_STEP = round(STEP_S * RATE_HZ)
_SPECTRUM = 1024
_LOWEST_HZ, _HIGHEST_HZ = 200, 6_000
_LEAST_POWER = 1e-12
_EARS = 2
"""Channels beyond these add to what is heard: five that are silent make two no quieter.
Source: https://www.itu.int/rec/R-REC-BS.1770, which adds the channels' powers up."""


class Ear:
    """Takes the sound in time order, and keeps half a minute of it.

    Args:
        probe: of the file that it comes from.
        voices: tells speech; None: nobody does.
    """

    def __init__(self, probe: MediaProbe, voices: Voices | None) -> None:
        self._probe = probe
        self._voices = voices
        self._silence = SilenceFinder()
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None
        self._waiting: list[Sound] = []
        self._length = 0
        self._tail: Sound = np.zeros(0, np.float32)
        self._taken = 0
        self._speech: list[npt.NDArray[np.float32]] = []
        self._flatness: list[npt.NDArray[np.float64]] = []

    def hear(self, frame: "AudioFrame") -> None:
        """Listen to a few samples."""
        at_s = time_of(frame, self._probe)
        if at_s is None or at_s > self._probe.duration_s:
            return
        self._silence.add(at_s, _power(frame), frame.sample_rate)
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:
            import av

            self._shape = shape
            self._resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        if self._resampler is not None:
            for chunk in self._resampler.resample(frame):
                self._take(at_s, chunk.to_ndarray().reshape(-1).astype(np.float32, copy=False))

    def silences(self) -> tuple[Stretch, ...]:
        """Where nothing is heard for long, once all of it was."""
        return self._silence.silences(self._probe.duration_s)

    def sound(self) -> SoundMap | None:
        """What was heard, once all of it was; None where nothing could be read at all."""
        levels = self._silence.levels_db(self._probe.duration_s, STEP_S)
        if levels is None:
            return None
        if self._length:
            missing = -self._length % WINDOW
            self._append(np.zeros(missing, np.float32))
            if self._length:
                self._work()
        reason = None if self._voices else no_voices_because()
        speech = np.concatenate(self._speech) if self._speech else None
        flatness = np.concatenate([*self._flatness, np.ones(0)])
        return sound_map(levels, speech, flatness, no_speech_because=reason)

    def _take(self, at_s: float, chunk: Sound) -> None:
        """The resampler holds back a few samples, which move a step by nothing that counts."""
        filled = self._taken + self._length
        starts_at = round(at_s * RATE_HZ)
        if starts_at - filled > _GAP_S * RATE_HZ:
            for done in range(0, starts_at - filled, _PART):
                self._append(np.zeros(min(_PART, starts_at - filled - done), np.float32))
        elif not filled and starts_at < 0:
            chunk = chunk[-starts_at:]
        self._append(chunk)

    def _append(self, chunk: Sound) -> None:
        self._waiting.append(chunk)
        self._length += len(chunk)
        while self._length >= _PART:
            self._work()

    def _work(self) -> None:
        waiting = np.concatenate(self._waiting)
        part, rest = waiting[:_PART], waiting[_PART:]
        self._waiting, self._length = [rest], len(rest)
        if self._voices is not None:
            likely = self._voices(np.concatenate([self._tail, part]))
            self._speech.append(likely[len(self._tail) // WINDOW :])
        self._flatness.append(_flatness(part))
        self._tail = part[-_WARM_UP:]
        self._taken += len(part)


def _power(frame: "AudioFrame") -> npt.NDArray[np.float64]:
    """Of each sample, as it is heard: 1 where one channel, or both of two, are at full scale."""
    samples = frame.to_ndarray()
    level = samples.astype(np.float64)
    if samples.dtype == np.uint8:
        level = (level - 128) / 128
    elif samples.dtype in (np.int16, np.int32):
        level /= 2 ** (8 * samples.itemsize - 1)
    if not frame.format.is_planar:
        level = level.reshape(-1, len(frame.layout.channels)).T
    power = np.nan_to_num(np.square(level))
    return np.asarray(power.sum(axis=0) / min(len(power), _EARS), dtype=np.float64)


def _flatness(part: Sound) -> npt.NDArray[np.float64]:
    """Of the spectrum of each step: 0 a tone, 1 noise.

    Source: https://en.wikipedia.org/wiki/Spectral_flatness
    """
    count = len(part) // _STEP
    if not count:
        return np.ones(0)
    starts = np.arange(count) * _STEP
    frames = part[starts[:, None] + np.arange(_SPECTRUM)[None, :]]
    power = np.abs(np.fft.rfft(frames * np.hanning(_SPECTRUM), axis=1)) ** 2
    low, high = (round(hz * _SPECTRUM / RATE_HZ) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    band = power[:, low:high] + _LEAST_POWER
    return np.asarray(np.exp(np.log(band).mean(axis=1)) / band.mean(axis=1), dtype=np.float64)
