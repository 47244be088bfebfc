"""Follows the one thing that moves, a few times a second, in small pictures that pass by once."""

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.media import FocusPoint

Luma = npt.NDArray[np.int16]
"""0 to 255, shape (rows, columns), upright."""

_STEP_S = 0.2
"""What moves slowly is seen in pictures this far apart, not in neighbours."""

_NOISE = 8
_LEAST_MOTION = 60.0
"""Sum over the picture: a thing of three by three cells in another grey gives ten times that."""

_REACH = 0.2
"""Of the picture's longer side, to either side: parts of one thing lie within it."""

_LEAST_SHARE = 0.6
"""Of all movement; below it several things move, or everything does, as under a moving camera."""

_LARGEST_AREA = 0.4
"""Of the picture: where more than this changes, it is the camera or the light."""


class FocusTracker:
    """Takes the pictures of one shot in time order."""

    def __init__(self) -> None:
        self._points: list[FocusPoint] = []
        self._at_s = 0.0
        self._luma: Luma | None = None

    def add(self, at_s: float, luma: Luma) -> None:
        """Look at the next picture."""
        if self._luma is not None:
            if at_s < self._at_s + _STEP_S:
                return
            place = _place_of_movement(self._luma, luma)
            if place is not None:
                # The difference shows a thing where it was and where it is: it was between.
                middle_s = (self._at_s + at_s) / 2
                self._points.append(FocusPoint(at_s=round(middle_s, 3), x=place[0], y=place[1]))
        self._at_s, self._luma = at_s, luma

    def track(self) -> tuple[FocusPoint, ...]:
        """Where the thing was seen to move; empty where nothing did, or no one thing."""
        return tuple(self._points)


def _place_of_movement(earlier: Luma, later: Luma) -> tuple[float, float] | None:
    change = np.abs(later - earlier)
    usual = int(np.median(change))  # a camera that moves, moves everything
    moved = np.clip(change - 2 * usual - _NOISE, 0, None)
    total = int(moved.sum())
    if total < _LEAST_MOTION or np.count_nonzero(moved) > _LARGEST_AREA * moved.size:
        return None
    reach_cells = _REACH * max(moved.shape)
    x = _thickest(moved.sum(axis=0), reach_cells)
    y = _thickest(moved.sum(axis=1), reach_cells)
    if x is None or y is None:
        return None
    return round(x, 4), round(y, 4)


def _thickest(weights: npt.NDArray[np.int64], reach_cells: float) -> float | None:
    """Centre of what lies together, as a share; None where too much lies apart from it."""
    width = min(round(2 * reach_cells), len(weights))
    sums = np.convolve(weights, np.ones(width, dtype=np.int64), mode="valid")
    best = np.flatnonzero(sums == sums.max())
    if sums.max() < _LEAST_SHARE * weights.sum():
        return None
    start = int(best[len(best) // 2])
    near = weights[start : start + width]
    places = np.arange(start, start + width) + 0.5
    return float((near * places).sum() / near.sum()) / len(weights)
