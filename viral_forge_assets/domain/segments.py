"""A moment as it is shown: its hook ahead of it, without its pauses, as the recipe wants."""

from dataclasses import dataclass

from viral_forge_assets.domain.moments import Moment
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.domain.tightening import tightened
from viral_forge_resources.contracts.media import SceneMap, Stretch, Transcript

_ROUNDING_S = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class CutMoment:
    """Stretches of the source in the order in which they are shown, and why, for people."""

    segments: tuple[Stretch, ...]
    reasons: tuple[str, ...] = ()


def segments_of(
    moment: Moment, recipe: Recipe, scene_map: SceneMap, transcript: Transcript
) -> CutMoment:
    """What of the source is shown, in order; never shorter or longer than the recipe allows."""
    body = _tightened(moment.stretch, recipe, scene_map, transcript)
    if _length_s(body.segments) < recipe.min_duration_s:
        body = CutMoment(segments=(moment.stretch,))
    if not recipe.hook_first or moment.hook is None:
        return body
    hook = _tightened(moment.hook, recipe, scene_map, transcript)
    segments = (*hook.segments, *body.segments)
    if _length_s(segments) > recipe.max_duration_s + _ROUNDING_S:
        return body
    said = f"its strongest sentence, {moment.hook.duration_s:.1f} s, is shown first"
    return CutMoment(segments=segments, reasons=(said, *body.reasons))


def _tightened(
    stretch: Stretch, recipe: Recipe, scene_map: SceneMap, transcript: Transcript
) -> CutMoment:
    if recipe.tighten is None:
        return CutMoment(segments=(stretch,))
    made = tightened(stretch, recipe.tighten, scene_map, transcript)
    return CutMoment(segments=made.segments or (stretch,), reasons=made.reasons)


def _length_s(segments: tuple[Stretch, ...]) -> float:
    return sum(segment.duration_s for segment in segments)
