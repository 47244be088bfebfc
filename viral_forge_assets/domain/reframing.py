"""Decides which part of the picture fills the frame, shot by shot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from viral_forge_assets.domain.shot_layout import Frame, Kind, ShotLayout, lay_out
from viral_forge_assets.domain.standing_texts import parts_by_texts, without_furniture
from viral_forge_assets.domain.subjects import main_texts, unheard
from viral_forge_resources.contracts.media import (
    CropKey,
    Framing,
    FramingMode,
    Layout,
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
)
from viral_forge_resources.contracts.sight import Box

_LEAST_MOVE = 0.03
"""Of the picture's width: a smaller move is not seen at a cut, but is where the cut is a flash."""
_LESS_THAN_A_FRAME_S = 0.015
"""A shot seen for less is a rounding of the cut, no shot."""
_INSTANT_S = 1e-5
_DECIMALS = 2  # of a source pixel: finer than any clip's own


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFormat:
    """Size and rate of a clip."""

    width_px: int
    height_px: int
    fps: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Reframing:
    """What fills the frame, and how often each kind of layout does."""

    framing: Framing
    kinds: tuple[Kind, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """For people, such as ``shots: 2 pan, 1 static``; empty where the recipe says fit."""
        if not self.kinds:
            return ()
        counts = ((kind, self.kinds.count(kind)) for kind in Kind)
        told = [f"{count} {kind}" for kind, count in counts if count]
        return (f"shots: {', '.join(told)}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A shot as the clip shows it; None where no shot is known."""

    shot: Shot | None
    at_s: float
    start_s: float
    end_s: float

    def ticks(self, fps: Fraction) -> list[float]:
        """When it comes up in the clip, and the clip's further frames up to its end."""
        end_s = self.at_s + self.end_s - self.start_s
        frames = range(round(self.at_s * fps) + 1, round(end_s * fps))
        return [self.at_s, *(round(float(frame / fps), 6) for frame in frames)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What is the same for all shots: the source, what is to be filled, and when nobody speaks."""

    probe: MediaProbe
    frame: Frame
    fps: Fraction
    unheard: tuple[Stretch, ...]


def frame_for(
    probe: MediaProbe,
    scene_map: SceneMap,
    segments: Sequence[Stretch],
    *,
    clip: ClipFormat,
    mode: FramingMode,
) -> Reframing:
    """What fills the frame, shot by shot: a crop that stands or pans, two panes, or the whole."""
    if mode is FramingMode.FIT:
        return Reframing(framing=_whole(probe))
    crop = _crop_size(probe, clip.width_px, clip.height_px)
    frame = Frame(
        parts=(crop[0] / probe.width_px, crop[1] / probe.height_px),
        aspect=clip.width_px / clip.height_px,
    )
    path: list[CropKey] = []
    layouts: list[Layout] = []
    kinds: list[Kind] = []
    setting = _Setting(probe=probe, frame=frame, fps=clip.fps, unheard=unheard(scene_map))
    shots = without_furniture(scene_map.shots, probe.height_px)
    for shown in _shots_of_clip(shots, segments):
        laid_out = _laid_out(shown, setting)
        kinds += _without_repeats([made.kind for _, made in laid_out])
        for part, made in laid_out:
            if made.middles:
                keys = _keys(probe, crop, part.ticks(clip.fps), made)
                _add_keys(path, keys, _LEAST_MOVE * probe.width_px)
            else:
                end_s = round(part.at_s + part.end_s - part.start_s, 6)
                _add_layout(layouts, Stretch(start_s=part.at_s, end_s=end_s), made.panes)
    if not path and all(not layout.panes for layout in layouts):
        return Reframing(framing=_whole(probe), kinds=tuple(kinds))
    path = path or [CropKey(at_s=0.0, x_px=0, y_px=0)]
    path[0] = replace(path[0], at_s=0.0)
    framing = Framing(
        mode=mode, width_px=crop[0], height_px=crop[1], path=tuple(path), layouts=tuple(layouts)
    )
    return Reframing(framing=framing, kinds=tuple(kinds))


def _laid_out(shown: _Shown, setting: _Setting) -> list[tuple[_Shown, ShotLayout]]:
    """The layout of a shot; several in turn where texts alone would have all of it shown whole."""
    whole = _layout(shown, setting)
    texts = shown.shot.texts if shown.shot else ()
    if whole.kind is not Kind.FIT or not texts:
        return [(shown, whole)]
    stretch = Stretch(start_s=shown.start_s, end_s=shown.end_s)
    texts = main_texts(shown.shot, stretch, setting.probe) if shown.shot else ()
    parts = [_part(shown, part, setting.fps) for part in parts_by_texts(texts, stretch)]
    made = [(part, _layout(part, setting)) for part in parts]
    return made if any(each.kind is not Kind.FIT for _, each in made) else [(shown, whole)]


def _layout(shown: _Shown, setting: _Setting) -> ShotLayout:
    times = [shown.start_s + at_s - shown.at_s for at_s in shown.ticks(setting.fps)]
    shot = shown.shot or Shot(start_s=shown.start_s, end_s=shown.end_s)
    return lay_out(shot, times, setting.frame, probe=setting.probe, silences=setting.unheard)


def _part(shown: _Shown, part: Stretch, fps: Fraction) -> _Shown:
    """That part of the shot, from one frame of the clip to another; both ends of a shot stay."""

    def on_grid(at_s: float) -> float:
        if at_s in (shown.start_s, shown.end_s):
            return at_s
        frame = round((shown.at_s + at_s - shown.start_s) * fps)
        return shown.start_s + float(frame / fps) - shown.at_s

    start_s, end_s = on_grid(part.start_s), on_grid(part.end_s)
    at_s = round(shown.at_s + start_s - shown.start_s, 6)
    return replace(shown, at_s=at_s, start_s=start_s, end_s=end_s)


def _without_repeats(kinds: Sequence[Kind]) -> list[Kind]:
    return list(dict.fromkeys(kinds))


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


def _shots_of_clip(shots: Sequence[Shot], segments: Sequence[Stretch]) -> Iterator[_Shown]:
    """Each shot that the clip shows, and when."""
    offset_s = 0.0
    for segment in segments:
        seen = [shot for shot in shots if _shown_s(shot, segment) > _LESS_THAN_A_FRAME_S]
        for number, shot in enumerate(seen or [None]):
            start_s = shot.start_s if shot and number else segment.start_s
            yield _Shown(
                shot=shot,
                at_s=round(offset_s + start_s - segment.start_s, 6),
                start_s=start_s,
                end_s=min(shot.end_s, segment.end_s) if shot else segment.end_s,
            )
        offset_s += segment.duration_s


def _shown_s(shot: Shot, segment: Stretch) -> float:
    return min(shot.end_s, segment.end_s) - max(shot.start_s, segment.start_s)


def _whole(probe: MediaProbe) -> Framing:
    width_px, height_px = _even(probe.width_px), _even(probe.height_px)
    return Framing(mode=FramingMode.FIT, width_px=width_px, height_px=height_px)


def _keys(
    probe: MediaProbe, crop: tuple[int, int], ticks: Sequence[float], made: ShotLayout
) -> list[CropKey]:
    """One key for a shot whose crop stands still, one for each frame that moves it otherwise."""
    paths = []
    for middles, whole_px, part_px in zip(
        zip(*made.middles, strict=True), (probe.width_px, probe.height_px), crop, strict=True
    ):
        starts = [_start_px(middle, whole_px, part_px) for middle in middles]
        is_still = min(starts) == max(starts)
        paths.append([starts[0] // 2 * 2] * len(ticks) if is_still else starts)
    keys: list[CropKey] = []
    for at_s, x_px, y_px in zip(ticks, *paths, strict=True):
        if not keys or (keys[-1].x_px, keys[-1].y_px) != (x_px, y_px):
            keys.append(CropKey(at_s=at_s, x_px=x_px, y_px=y_px))
    return keys


def _add_keys(path: list[CropKey], keys: list[CropKey], least_px: float) -> None:
    """A crop that stands where the one before it did, nearly, stays where it was."""
    if len(keys) > 1 or not path or _is_far(path[-1], keys[0], least_px):
        path += keys


def _add_layout(layouts: list[Layout], stretch: Stretch, panes: tuple[Box, ...]) -> None:
    """Shots that follow each other and show the whole picture are one stretch."""
    last = layouts[-1] if layouts else None
    if last and not panes and not last.panes and last.stretch.end_s >= stretch.start_s - _INSTANT_S:
        layouts.pop()
        stretch = replace(stretch, start_s=last.stretch.start_s)
    layouts.append(Layout(stretch=stretch, panes=panes))


def _start_px(middle: float, whole_px: int, part_px: int) -> float:
    """Start of a part with that middle, inside the whole."""
    wanted_px = middle * whole_px - part_px / 2
    return round(min(max(wanted_px, 0.0), float(whole_px - part_px)), _DECIMALS)


def _is_far(before: CropKey, after: CropKey, least_px: float) -> bool:
    return max(abs(after.x_px - before.x_px), abs(after.y_px - before.y_px)) >= max(least_px, 1)
