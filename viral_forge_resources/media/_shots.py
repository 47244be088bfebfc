"""Finds cuts, and where things move between them, in small pictures that pass by once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.media import MOVEMENT_STEP_S, Shot
from viral_forge_resources.media._track import FocusTracker

Picture = npt.NDArray[np.int16]
"""Luma and two chroma planes, 0 to 255, shape (3, rows, columns), upright."""

_NEIGHBOURS = 8
"""Pictures on either side that tell how much change is usual here."""

_FLASH_S = 0.25
"""A picture that is back after this long never went away: a flash, not two cuts."""

_LARGE_CHANGE = 0.05
"""Mean change of a cut. Seen on real videos: cuts 0.29 to 0.37, fast camera motion up to 0.13."""

_SMALL_CHANGE = 0.02
_OTHER_COLOURS = 0.25
"""A cut between two dark pictures changes little, but the colours are distributed anew."""

_TIMES_USUAL = 3.5
"""Seen: cuts 90 and more times the change of their neighbours, camera motion up to 3.0."""

_STILL = 0.004
_SHORTEST_SHOT_S = 0.2
_FADE_S = 0.1
_BLACK_LUMA = 38  # 10 % above black in the limited range, like FFmpeg's blackdetect
_BAR_LUMA = 26  # bars are blacker than night: 16, and what compression adds to it
_NOISE = 8
_LEAST_MOTION = 1.0
_DECIMALS = 5


@dataclass(slots=True, kw_only=True)
class _Seen:
    """A picture and how much it differs from the one before."""

    at_s: float
    picture: Picture
    motion: npt.NDArray[np.int16]
    change: float
    is_black: bool


def is_black(picture: Picture) -> bool:
    """Whether all but a fiftieth of the picture is black."""
    return bool(np.count_nonzero(picture[0] > _BLACK_LUMA) * 50 <= picture[0].size)


def change_between(earlier: Picture, later: Picture) -> float:
    """Mean difference, 0 to 2: luma counts once, each chroma plane half."""
    planes = np.abs(later - earlier).mean(axis=(1, 2))
    return float(planes[0] + (planes[1] + planes[2]) / 2) / 255


class ShotFinder:
    """Takes pictures in time order, keeps those of about half a second.

    Attributes:
        start_s: where the latest shot starts of which is known that it does.
        known_s: no other one starts up to here.
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self.start_s = start_s
        self.known_s = start_s
        self._recent: list[_Seen] = []
        self._judged = 0
        self._shots: list[Shot] = []
        self._black_since_s: float | None = None
        self._motion: npt.NDArray[np.float64] | None = None
        self._pictures = 0
        self._tracker = FocusTracker()
        self._moved: list[list[float]] = []
        self._brightest: npt.NDArray[np.int16] | None = None

    def add(self, at_s: float, picture: Picture) -> None:
        """Look at the next picture."""
        before = self._recent[-1].picture if self._recent else picture
        seen = _Seen(
            at_s=at_s,
            picture=picture,
            motion=np.abs(picture[0] - before[0]),
            change=change_between(before, picture),
            is_black=is_black(picture),
        )
        self._recent.append(seen)
        while self._judged < len(self._recent) - _NEIGHBOURS and (
            at_s >= self._recent[self._judged].at_s + _FLASH_S
        ):
            self._judge()
        self._forget()

    def finish(self, duration_s: float) -> tuple[Shot, ...]:
        """All shots, the last of which ends at ``duration_s``."""
        while self._judged < len(self._recent):
            self._judge()
        self._close(duration_s)
        return tuple(self._shots)

    def _judge(self) -> None:
        seen = self._recent[self._judged]
        if self._judged and seen.at_s >= self.start_s + _SHORTEST_SHOT_S:
            is_faded_in = (
                not seen.is_black
                and self._black_since_s is not None
                and seen.at_s >= self._black_since_s + _FADE_S
            )
            if is_faded_in or self._is_cut(self._judged):
                self._close(seen.at_s)
                seen.motion[:] = 0  # what the cut changed did not move
        if not seen.is_black:
            self._black_since_s = None
            columns = seen.picture[0].max(axis=0)
            before = self._brightest
            self._brightest = columns if before is None else np.maximum(before, columns)
        elif self._black_since_s is None:
            self._black_since_s = seen.at_s
        usual = np.median(seen.motion)  # a camera that moves, moves everything
        moved = np.clip(seen.motion - 2 * usual - _NOISE, 0, None)
        self._motion = moved if self._motion is None else self._motion + moved
        self._pictures += 1
        self._note_movement(seen.at_s, float(moved.mean()) / 255)
        self._tracker.add(seen.at_s, seen.picture[0])
        self._judged += 1
        self.known_s = seen.at_s

    def _is_cut(self, index: int) -> bool:
        seen, before = self._recent[index], self._recent[index - 1]
        if seen.change < _SMALL_CHANGE:
            return False
        first = max(1, index - _NEIGHBOURS)
        around = self._recent[first:index] + self._recent[index + 1 : index + 1 + _NEIGHBOURS]
        usual = float(np.percentile([each.change for each in around], 80)) if around else 0.0
        if seen.change < _TIMES_USUAL * max(usual, _STILL):
            return False
        if seen.change < _LARGE_CHANGE and _recoloured(before, seen) < _OTHER_COLOURS:
            return False
        return not self._is_flash(index)

    def _is_flash(self, index: int) -> bool:
        seen, before = self._recent[index], self._recent[index - 1]
        half = seen.change / 2
        earlier = [each for each in self._recent[:index] if each.at_s >= seen.at_s - _FLASH_S]
        later = [each for each in self._recent[index + 1 :] if each.at_s <= seen.at_s + _FLASH_S]
        return any(
            change_between(each.picture, seen.picture) < half for each in earlier[:-1]
        ) or any(change_between(before.picture, each.picture) < half for each in later)

    def _close(self, end_s: float) -> None:
        x, y = _centre(self._motion, self._pictures)
        steps = int((end_s - self.start_s) / MOVEMENT_STEP_S)
        self._shots.append(
            Shot(
                start_s=self.start_s,
                end_s=end_s,
                focus_x=x,
                focus_y=y,
                track=self._tracker.track(),
                movement=tuple(round(_mean(moved), _DECIMALS) for moved in self._moved[:steps]),
                side_bars=_side_bars(self._brightest),
            )
        )
        self._moved, self._brightest = [], None
        self.start_s, self._motion, self._pictures = end_s, None, 0
        self._tracker = FocusTracker()

    def _note_movement(self, at_s: float, moved: float) -> None:
        step = max(int((at_s - self.start_s) / MOVEMENT_STEP_S), 0)
        self._moved += [[] for _ in range(len(self._moved), step + 1)]
        self._moved[step].append(moved)

    def _forget(self) -> None:
        oldest_s = self._recent[self._judged].at_s if self._judged < len(self._recent) else 0.0
        while self._judged > _NEIGHBOURS + 1 and self._recent[1].at_s < oldest_s - _FLASH_S:
            self._recent.pop(0)
            self._judged -= 1


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _side_bars(brightest: npt.NDArray[np.int16] | None) -> tuple[float, float]:
    """How much of the width stays black at either side; all of it where only black was seen."""
    lit = np.flatnonzero(brightest > _BAR_LUMA) if brightest is not None else np.array([])
    if brightest is None or not lit.size:
        return 1.0, 1.0
    columns = brightest.size
    return round(int(lit[0]) / columns, 4), round((columns - 1 - int(lit[-1])) / columns, 4)


def _recoloured(earlier: _Seen, later: _Seen) -> float:
    moved = np.abs(_histogram(earlier.picture) - _histogram(later.picture)).sum()
    return float(moved) / 2 / earlier.picture.size


def _histogram(picture: Picture) -> npt.NDArray[np.int64]:
    luma = np.bincount((picture[0] >> 4).ravel(), minlength=16)
    chroma = [np.bincount((plane >> 3).ravel(), minlength=32) for plane in picture[1:]]
    return np.concatenate([luma, *chroma])


def _centre(
    motion: npt.NDArray[np.float64] | None, pictures: int
) -> tuple[float, float] | tuple[None, None]:
    if motion is None or motion.sum() < _LEAST_MOTION * pictures:
        return None, None
    rows, columns = motion.shape
    total = motion.sum()
    x = float((motion.sum(axis=0) * (np.arange(columns) + 0.5)).sum() / total / columns)
    y = float((motion.sum(axis=1) * (np.arange(rows) + 0.5)).sum() / total / rows)
    return x, y
