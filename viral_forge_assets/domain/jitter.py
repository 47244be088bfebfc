"""How calmly a crop moves."""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import sqrt

from viral_forge_resources.contracts.media import Framing

_THIRD = (-1.0, 3.0, -3.0, 1.0)
"""Third difference: what is left of a path without its place, speed and acceleration."""


def jitter_px(
    framing: Framing,
    *,
    cuts_s: Sequence[float],
    frames: int,
    fps: Fraction,
    size_px: tuple[int, int],
) -> tuple[float, ...]:
    """Root mean square jerk of the crop between each two cuts, in pixels of the clip per frame³.

    A crop that stands, and a clip that shows the whole picture, have none: 0. Jumps at ``cuts_s``,
    and where a layout begins or ends, are no movement.
    """
    if not framing.path:
        return (0.0,)
    ends = {0, frames, *(round(at_s * fps) for at_s in cuts_s)}
    for layout in framing.layouts:
        ends |= {round(layout.stretch.start_s * fps), round(layout.stretch.end_s * fps)}
    edges = sorted(end for end in ends if 0 <= end <= frames)
    scales = size_px[0] / framing.width_px, size_px[1] / framing.height_px
    corners = _corners(framing, frames, fps)
    return tuple(_jerk(corners[first:end], scales) for first, end in pairwise(edges))


def _corners(framing: Framing, frames: int, fps: Fraction) -> list[tuple[float, float]]:
    """Of the crop at each frame, in pixels of the source."""
    starts = [round(key.at_s * fps) for key in framing.path]
    keys = (framing.path[max(bisect_right(starts, frame) - 1, 0)] for frame in range(frames))
    return [(key.x_px, key.y_px) for key in keys]


def _jerk(corners: Sequence[tuple[float, float]], scales: tuple[float, float]) -> float:
    windows = range(len(corners) - len(_THIRD) + 1)
    if not windows:
        return 0.0
    squares = sum(
        (scale * sum(part * corners[at + n][axis] for n, part in enumerate(_THIRD))) ** 2
        for at in windows
        for axis, scale in enumerate(scales)
    )
    return sqrt(squares / len(windows))
