"""Black, frozen and silent stretches, found as pictures and sound pass by."""

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.media import Stretch
from viral_forge_resources.media._shots import Picture, change_between, is_black

_SHORTEST_BLACK_S = 0.1
_SHORTEST_FROZEN_S = 1.0
_FROZEN_CHANGE = 0.001  # -60 dB, like FFmpeg's freezedetect
_FROZEN_LUMA = 6
"""Largest change of a point: encoders let flat areas breathe; a small text that moves is more."""

_WINDOW_S = 0.02
_SHORTEST_SILENCE_S = 0.35
_FAINTEST = 10 ** (-90 / 10)
_SILENT_POWER = 10 ** (-40 / 10)  # RMS of -40 dBFS


class StillFinder:
    """Collects the black and the frozen stretches."""

    def __init__(self) -> None:
        self.black: list[Stretch] = []
        self.frozen: list[Stretch] = []
        self._black_since_s: float | None = None
        self._frozen_since_s = 0.0
        self._frozen: Picture | None = None

    def add(self, at_s: float, picture: Picture) -> None:
        """Look at the next picture."""
        if not is_black(picture):
            self._end_black(at_s)
        elif self._black_since_s is None:
            self._black_since_s = at_s
        if self._frozen is None or not _is_same(self._frozen, picture):
            self._end_frozen(at_s)
            self._frozen, self._frozen_since_s = picture, at_s

    def finish(self, duration_s: float) -> None:
        """End the stretches that last until the end."""
        self._end_black(duration_s)
        self._end_frozen(duration_s)

    def _end_black(self, at_s: float) -> None:
        if self._black_since_s is not None and at_s - self._black_since_s >= _SHORTEST_BLACK_S:
            self.black.append(Stretch(start_s=self._black_since_s, end_s=at_s))
        self._black_since_s = None

    def _end_frozen(self, at_s: float) -> None:
        if self._frozen is not None and at_s - self._frozen_since_s >= _SHORTEST_FROZEN_S:
            self.frozen.append(Stretch(start_s=self._frozen_since_s, end_s=at_s))


def _is_same(earlier: Picture, later: Picture) -> bool:
    return (
        change_between(earlier, later) < _FROZEN_CHANGE
        and int(np.abs(later[0] - earlier[0]).max()) <= _FROZEN_LUMA
    )


class SilenceFinder:
    """Adds up the power of the sound in short windows: a few bytes for each second."""

    def __init__(self) -> None:
        self._power = np.zeros(0)
        self._samples = np.zeros(0)

    def add(self, at_s: float, power: npt.NDArray[np.float64], rate_hz: int) -> None:
        """Take the power of each sample, 0 to 1, from ``at_s`` on."""
        windows = np.floor((at_s + np.arange(len(power)) / rate_hz) / _WINDOW_S).astype(np.int64)
        is_shown = windows >= 0  # sound may start before the first picture
        windows, power = windows[is_shown], power[is_shown]
        if not len(windows):
            return
        self._make_room(int(windows[-1]) + 1)
        first, length = int(windows[0]), int(windows[-1] - windows[0]) + 1
        here = slice(first, first + length)
        self._power[here] += np.bincount(windows - first, weights=power, minlength=length)
        self._samples[here] += np.bincount(windows - first, minlength=length)

    def silences(self, duration_s: float) -> tuple[Stretch, ...]:
        """Where nothing is heard for long; none where no sound could be read at all."""
        if not self._samples.any():
            return ()
        count = int(np.ceil(duration_s / _WINDOW_S))
        self._make_room(count)
        power = self._power[:count] / np.maximum(self._samples[:count], 1)
        is_quiet = np.concatenate([[False], power < _SILENT_POWER, [False]])
        edges = np.flatnonzero(np.diff(is_quiet.astype(np.int8))) * _WINDOW_S
        pairs = zip(edges[::2], edges[1::2], strict=True)
        found = (Stretch(start_s=float(a), end_s=min(float(b), duration_s)) for a, b in pairs)
        return tuple(each for each in found if each.duration_s >= _SHORTEST_SILENCE_S)

    def levels_db(self, duration_s: float, step_s: float) -> npt.NDArray[np.float64] | None:
        """RMS of each step in dBFS, down to -90; None where no sound could be read at all."""
        if not self._samples.any():
            return None
        each = round(step_s / _WINDOW_S)
        steps = int(np.ceil(duration_s / step_s))
        self._make_room(steps * each)
        power = self._power[: steps * each].reshape(steps, each).sum(axis=1)
        samples = self._samples[: steps * each].reshape(steps, each).sum(axis=1)
        mean = power / np.maximum(samples, 1)
        return np.asarray(10 * np.log10(np.maximum(mean, _FAINTEST)), dtype=np.float64)

    def _make_room(self, windows: int) -> None:
        missing = windows - len(self._power)
        if missing > 0:
            room = np.zeros(max(missing, len(self._power)))
            self._power = np.concatenate([self._power, room])
            self._samples = np.concatenate([self._samples, room])
