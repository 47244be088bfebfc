"""Chooses the moment of a source that is worth a clip, and says why."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Stretch, Word

_SENTENCE_END = (".", "?", "!", "…", "。", "？", "！", "؟", "।")  # noqa: RUF001  other scripts' marks
_CLOSING_MARKS = "\"')]»”’"  # noqa: RUF001  marks that may follow the end of a sentence
_PAUSE_S = 0.6
"""A speaker who stops this long has finished a thought, whatever the punctuation says."""
_LONGEST_EDGE_SILENCE_S = 0.5
_MARGIN_S = 0.15
"""Kept around speech: a voice cut at its first sample sounds like a mistake."""
_SAME_MOMENT_S = 0.05
"""Silence is measured in windows of about this length."""
_ROUNDING_S = 0.001
"""Plans keep whole milliseconds."""
_LEAST_KEPT = 0.5
"""Silence that fills most of a source is no edge: there the picture carries it."""
_SHORTEST_SHARE = 0.5
"""Of the longest clip allowed: a shorter one would win on density alone."""
_LIVELY_CUTS_PER_MINUTE = 20.0
"""More cuts than this make nothing livelier."""
_SPEECH_WEIGHT, _START_WEIGHT, _END_WEIGHT, _SOUND_WEIGHT, _CUTS_WEIGHT = 0.4, 0.15, 0.15, 0.2, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A stretch of the source worth a clip.

    Attributes:
        score: in [0, 1], of what is known: a source without words is not marked down for it.
        reasons: what the score is made of and what was cut away, for people.
    """

    stretch: Stretch
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Material:
    """What the choice looks at; all of it in time order and inside the source."""

    duration_s: float
    has_sound: bool
    words: tuple[Word, ...]
    silences: tuple[Stretch, ...]
    cuts: tuple[float, ...]

    def opens(self, index: int) -> bool:
        return index == 0 or self.closes(index - 1)

    def closes(self, index: int) -> bool:
        if index == len(self.words) - 1:
            return True
        word, following = self.words[index], self.words[index + 1]
        ends = word.text.strip().rstrip(_CLOSING_MARKS).endswith(_SENTENCE_END)
        return ends or following.start_s - word.end_s >= _PAUSE_S


def choose_moment(
    recipe: Recipe,
    probe: MediaProbe,
    scene_map: SceneMap,
    words: Sequence[Word],
    *,
    source_name: str,
) -> Moment:
    """The whole source if it is short enough, else its best stretch; never beyond its end.

    Of scores that differ by less than a hundredth, which says nothing, the earliest wins.

    Raises:
        BadInput: the source is too short for a clip.
    """
    sound = _longest_sound_stretch(min(probe.duration_s, scene_map.duration_s), scene_map.damaged)
    material = _material(probe, scene_map, words, within=sound)
    if material.duration_s < recipe.min_duration_s:
        raise _too_short(source_name, material.duration_s, recipe, scene_map.damaged)
    moment = _best(material, recipe)
    if not scene_map.damaged:
        return moment
    said = f"the longest stretch without damaged pictures is {sound.duration_s:.1f} s"
    stretch = Stretch(
        start_s=moment.stretch.start_s + sound.start_s, end_s=moment.stretch.end_s + sound.start_s
    )
    return replace(moment, stretch=stretch, reasons=(said, *moment.reasons))


def _best(material: _Material, recipe: Recipe) -> Moment:
    if material.duration_s <= recipe.max_duration_s:
        return _whole(material, least_s=recipe.min_duration_s)
    moments = [_scored(material, stretch) for stretch in _windows(material, recipe)]
    best = max(moments, key=lambda moment: (round(moment.score, 2), -moment.stretch.start_s))
    why = f"the best of {len(moments)} stretches of up to {recipe.max_duration_s:g} s"
    return replace(best, reasons=(why, *best.reasons))


def _longest_sound_stretch(duration_s: float, damaged: Sequence[Stretch]) -> Stretch:
    """What lies between damage; a source of which nothing is whole gives an empty stretch."""
    starts = [0.0, *(hurt.end_s for hurt in damaged)]
    ends = [*(hurt.start_s for hurt in damaged), duration_s]
    whole = (
        Stretch(start_s=start_s, end_s=max(start_s, end_s))
        for start_s, end_s in zip(starts, ends, strict=True)
    )
    return max(whole, key=lambda stretch: stretch.duration_s)


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


def _material(
    probe: MediaProbe, scene_map: SceneMap, words: Sequence[Word], *, within: Stretch
) -> _Material:
    """What lies ``within``, at times counted from its start."""
    offset_s, duration_s = within.start_s, within.duration_s
    has_sound = bool(probe.audio_channels)
    inside = (
        replace(
            word,
            start_s=max(word.start_s - offset_s, 0.0),
            end_s=min(word.end_s - offset_s, duration_s),
        )
        for word in words
        if word.start_s < within.end_s and word.end_s > within.start_s
    )
    silences = (
        Stretch(start_s=max(each.start_s - offset_s, 0.0), end_s=each.end_s - offset_s)
        for each in scene_map.silences
        if each.end_s > offset_s
    )
    cuts = (shot.start_s - offset_s for shot in scene_map.shots)
    return _Material(
        duration_s=duration_s,
        has_sound=has_sound,
        words=tuple(sorted(inside, key=lambda word: word.start_s)),
        silences=tuple(sorted(silences, key=lambda s: s.start_s)) if has_sound else (),
        cuts=tuple(sorted(cut for cut in cuts if 0 < cut < duration_s)),
    )


def _whole(material: _Material, *, least_s: float) -> Moment:
    everything = Stretch(start_s=0.0, end_s=material.duration_s)
    trimmed = _without_edge_silence(material)
    if trimmed.duration_s < max(least_s, _LEAST_KEPT * material.duration_s):
        trimmed = everything
    moment = _scored(material, trimmed)
    said = [f"the source lasts {material.duration_s:.1f} s: kept whole"]
    if trimmed.start_s > 0:
        said.append(f"{trimmed.start_s:.1f} s of silence cut from its start")
    if trimmed.end_s < material.duration_s:
        said.append(f"{material.duration_s - trimmed.end_s:.1f} s of silence cut from its end")
    return replace(moment, reasons=(*said, *moment.reasons))


def _without_edge_silence(material: _Material) -> Stretch:
    """Empty, or the wrong way round, where everything is silent."""
    first_s, last_s = 0.0, material.duration_s
    if material.silences and material.silences[0].start_s <= _SAME_MOMENT_S:
        first_s = material.silences[0].end_s
    if material.silences and material.silences[-1].end_s >= last_s - _SAME_MOMENT_S:
        last_s = material.silences[-1].start_s
    if material.words:
        first_s = min(first_s, material.words[0].start_s)
        last_s = max(last_s, *(word.end_s for word in material.words))
    tail_s = material.duration_s - last_s
    return Stretch(
        start_s=round(first_s - _MARGIN_S, 3) if first_s > _LONGEST_EDGE_SILENCE_S else 0.0,
        end_s=round(last_s + _MARGIN_S, 3)
        if tail_s > _LONGEST_EDGE_SILENCE_S
        else material.duration_s,
    )


def _windows(material: _Material, recipe: Recipe) -> Iterator[Stretch]:
    """At least one; all begin and end where speech or the picture lets them."""
    longest_s = recipe.max_duration_s
    shortest_s = max(recipe.min_duration_s, _SHORTEST_SHARE * longest_s)
    latest_start_s = material.duration_s - shortest_s
    starts = [start for start in _starts(material) if start <= latest_start_s]
    ends = _ends(material)
    for start_s in starts or [material.duration_s - longest_s]:
        limit_s = min(start_s + longest_s, material.duration_s)
        index = bisect_left(ends, limit_s + 1e-9) - 1
        end_s = ends[index] if index >= 0 and ends[index] >= start_s + shortest_s else limit_s
        yield Stretch(start_s=ceil(start_s * 1000) / 1000, end_s=floor(end_s * 1000) / 1000)


def _starts(material: _Material) -> list[float]:
    if not material.words:
        return [0.0, *material.cuts]
    starts = []
    for index, word in enumerate(material.words):
        if material.opens(index):
            before_s = material.words[index - 1].end_s if index else 0.0
            starts.append(min(word.start_s, max(before_s, word.start_s - _MARGIN_S)))
    return starts


def _ends(material: _Material) -> list[float]:
    """In time order; without words, the cuts."""
    if not material.words:
        return [*material.cuts, material.duration_s]
    ends = []
    for index, word in enumerate(material.words):
        if material.closes(index):
            rest = material.words[index + 1 : index + 2]
            after_s = rest[0].start_s if rest else material.duration_s
            ends.append(max(word.end_s, min(after_s, word.end_s + _MARGIN_S)))
    return sorted(min(end_s, material.duration_s) for end_s in ends)


def _scored(material: _Material, stretch: Stretch) -> Moment:
    marks = [*_speech_marks(material, stretch), *_picture_marks(material, stretch)]
    total = sum(weight for weight, _, _ in marks)
    score = sum(weight * value for weight, value, _ in marks) / total
    return Moment(
        stretch=stretch,
        score=round(score, 4),
        reasons=tuple(said for _, _, said in marks),
    )


def _speech_marks(material: _Material, stretch: Stretch) -> list[tuple[float, float, str]]:
    """Weight, value and sentence of each mark; none without words."""
    if not material.words:
        return []
    words = material.words
    first = bisect_left(words, stretch.start_s - _ROUNDING_S, key=lambda word: word.start_s)
    beyond = bisect_left(words, stretch.end_s, key=lambda word: word.start_s)
    inside = words[first:beyond]
    spoken_s = sum(min(word.end_s, stretch.end_s) - word.start_s for word in inside)
    share = min(spoken_s / stretch.duration_s, 1.0)
    opens = bool(inside) and material.opens(first)
    is_whole = bool(inside) and inside[-1].end_s <= stretch.end_s + _ROUNDING_S
    closes = is_whole and material.closes(beyond - 1)
    return [
        (_SPEECH_WEIGHT, share, f"speech fills {share:.0%} of it"),
        (_START_WEIGHT, float(opens), f"starts {'on' if opens else 'inside'} a sentence"),
        (_END_WEIGHT, float(closes), f"ends {'with' if closes else 'inside'} a sentence"),
    ]


def _picture_marks(material: _Material, stretch: Stretch) -> list[tuple[float, float, str]]:
    """Weight, value and sentence of what is heard and seen apart from words."""
    beyond = bisect_left(material.cuts, stretch.end_s)
    cuts = beyond - bisect_left(material.cuts, stretch.start_s + _ROUNDING_S)
    per_minute = cuts * 60 / stretch.duration_s
    liveliness = min(per_minute / _LIVELY_CUTS_PER_MINUTE, 1.0)
    marks = [(_CUTS_WEIGHT, liveliness, f"{per_minute:.1f} cuts per minute")]
    if material.has_sound:
        silent = min(_overlap_s(material.silences, stretch) / stretch.duration_s, 1.0)
        marks.append((_SOUND_WEIGHT, 1 - silent, f"silence fills {silent:.0%} of it"))
    return marks


def _overlap_s(stretches: Sequence[Stretch], window: Stretch) -> float:
    """Seconds of ``window`` that ``stretches``, in order and apart, cover."""
    first = bisect_left(stretches, window.start_s, key=lambda stretch: stretch.end_s)
    beyond = bisect_left(stretches, window.end_s, key=lambda stretch: stretch.start_s)
    return sum(
        min(stretch.end_s, window.end_s) - max(stretch.start_s, window.start_s)
        for stretch in stretches[first:beyond]
    )
