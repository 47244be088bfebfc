"""Black bars at both sides of a picture, burned into it: what lies between them is the picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from viral_forge_assets.domain.reframing import ClipFormat, Reframing, frame_for
from viral_forge_resources.contracts.media import (
    FocusPoint,
    Framing,
    FramingMode,
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
)
from viral_forge_resources.contracts.sight import Box, Face, WrittenText

_LEAST = 0.045
"""Of the width, on either side: less is an edge of the recording."""
_UNLIKE = 0.035
"""Bars of one picture are as wide as each other: else it is the dark side of a scene."""
_LEAST_PICTURE = 0.2
_COLUMN = 1 / 64
"""Bars are measured in such shares; the column at their edge may still be black in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """The part of the width that lies between bars, in whole even pixels."""

    left_px: int
    width_px: int

    def probe(self, probe: MediaProbe) -> MediaProbe:
        """The source as if it were this part alone."""
        return replace(probe, width_px=self.width_px)

    def shots(self, shots: Sequence[Shot], whole_px: int) -> tuple[Shot, ...]:
        """Shots as they are seen within this part of a picture ``whole_px`` wide."""
        return tuple(self._shot(shot, whole_px) for shot in shots)

    def in_whole(self, framing: Framing) -> Framing:
        """Of a framing within this part, the one of the whole picture that shows the same."""
        path = (replace(key, x_px=key.x_px + self.left_px) for key in framing.path)
        layouts = (
            replace(each, panes=tuple(_moved(pane, self.left_px) for pane in each.panes))
            for each in framing.layouts
        )
        return replace(framing, path=tuple(path), layouts=tuple(layouts))

    def _shot(self, shot: Shot, whole_px: int) -> Shot:
        def share(x: float) -> float:
            return min(max((x * whole_px - self.left_px) / self.width_px, 0.0), 1.0)

        return replace(
            shot,
            focus_x=None if shot.focus_x is None else share(shot.focus_x),
            track=tuple(_point(point, share(point.x)) for point in shot.track),
            faces=tuple(_face(face, -self.left_px) for face in shot.faces),
            texts=tuple(_text(text, -self.left_px) for text in shot.texts),
        )


def between_bars(shots: Sequence[Shot], probe: MediaProbe) -> Between | None:
    """What lies between the bars that all of the shots have; None where they have none."""
    if not shots:
        return None
    left, right = (min(shot.side_bars[side] for shot in shots) for side in (0, 1))
    is_picture = 1 - left - right >= _LEAST_PICTURE
    if min(left, right) < _LEAST or abs(left - right) > _UNLIKE or not is_picture:
        return None
    left_px = ceil((left + _COLUMN) * probe.width_px / 2) * 2
    right_px = ceil((right + _COLUMN) * probe.width_px / 2) * 2
    return Between(left_px=left_px, width_px=(probe.width_px - left_px - right_px) // 2 * 2)


def frame_between_bars(
    probe: MediaProbe,
    scene_map: SceneMap,
    segments: Sequence[Stretch],
    *,
    clip: ClipFormat,
    mode: FramingMode,
) -> Reframing:
    """As ``frame_for``; a crop takes nothing of bars. A whole picture is shown with them."""
    between = between_bars(shots_in(scene_map.shots, segments), probe)
    if between is not None and mode is FramingMode.CROP:
        inside = replace(scene_map, shots=between.shots(scene_map.shots, probe.width_px))
        made = frame_for(between.probe(probe), inside, segments, clip=clip, mode=mode)
        if made.framing.mode is mode:
            return replace(made, framing=between.in_whole(made.framing))
    return frame_for(probe, scene_map, segments, clip=clip, mode=mode)


def shots_in(shots: Sequence[Shot], segments: Sequence[Stretch]) -> tuple[Shot, ...]:
    """Those that are seen in one of the segments."""
    return tuple(
        shot
        for shot in shots
        if any(shot.start_s < each.end_s and each.start_s < shot.end_s for each in segments)
    )


def _moved(box: Box, by_px: float) -> Box:
    return replace(box, x_px=box.x_px + by_px)


def _point(point: FocusPoint, x: float) -> FocusPoint:
    return replace(point, x=x)


def _face(face: Face, by_px: float) -> Face:
    return replace(
        face, sights=tuple(replace(each, box=_moved(each.box, by_px)) for each in face.sights)
    )


def _text(text: WrittenText, by_px: float) -> WrittenText:
    return replace(text, box=_moved(text.box, by_px))
