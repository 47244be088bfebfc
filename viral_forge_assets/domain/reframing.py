"""Decides which part of the picture fills the vertical frame, shot by shot."""

from collections.abc import Iterator, Sequence

from viral_forge_resources.contracts.media import (
    CropKey,
    Framing,
    FramingMode,
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
)

_LEAST_MOVE = 0.03
"""Of the picture's width: a smaller move is not seen at a cut, but is where the cut is a flash."""
_LESS_THAN_A_FRAME_S = 0.015
"""A shot seen for less is a rounding of the cut, no shot."""
_CENTRE = 0.5


def frame_for(
    probe: MediaProbe,
    scene_map: SceneMap,
    segments: Sequence[Stretch],
    *,
    width_px: int,
    height_px: int,
    mode: FramingMode,
) -> Framing:
    """What fills a frame of that size; a crop moves at cuts only, never inside a shot."""
    if mode is FramingMode.FIT:
        whole = (_even(probe.width_px), _even(probe.height_px))
        return Framing(mode=mode, width_px=whole[0], height_px=whole[1])
    crop = _crop_size(probe, width_px, height_px)
    path: list[CropKey] = []
    for at_s, shot in _shots_of_clip(scene_map.shots, segments):
        key = _corner(probe, crop, shot, at_s=at_s)
        if not path or _is_far(path[-1], key, _LEAST_MOVE * probe.width_px):
            path.append(key)
    return Framing(mode=mode, width_px=crop[0], height_px=crop[1], path=tuple(path))


def crop_loss(probe: MediaProbe, *, width_px: int, height_px: int) -> float:
    """Share of the picture, 0 to 1, that a crop to the shape of that frame cuts away."""
    wide_px, tall_px = _crop_size(probe, width_px, height_px)
    return 1 - wide_px * tall_px / (probe.width_px * probe.height_px)


def _even(length_px: int) -> int:
    return max(length_px // 2 * 2, 2)


def _crop_size(probe: MediaProbe, width_px: int, height_px: int) -> tuple[int, int]:
    """The largest even crop of the target's shape that the picture holds."""
    if probe.width_px * height_px >= probe.height_px * width_px:
        tall_px = _even(probe.height_px)
        wide_px = 2 * round(tall_px * width_px / height_px / 2)
        return min(max(wide_px, 2), _even(probe.width_px)), tall_px
    wide_px = _even(probe.width_px)
    tall_px = 2 * round(wide_px * height_px / width_px / 2)
    return wide_px, min(max(tall_px, 2), _even(probe.height_px))


def _shots_of_clip(
    shots: Sequence[Shot], segments: Sequence[Stretch]
) -> Iterator[tuple[float, Shot | None]]:
    """Each shot that the clip shows and when it comes up there; None where none is known."""
    offset_s = 0.0
    for segment in segments:
        seen = [shot for shot in shots if _shown_s(shot, segment) > _LESS_THAN_A_FRAME_S]
        yield round(offset_s, 6), seen[0] if seen else None
        for shot in seen[1:]:
            yield round(offset_s + shot.start_s - segment.start_s, 6), shot
        offset_s += segment.duration_s


def _shown_s(shot: Shot, segment: Stretch) -> float:
    return min(shot.end_s, segment.end_s) - max(shot.start_s, segment.start_s)


def _corner(probe: MediaProbe, crop: tuple[int, int], shot: Shot | None, *, at_s: float) -> CropKey:
    focus_x = shot.focus_x if shot and shot.focus_x is not None else _CENTRE
    focus_y = shot.focus_y if shot and shot.focus_y is not None else _CENTRE
    return CropKey(
        at_s=at_s,
        x_px=_start_px(focus_x, probe.width_px, crop[0]),
        y_px=_start_px(focus_y, probe.height_px, crop[1]),
    )


def _start_px(focus: float, whole_px: int, part_px: int) -> int:
    """Even start of a part centred on ``focus`` and inside the whole: colour comes in pairs."""
    wanted_px = focus * whole_px - part_px / 2
    return int(min(max(wanted_px, 0), whole_px - part_px)) // 2 * 2


def _is_far(before: CropKey, after: CropKey, least_px: float) -> bool:
    return max(abs(after.x_px - before.x_px), abs(after.y_px - before.y_px)) >= max(least_px, 1)
