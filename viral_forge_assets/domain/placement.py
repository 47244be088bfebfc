"""Where each caption stands: near its style's place, clear of interfaces, faces and texts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from viral_forge_assets.domain.caption_styles import CaptionStyle
from viral_forge_assets.domain.captioning import CaptionLine, Limits, Measure, joined
from viral_forge_assets.domain.safe_zones import Box, Frame, advised_area, free_area

_STEP = 0.02
"""Of the frame's height, between two places that are tried."""
_STAYS_S = 1.0
"""Captions that follow each other within this time keep their place if it is free."""
_OUTSIDE_ADVICE = 0.5
"""Cost of leaving the advised area, in heights of the frame."""
_MARGIN = 0.01
"""Kept free around an obstacle, in shares of the frame."""


class ObstacleKind(StrEnum):
    """What a caption should not cover."""

    FACE = "face"
    TEXT = "text"
    OTHER = "other"


_COST: Mapping[ObstacleKind, float] = {
    ObstacleKind.FACE: 10.0,
    ObstacleKind.TEXT: 6.0,
    ObstacleKind.OTHER: 2.0,
}
"""Of covering one, in heights of the frame that a caption would rather move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A part of the clip's frame that is in use for a while; seconds of the clip."""

    start_s: float
    end_s: float
    box: Box
    kind: ObstacleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCaption:
    """A caption and the part of the frame that it takes."""

    line: CaptionLine
    box: Box

    @property
    def middle(self) -> tuple[float, float]:
        """Of its box, in shares of the frame."""
        return (self.box.left + self.box.right) / 2, (self.box.top + self.box.bottom) / 2


def limits_of(style: CaptionStyle, frame: Frame) -> Limits:
    """What a caption of this style holds on this frame."""
    area = free_area(frame)
    free_px = (area.right - area.left) * frame.width_px - 2 * style.edge() * frame.unit_px
    is_word_by_word = style.max_words is not None and style.max_words < 3  # noqa: PLR2004  "a few"
    return Limits(
        widest=free_px / (style.font_size * frame.unit_px * style.growth()),
        max_characters=style.max_characters,
        max_lines=style.max_lines,
        max_words=style.max_words,
        seconds=style.seconds,
        shortest_s=0.25 if is_word_by_word else 0.7,
    )


def place_captions(
    lines: Sequence[CaptionLine],
    style: CaptionStyle,
    frame: Frame,
    measure: Measure,
    obstacles: Sequence[Obstacle] = (),
) -> tuple[PlacedCaption, ...]:
    """Every caption in the free place that is nearest to its style's.

    Where nothing is free, it covers as little as it can, and a text rather than a face. A caption
    that follows another at once does not jump without need.
    """
    in_the_way = _by_second(obstacles)
    placed: list[PlacedCaption] = []
    for line in lines:
        met = _met(line, in_the_way)
        before = placed[-1] if placed else None
        follows = before is not None and line.start_s - before.line.end_s < _STAYS_S
        stays_at = before.middle[1] if before is not None and follows else None
        half = _half_size(line, style, frame, measure)
        middle = _best_middle(half, style.place, frame, met, stays_at)
        box = _box(middle, half)
        placed.append(PlacedCaption(line=line, box=box))
    return tuple(placed)


def covered(box: Box, obstacles: Sequence[Obstacle]) -> float:
    """What it costs to cover the obstacles with ``box``: 0 where it covers none."""
    return sum(_COST[each.kind] * box.shared_with(each.box) for each in obstacles)


def is_free_box(box: Box, frame: Frame, obstacles: Sequence[Obstacle]) -> bool:
    """Whether a box of this size has a place on the frame where it covers no obstacle."""
    half = (box.right - box.left) / 2, (box.bottom - box.top) / 2
    _, *everywhere = _tried(half, 0.0, frame)
    return any(covered(_box(middle, half), obstacles) == 0 for middle in everywhere)


def _by_second(obstacles: Sequence[Obstacle]) -> Mapping[int, list[Obstacle]]:
    found: dict[int, list[Obstacle]] = defaultdict(list)
    for each in obstacles:
        for second in range(int(each.start_s), int(each.end_s) + 1):
            found[second].append(each)
    return found


def _met(line: CaptionLine, by_second: Mapping[int, list[Obstacle]]) -> list[Obstacle]:
    if not by_second:
        return []
    seconds = range(int(line.start_s), int(line.end_s) + 1)
    near = {id(each): each for second in seconds for each in by_second.get(second, ())}
    return [each for each in near.values() if _at_once(line, each)]


def _at_once(line: CaptionLine, obstacle: Obstacle) -> bool:
    return obstacle.start_s < line.end_s and line.start_s < obstacle.end_s


def _half_size(
    line: CaptionLine, style: CaptionStyle, frame: Frame, measure: Measure
) -> tuple[float, float]:
    row_px = style.font_size * frame.unit_px * line.scale
    edge_px = style.edge() * frame.unit_px
    widest = max(measure(joined(row)) for row in line.rows)
    width_px = widest * row_px * style.growth() + 2 * edge_px
    height_px = (len(line.rows) + style.growth() - 1) * row_px + 2 * edge_px
    return width_px / frame.width_px / 2, height_px / frame.height_px / 2


def _best_middle(
    half: tuple[float, float],
    place: float,
    frame: Frame,
    met: Sequence[Obstacle],
    stays_at: float | None,
) -> float:
    advised = advised_area(frame)
    wanted = next(_tried(half, place, frame))
    if not met and stays_at is None:
        return wanted
    kept = [Obstacle(start_s=0, end_s=0, box=_wider(each.box), kind=each.kind) for each in met]

    def cost(middle: float) -> float:
        box = _box(middle, half)
        outside = box.bottom > advised.bottom + 1e-9 or box.top < advised.top - 1e-9
        return abs(middle - wanted) + covered(box, kept) + _OUTSIDE_ADVICE * outside

    if stays_at is not None and abs(stays_at - wanted) > _STEP / 2:
        is_inside = cost(stays_at) < _OUTSIDE_ADVICE
        if is_inside and covered(_box(stays_at, half), kept) == 0:
            return stays_at

    def covers_something(middle: float) -> bool:
        return covered(_box(middle, half), met) > 0

    # A free place is better than any other, however far it is.
    return min(_tried(half, place, frame), key=lambda at: (covers_something(at), cost(at)))


def _tried(half: tuple[float, float], place: float, frame: Frame) -> Iterator[float]:
    """Middles, the wanted one first, then all over what no platform covers."""
    advised, free = advised_area(frame), free_area(frame)
    highest, lowest = advised.top + half[1], max(advised.bottom - half[1], advised.top + half[1])
    yield highest + place * (lowest - highest)
    bottom = free.bottom - half[1]
    steps = max(int((bottom - highest) / _STEP), 0)
    for step in range(steps + 1):
        yield highest + step * _STEP


def _box(middle: float, half: tuple[float, float]) -> Box:
    return Box(
        left=0.5 - half[0], right=0.5 + half[0], top=middle - half[1], bottom=middle + half[1]
    )


def _wider(box: Box) -> Box:
    return Box(
        left=box.left - _MARGIN,
        top=box.top - _MARGIN,
        right=box.right + _MARGIN,
        bottom=box.bottom + _MARGIN,
    )
