"""Where faces and texts of the source come to stand on a clip's frame, and when."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from viral_forge_assets.domain.placement import Obstacle, ObstacleKind
from viral_forge_assets.domain.safe_zones import Box, Frame, advised_area
from viral_forge_resources.contracts import sight
from viral_forge_resources.contracts.media import (
    Framing,
    FramingMode,
    MediaProbe,
    SceneMap,
    Stretch,
)

_STEP_S = 0.5
"""Of the clip: in so short a time neither crops nor faces go far; captions stand longer."""

_LONGEST_GAP_S = 0.3  # between two sights of a face
_GROWTH, _HAIR = 0.06, 0.3
"""Of a face's size, to either side and below: chin, and filters that zoom by a little; above."""

_ROOM_FOR_CAPTIONS = 0.14
"""Of the frame, down: three rows of the usual letters."""

_LEAST_SEEN = 0.02
"""Of the frame, across, and half of it down: less is nothing that could be covered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """A part of the source and the part of the frame that shows it."""

    source: sight.Box
    frame: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """What a clip shows where, at every moment."""

    probe: MediaProbe
    framing: Framing
    frame: Frame
    is_mirrored: bool

    def shown(self, box: sight.Box, at_s: float) -> Iterator[Box]:
        """The parts of the frame that show something of ``box``."""
        for window in self._windows(at_s):
            seen = _seen_through(window, box)
            if seen is None:
                continue
            if self.is_mirrored:
                seen = Box(
                    left=1 - seen.right, right=1 - seen.left, top=seen.top, bottom=seen.bottom
                )
            yield seen

    def whole_pictures(self, duration_s: float) -> list[Obstacle]:
        """The picture where all of it is shown, and captions find room above it."""
        framing, box = self.framing, self._whole().frame
        if box.top - advised_area(self.frame).top < _ROOM_FOR_CAPTIONS:
            return []
        stretches = [each.stretch for each in framing.layouts if not each.panes]
        if framing.mode is FramingMode.FIT:
            stretches = [Stretch(start_s=0.0, end_s=duration_s)]
        return [
            Obstacle(start_s=each.start_s, end_s=each.end_s, box=box, kind=ObstacleKind.OTHER)
            for each in stretches
        ]

    def _windows(self, at_s: float) -> list[_Window]:
        framing = self.framing
        layouts = (each for each in framing.layouts if _is_on(each.stretch, at_s))
        layout = next(layouts, None)
        if framing.mode is FramingMode.FIT or (layout and not layout.panes):
            return [self._whole()]
        if layout:
            tall = 1 / len(layout.panes)
            return [
                _Window(
                    source=pane, frame=Box(left=0, right=1, top=n * tall, bottom=(n + 1) * tall)
                )
                for n, pane in enumerate(layout.panes)
            ]
        key = framing.path[max(bisect_right(framing.path, at_s, key=lambda each: each.at_s) - 1, 0)]
        crop = sight.Box(
            x_px=key.x_px, y_px=key.y_px, width_px=framing.width_px, height_px=framing.height_px
        )
        return [_Window(source=crop, frame=Box(left=0, right=1, top=0, bottom=1))]

    def _whole(self) -> _Window:
        wide_px, tall_px = self.probe.width_px, self.probe.height_px
        scale = min(self.frame.width_px / wide_px, self.frame.height_px / tall_px)
        x = (1 - wide_px * scale / self.frame.width_px) / 2
        y = (1 - tall_px * scale / self.frame.height_px) / 2
        return _Window(
            source=sight.Box(x_px=0, y_px=0, width_px=wide_px, height_px=tall_px),
            frame=Box(left=x, right=1 - x, top=y, bottom=1 - y),
        )


def obstacles_of(
    scene_map: SceneMap,
    segments: Sequence[Stretch],
    framing: Framing,
    *,
    probe: MediaProbe,
    frame: Frame,
    is_mirrored: bool = False,
) -> tuple[Obstacle, ...]:
    """Faces and texts as the clip shows them, in the order of time; seconds of the clip.

    Where the whole picture stands over a blurred one that leaves room for captions, it is in the
    way itself: they stand beside it.
    """
    stage = _Stage(probe=probe, framing=framing, frame=frame, is_mirrored=is_mirrored)
    found: list[Obstacle] = []
    offset_s = 0.0
    for segment in segments:
        for start_s, end_s, box, kind in _in_source(scene_map, segment):
            shift_s = offset_s - segment.start_s
            middle_s = (start_s + end_s) / 2 + shift_s
            found += [
                Obstacle(start_s=start_s + shift_s, end_s=end_s + shift_s, box=seen, kind=kind)
                for seen in stage.shown(box, middle_s)
            ]
        offset_s += segment.duration_s
    found += stage.whole_pictures(offset_s)
    return tuple(sorted(found, key=lambda each: each.start_s))


_Piece = tuple[float, float, sight.Box, ObstacleKind]


def _in_source(scene_map: SceneMap, segment: Stretch) -> Iterator[_Piece]:
    """Short pieces of time within the segment, each with what stands where."""
    for shot in scene_map.shots:
        start_s, end_s = max(shot.start_s, segment.start_s), min(shot.end_s, segment.end_s)
        for part in _parts(start_s, end_s):
            for face in shot.faces:
                box = _around(face, part)
                if box is not None:
                    yield part.start_s, part.end_s, _grown(box), ObstacleKind.FACE
            for text in shot.texts:
                first_s, last_s = max(text.start_s, part.start_s), min(text.end_s, part.end_s)
                if first_s < last_s:
                    yield first_s, last_s, text.box, ObstacleKind.TEXT


def _parts(start_s: float, end_s: float) -> Iterator[Stretch]:
    count = max(round((end_s - start_s) / _STEP_S), 1) if end_s > start_s else 0
    for number in range(count):
        first_s, last_s = (start_s + (end_s - start_s) * n / count for n in (number, number + 1))
        yield Stretch(start_s=first_s, end_s=last_s)


def _around(face: sight.Face, part: Stretch) -> sight.Box | None:
    """Around the face as it is seen then, and just before and after."""
    boxes = [
        each.box
        for each in face.sights
        if part.start_s - _LONGEST_GAP_S <= each.at_s <= part.end_s + _LONGEST_GAP_S
    ]
    if not boxes:
        return None
    around = boxes[0]
    for box in boxes[1:]:
        around = around.with_other(box)
    return around


def _grown(box: sight.Box) -> sight.Box:
    across_px, down_px = _GROWTH * box.width_px, _GROWTH * box.height_px
    return sight.Box(
        x_px=box.x_px - across_px,
        y_px=box.y_px - _HAIR * box.height_px,
        width_px=box.width_px + 2 * across_px,
        height_px=(1 + _HAIR) * box.height_px + down_px,
    )


def _seen_through(window: _Window, box: sight.Box) -> Box | None:
    source, frame = window.source, window.frame
    wide, tall = frame.right - frame.left, frame.bottom - frame.top
    left, right = (
        frame.left + wide * min(max((x_px - source.x_px) / source.width_px, 0), 1)
        for x_px in (box.x_px, box.right_px)
    )
    top, bottom = (
        frame.top + tall * min(max((y_px - source.y_px) / source.height_px, 0), 1)
        for y_px in (box.y_px, box.bottom_px)
    )
    if right - left < _LEAST_SEEN or bottom - top < _LEAST_SEEN / 2:
        return None
    return Box(left=left, right=right, top=top, bottom=bottom)


def _is_on(stretch: Stretch, at_s: float) -> bool:
    return stretch.start_s <= at_s < stretch.end_s
