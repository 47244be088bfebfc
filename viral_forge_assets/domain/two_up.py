"""Two people who are far apart, one above the other."""

from collections.abc import Sequence

from viral_forge_assets.domain.subjects import Subject, together
from viral_forge_resources.contracts.media import MediaProbe, Stretch
from viral_forge_resources.contracts.sight import Box, Face

_FACE_OF_PANE = 0.36  # of its height
_WIDEST_WANDER = 0.3  # of a pane, to either side
_LEAST_PANE = 2.0
"""In widths of the face: narrower, it would be nothing but face."""
_SHORTEST_PAIR_S = 1.0


def panes_of_two(
    faces: Sequence[Face], probe: MediaProbe, shown: Stretch, *, aspect: float
) -> tuple[Box, ...]:
    """A pane around each of two faces, the left one above; none where that would not look well.

    Both faces are as large in their panes, of which ``aspect`` is the width over the height.
    """
    if len(faces) != 2 or shown.duration_s < _SHORTEST_PAIR_S:  # noqa: PLR2004  a pair is two
        return ()
    pair = sorted((together((face,), probe) for face in faces), key=lambda each: each.rest)
    apart_px = (pair[1].rest[0] - pair[0].rest[0]) * probe.width_px
    widest_px = min(apart_px, probe.height_px * aspect)
    if widest_px <= 0:
        return ()
    # One share for both: who sits farther away is no smaller than the other.
    share = max(_FACE_OF_PANE, *(_tallest_px(each) * aspect / widest_px for each in pair))
    wides = [_tallest_px(each) / share * aspect for each in pair]
    if share > 2 / _LEAST_PANE or any(
        wide_px < _LEAST_PANE * max(box.width_px for _, box in each.boxes)
        for wide_px, each in zip(wides, pair, strict=True)
    ):
        return ()
    panes = tuple(
        _pane(each.rest, wide_px, wide_px / aspect, probe)
        for wide_px, each in zip(wides, pair, strict=True)
    )
    stays = all(_stays(each, pane, probe) for each, pane in zip(pair, panes, strict=True))
    return panes if stays else ()


def _tallest_px(subject: Subject) -> float:
    return max(box.height_px for _, box in subject.boxes)


def _pane(middle: tuple[float, float], wide_px: float, tall_px: float, probe: MediaProbe) -> Box:
    width_px, height_px = (max(round(length / 2) * 2, 2) for length in (wide_px, tall_px))
    width_px, height_px = min(width_px, probe.width_px), min(height_px, probe.height_px)
    x_px = middle[0] * probe.width_px - width_px / 2
    y_px = middle[1] * probe.height_px - height_px / 2
    return Box(
        x_px=round(min(max(x_px, 0), probe.width_px - width_px)) // 2 * 2,
        y_px=round(min(max(y_px, 0), probe.height_px - height_px)) // 2 * 2,
        width_px=width_px // 2 * 2,
        height_px=height_px // 2 * 2,
    )


def _stays(subject: Subject, pane: Box, probe: MediaProbe) -> bool:
    x, y = pane.middle_px
    return all(
        abs(at_x * probe.width_px - x) <= _WIDEST_WANDER * pane.width_px
        and abs(at_y * probe.height_px - y) <= _WIDEST_WANDER * pane.height_px
        for _, at_x, at_y in subject.middles
    )
