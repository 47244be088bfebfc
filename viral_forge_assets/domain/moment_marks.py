"""What a stretch of a source is worth as a clip: marks with their reasons, of what is known."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from viral_forge_assets.domain.material import Material
from viral_forge_assets.domain.sentences import Sentence
from viral_forge_resources.contracts.media import Stretch

_ROUNDING_S = 0.001
_SAME_START_S = 0.2
"""A moment begins a little ahead of its first word."""

_LIVELY_CUTS_PER_MINUTE = 20.0
"""More cuts than this make nothing livelier."""

_STRONG_PER_MINUTE = 4.0
"""Sentences that would hook by themselves; more make a moment no denser."""

_STRONG_HOOK = 0.4
_RAISED_DB = 4.0
_REACTION_DB = 12.0
_REACTION_TAIL_S = 2.0
"""Laughter that follows the last word belongs to the moment."""

_HOOK, _DENSITY, _ENERGY, _REACTION = 0.3, 0.12, 0.12, 0.1
_SPEECH, _START, _END, _SOUND, _CUTS = 0.14, 0.07, 0.07, 0.05, 0.03
_MOVEMENT, _OPENING = 0.1, 0.05
_OPENING_S = 2.0

_CALM = 0.6
"""What a picture without movement is worth: it comes last, but may still be a clip."""

_VERY_LIVELY = 2.5
"""Times the source's usual movement: more is no better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing that speaks for a stretch or against it.

    Attributes:
        value: 0 to 1.
        why: for people.
    """

    weight: float
    value: float
    why: str


def marks_of(material: Material, stretch: Stretch) -> tuple[Mark, ...]:
    """All that is known of ``stretch``; what is not known is no mark."""
    return (
        *_speech_marks(material, stretch),
        *_hook_marks(material, stretch),
        *_sound_marks(material, stretch),
        *_picture_marks(material, stretch),
    )


def score_of(material: Material, stretch: Stretch) -> float:
    """The mean of its marks by their weight, in [0, 1]."""
    marks = marks_of(material, stretch)
    return sum(mark.weight * mark.value for mark in marks) / sum(mark.weight for mark in marks)


def overlap_s(stretches: Sequence[Stretch], window: Stretch) -> float:
    """Seconds of ``window`` that ``stretches``, in order and apart, cover."""
    first = bisect_left(stretches, window.start_s, key=lambda stretch: stretch.end_s)
    beyond = bisect_left(stretches, window.end_s, key=lambda stretch: stretch.start_s)
    return sum(
        min(stretch.end_s, window.end_s) - max(stretch.start_s, window.start_s)
        for stretch in stretches[first:beyond]
    )


def _speech_marks(material: Material, stretch: Stretch) -> list[Mark]:
    if not material.words:
        return []
    words = material.words
    first = bisect_left(words, stretch.start_s - _ROUNDING_S, key=lambda word: word.start_s)
    beyond = bisect_left(words, stretch.end_s, key=lambda word: word.start_s)
    inside = words[first:beyond]
    spoken_s = sum(min(word.end_s, stretch.end_s) - word.start_s for word in inside)
    share = min(spoken_s / stretch.duration_s, 1.0)
    opens = bool(inside) and (
        first == 0 or any(each.first == first for each in _around(material, stretch.start_s))
    )
    is_whole = bool(inside) and inside[-1].end_s <= stretch.end_s + _ROUNDING_S
    ends = is_whole and any(each.beyond == beyond for each in _around(material, inside[-1].start_s))
    return [
        Mark(weight=_SPEECH, value=share, why=f"speech fills {share:.0%} of it"),
        Mark(
            weight=_START,
            value=float(opens),
            why=f"starts {'on' if opens else 'inside'} a sentence",
        ),
        Mark(weight=_END, value=float(ends), why=f"ends {'with' if ends else 'inside'} a sentence"),
    ]


def _around(material: Material, at_s: float) -> Sequence[Sentence]:
    """The few sentences that begin about ``at_s``."""
    number = bisect_left(material.sentences, at_s, key=lambda each: each.start_s)
    return material.sentences[max(number - 1, 0) : number + 2]


def _hook_marks(material: Material, stretch: Stretch) -> list[Mark]:
    inside = material.sentences_in(stretch)
    if not inside:
        return []
    first = inside[0]
    starts_on_it = material.sentences[first].start_s - stretch.start_s <= _SAME_START_S
    hook = material.hooks[first]
    strength = hook.strength if starts_on_it else 0.0
    if hook.reasons and starts_on_it:
        why = f"opens with {', '.join(hook.reasons)}"
    else:
        why = "opens with nothing that hooks"
    strong = sum(material.hooks[number].strength >= _STRONG_HOOK for number in inside)
    per_minute = strong * 60 / stretch.duration_s
    density = min(per_minute / _STRONG_PER_MINUTE, 1.0)
    return [
        Mark(weight=_HOOK, value=strength, why=why),
        Mark(weight=_DENSITY, value=density, why=f"{strong} strong sentences"),
    ]


def _sound_marks(material: Material, stretch: Stretch) -> list[Mark]:
    marks = []
    if material.has_sound:
        silent = min(overlap_s(material.silences, stretch) / stretch.duration_s, 1.0)
        marks.append(Mark(weight=_SOUND, value=1 - silent, why=f"silence fills {silent:.0%} of it"))
    over_db = material.voice.over_db(stretch) if material.voice else None
    if over_db is not None:
        raised = min(max(0.5 + over_db / _RAISED_DB / 2, 0.0), 1.0)
        marks.append(
            Mark(weight=_ENERGY, value=raised, why=f"the voice is {over_db:+.1f} dB from usual")
        )
    if material.peaks is not None:
        end_s = stretch.end_s + _REACTION_TAIL_S
        heard = [
            peak
            for peak in material.peaks
            if not peak.is_voice and stretch.start_s < peak.start_s < end_s
        ]
        most_db = max((peak.over_db for peak in heard), default=0.0)
        why = f"{len(heard)} bursts such as laughter or applause"
        marks.append(Mark(weight=_REACTION, value=min(most_db / _REACTION_DB, 1.0), why=why))
    return marks


def _picture_marks(material: Material, stretch: Stretch) -> list[Mark]:
    beyond = bisect_left(material.cuts, stretch.end_s)
    cuts = beyond - bisect_left(material.cuts, stretch.start_s + _ROUNDING_S)
    per_minute = cuts * 60 / stretch.duration_s
    liveliness = min(per_minute / _LIVELY_CUTS_PER_MINUTE, 1.0)
    cut = Mark(weight=_CUTS, value=liveliness, why=f"{per_minute:.1f} cuts per minute")
    return [cut, *_movement_marks(material, stretch)]


def _movement_marks(material: Material, stretch: Stretch) -> list[Mark]:
    """None where something is said: who listens moves as much as who tells a joke.

    And none for all of a source, which moves as is usual in it.
    """
    is_all = stretch.duration_s > material.duration_s - _OPENING_S
    if material.liveliness is None or material.words or is_all:
        return []
    opening_s = min(stretch.start_s + _OPENING_S, stretch.end_s)
    opening = Stretch(start_s=stretch.start_s, end_s=opening_s)
    marks = []
    for part, weight, what in ((stretch, _MOVEMENT, "shows"), (opening, _OPENING, "opens with")):
        times = material.liveliness.times_usual(part)
        if times is not None:
            why = f"{what} {times:.1f} times the source's usual movement"
            value = _CALM + (1 - _CALM) * min(times / _VERY_LIVELY, 1.0)
            marks.append(Mark(weight=weight, value=value, why=why))
    return marks
