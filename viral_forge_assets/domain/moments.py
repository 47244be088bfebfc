"""Chooses the moments of a source that are worth clips, and says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from viral_forge_assets.domain.material import Material, material_of
from viral_forge_assets.domain.moment_marks import marks_of
from viral_forge_assets.domain.moment_windows import Lengths, windows
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Stretch, Transcript

_LONGEST_EDGE_SILENCE_S = 0.5
_MARGIN_S = 0.15
"""Kept around speech: a voice cut at its first sample sounds like a mistake."""

_SAME_MOMENT_S = 0.05
"""Silence is measured in windows of about this length."""

_LEAST_KEPT = 0.5
"""Silence that fills most of a source is no edge: there the picture carries it."""

_SHORTEST_SHARE = 0.5
"""Of the longest clip allowed: a shorter one would win on density alone."""

_WORTH = 0.55
"""Of the best moment's score: a further clip worth less would only fill up the number."""

_LONGEST_HOOK_S = 6.0
"""A sentence that is shown first and takes longer is no teaser any more."""

_MOST_HOPEFULS = 24
_PARTED_S = 8.0
"""Starts closer than this are one moment, to whoever judges them."""

Opinions = Mapping[Stretch, tuple[float, str]]
"""What somebody else thinks of moments: a score in [0, 1] and the reason, by stretch."""

_OPINION_WEIGHT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A stretch of the source worth a clip.

    Attributes:
        score: in [0, 1], of what is known: a source without words is not marked down for it.
        reasons: what the score is made of and what was cut away, for people.
        hook: its strongest sentence, where that is not the first and is short enough to be shown
            ahead of it.
    """

    stretch: Stretch
    score: float
    reasons: tuple[str, ...]
    hook: Stretch | None = None


def choose_moments(
    recipe: Recipe,
    probe: MediaProbe,
    scene_map: SceneMap,
    transcript: Transcript,
    *,
    source_name: str,
    opinions: Opinions | None = None,
) -> tuple[Moment, ...]:
    """The whole source if it is short enough, else its best stretches, the best first.

    They do not overlap, and there are as many as the recipe wants, or as are worth it; at least
    one. Of scores that differ by less than a hundredth, which says nothing, the earliest wins.

    Raises:
        BadInput: the source is too short for a clip.
    """
    material = material_of(probe, scene_map, transcript)
    longest = max(material.parts, key=lambda part: part.duration_s)
    if longest.duration_s < recipe.min_duration_s:
        if scene_map.in_full == ():
            raise _unseen(source_name)
        raise _too_short(source_name, longest.duration_s, recipe, scene_map.damaged)
    told: tuple[str, ...] = ()
    if scene_map.damaged:
        told = (f"the longest stretch without damaged pictures is {longest.duration_s:.1f} s",)
    if _stays_whole(material, recipe, scene_map):
        moments = [_whole(material, longest, least_s=recipe.min_duration_s)]
    else:
        moments = _best(_scored_windows(material, recipe, longest), recipe, opinions or {})
    return tuple(
        replace(
            each, reasons=(*told, *each.reasons), hook=_strongest_sentence(material, each.stretch)
        )
        for each in moments
    )


def hopeful_moments(
    recipe: Recipe, probe: MediaProbe, scene_map: SceneMap, transcript: Transcript
) -> tuple[Moment, ...]:
    """Stretches that somebody else may be asked about, the best first; none of a short source."""
    material = material_of(probe, scene_map, transcript)
    longest = max(material.parts, key=lambda part: part.duration_s)
    if _stays_whole(material, recipe, scene_map) or not material.words:
        return ()
    found: list[Moment] = []
    for moment in sorted(_scored_windows(material, recipe, longest), key=_order):
        start_s = moment.stretch.start_s
        if all(abs(start_s - each.stretch.start_s) >= _PARTED_S for each in found):
            found.append(moment)
        if len(found) == _MOST_HOPEFULS:
            break
    return tuple(found)


def lengths_of(recipe: Recipe) -> Lengths:
    """How long a stretch of a longer source may be; room for a hook ahead of it is left."""
    room_s = _LONGEST_HOOK_S if recipe.hook_first else 0.0
    longest_s = max(recipe.max_duration_s - room_s, recipe.max_duration_s / 2)
    wanted_s = recipe.min_moment_s or _SHORTEST_SHARE * recipe.max_duration_s
    return Lengths(
        shortest_s=min(max(recipe.min_duration_s, wanted_s), longest_s), longest_s=longest_s
    )


def _stays_whole(material: Material, recipe: Recipe, scene_map: SceneMap) -> bool:
    """Whether the source, or all of it that is not damaged, is no longer than a clip may be."""
    if material.duration_s <= recipe.max_duration_s:
        return True
    (first, *others) = material.parts
    is_one = scene_map.in_full is None and not others
    return is_one and first.duration_s <= recipe.max_duration_s


def _scored_windows(material: Material, recipe: Recipe, longest: Stretch) -> list[Moment]:
    lengths = lengths_of(recipe)
    shorter_s = max(recipe.min_duration_s, _SHORTEST_SHARE * longest.duration_s)
    # Where nothing is as long as the recipe wants it, what is shorter is better than nothing.
    for shortest_s in (lengths.shortest_s, min(shorter_s, lengths.shortest_s)):
        found = [
            _scored(material, stretch)
            for part in material.parts
            for stretch in windows(material, part, replace(lengths, shortest_s=shortest_s))
        ]
        if found:
            return found
    end_s = min(longest.end_s, longest.start_s + recipe.max_duration_s)
    return [_scored(material, Stretch(start_s=longest.start_s, end_s=end_s))]


def _best(moments: Sequence[Moment], recipe: Recipe, opinions: Opinions) -> list[Moment]:
    chosen: list[Moment] = []
    for moment in sorted((_with_opinion(each, opinions) for each in moments), key=_order):
        if len(chosen) == recipe.clips or (chosen and moment.score < _WORTH * chosen[0].score):
            break
        if all(_are_apart(moment.stretch, each.stretch) for each in chosen):
            chosen.append(moment)
    why = f"of {len(moments)} stretches of up to {recipe.max_duration_s:g} s"
    return [
        replace(each, reasons=(f"{_place(number)} {why}", *each.reasons))
        for number, each in enumerate(chosen, start=1)
    ]


def _order(moment: Moment) -> tuple[float, float, float]:
    return -round(moment.score, 2), moment.stretch.start_s, -moment.stretch.end_s


def _place(number: int) -> str:
    return "the best" if number == 1 else f"number {number}"


def _are_apart(one: Stretch, other: Stretch) -> bool:
    return one.end_s <= other.start_s or other.end_s <= one.start_s


def _with_opinion(moment: Moment, opinions: Opinions) -> Moment:
    """Marked by what is thought of the moment that begins next to it, if any does."""
    start_s = moment.stretch.start_s
    nearest = min(opinions, key=lambda each: abs(each.start_s - start_s), default=None)
    if nearest is None or abs(nearest.start_s - start_s) >= _PARTED_S:
        return moment
    liked, why = opinions[nearest]
    score = (1 - _OPINION_WEIGHT) * moment.score + _OPINION_WEIGHT * liked
    return replace(moment, score=round(score, 4), reasons=(why, *moment.reasons))


def _unseen(source_name: str) -> BadInput:
    return BadInput(
        source_name,
        reason="is damaged: of none of the stretches that promise a clip a picture can be decoded",
        remedy="Copy or download it again, or export it anew.",
    )


def _too_short(
    source_name: str, duration_s: float, recipe: Recipe, damaged: Sequence[Stretch]
) -> BadInput:
    least = f"a clip at least {recipe.min_duration_s} s"
    if damaged:
        return BadInput(
            source_name,
            reason=f"is damaged: of its pictures {duration_s:.2f} s are whole, {least}",
            remedy="Copy or download it again, or export it anew.",
        )
    return BadInput(
        source_name,
        reason=f"lasts {duration_s:.2f} s, {least}",
        remedy="Use a longer video, or a recipe with a smaller min_duration_s.",
    )


def _whole(material: Material, part: Stretch, *, least_s: float) -> Moment:
    trimmed = _without_edge_silence(material, part)
    if trimmed.duration_s < max(least_s, _LEAST_KEPT * part.duration_s):
        trimmed = part
    moment = _scored(material, trimmed)
    said = [f"the source lasts {material.duration_s:.1f} s: kept whole"]
    if trimmed.start_s > part.start_s:
        said.append(f"{trimmed.start_s - part.start_s:.1f} s of silence cut from its start")
    if trimmed.end_s < part.end_s:
        said.append(f"{part.end_s - trimmed.end_s:.1f} s of silence cut from its end")
    return replace(moment, reasons=(*said, *moment.reasons))


def _without_edge_silence(material: Material, part: Stretch) -> Stretch:
    """Empty, or the wrong way round, where everything is silent."""
    first_s, last_s = part.start_s, part.end_s
    for silence in material.silences:
        if silence.start_s <= part.start_s + _SAME_MOMENT_S < silence.end_s:
            first_s = silence.end_s
        if silence.start_s < part.end_s - _SAME_MOMENT_S <= silence.end_s:
            last_s = silence.start_s
    spoken = [
        word for word in material.words if word.start_s < part.end_s and word.end_s > part.start_s
    ]
    if spoken:
        first_s = min(first_s, max(spoken[0].start_s, part.start_s))
        last_s = max(last_s, *(min(word.end_s, part.end_s) for word in spoken))
    is_late = first_s - part.start_s > _LONGEST_EDGE_SILENCE_S
    is_early = part.end_s - last_s > _LONGEST_EDGE_SILENCE_S
    return Stretch(
        start_s=round(first_s - _MARGIN_S, 3) if is_late else part.start_s,
        end_s=round(last_s + _MARGIN_S, 3) if is_early else part.end_s,
    )


def _scored(material: Material, stretch: Stretch) -> Moment:
    marks = marks_of(material, stretch)
    total = sum(mark.weight for mark in marks)
    score = sum(mark.weight * mark.value for mark in marks) / total
    return Moment(stretch=stretch, score=round(score, 4), reasons=tuple(mark.why for mark in marks))


def _strongest_sentence(material: Material, stretch: Stretch) -> Stretch | None:
    inside = material.sentences_in(stretch)
    if not inside:
        return None
    fitting = [
        number
        for number in inside
        if material.sentences[number].end_s <= stretch.end_s
        and material.sentences[number].stretch.duration_s <= _LONGEST_HOOK_S
    ]
    best = max(fitting, key=lambda number: (material.hooks[number].strength, -number), default=None)
    if best is None or best == inside[0] or not material.hooks[best].strength:
        return None
    if material.hooks[best].strength <= material.hooks[inside[0]].strength:
        return None
    sentence = material.sentences[best]
    before_s = material.words[sentence.first - 1].end_s
    start_s = max(before_s, sentence.start_s - _MARGIN_S)
    end_s = min(sentence.end_s + min(sentence.pause_s, _MARGIN_S), stretch.end_s)
    return Stretch(start_s=round(min(start_s, sentence.start_s), 3), end_s=round(end_s, 3))
