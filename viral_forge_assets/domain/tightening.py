"""Cuts pauses and filler words out of a stretch of speech, and never through a word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from viral_forge_assets.domain.filler_words import fillers_of
from viral_forge_assets.domain.material import without
from viral_forge_assets.domain.variation import WRITTEN_BY_PEOPLE
from viral_forge_resources.contracts.hearing import QUIET, SoundMap
from viral_forge_resources.contracts.media import SceneMap, Stretch, Transcript, Word

_BEHIND_S, _AHEAD_S = 0.12, 0.1
"""Kept of a pause behind a word and ahead of the next: voices fade out slower than they set in."""

_LEAST_CUT_S = 0.12
"""Less is not worth a joint."""

_LEAST_PIECE_S = 0.45
"""A shorter piece between two cuts flashes by."""

_FILLER_REACH_S = 0.08
"""Recognisers end a filler a little early; as far as no word begins, that goes with it."""

_TOUCHING_S = 0.02
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tightening:
    """What is cut out of speech.

    Attributes:
        longest_pause_s: what remains of a longer pause is this long or, where its sound is no
            silence, all of it.
        fillers: words such as "um" and "äh" are cut.
    """

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    longest_pause_s: Annotated[float, Field(ge=0.25, le=5)] = 0.6
    fillers: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tightened:
    """What is left.

    Attributes:
        reasons: what was cut, for people; nothing where nothing was.
    """

    segments: tuple[Stretch, ...]
    reasons: tuple[str, ...] = ()


def tightened(
    stretch: Stretch, tightening: Tightening, scene_map: SceneMap, transcript: Transcript
) -> Tightened:
    """The segments of ``stretch`` that stay, in order; itself where nothing is to be cut.

    Words whose times are only estimated are cut nowhere near: their pauses must be silent, too,
    and their fillers stay.
    """
    words = [
        word
        for word in transcript.words
        if word.start_s < stretch.end_s and word.end_s > stretch.start_s
    ]
    fillers: list[Stretch] = []
    if tightening.fillers and not transcript.is_timing_estimated:
        fillers = list(_filler_stretches(words, transcript.language))
    pauses = list(_pauses(stretch, words, fillers, tightening, _quiet(scene_map)))
    holes = _worth_cutting(stretch, [*pauses, *fillers])
    return Tightened(
        segments=without(stretch, holes),
        reasons=_reasons(holes, pauses, fillers),
    )


def _filler_stretches(words: Sequence[Word], language: str | None) -> Iterator[Stretch]:
    fillers = fillers_of(language)
    for number, word in enumerate(words):
        if not _is_filler(word, fillers) or word.is_joined:
            continue
        before_s = words[number - 1].end_s if number else word.start_s
        following = words[number + 1 : number + 2]
        if following and following[0].is_joined:
            continue
        after_s = following[0].start_s if following else word.end_s
        start_s = max(before_s, word.start_s - _FILLER_REACH_S)
        end_s = min(after_s, word.end_s + _FILLER_REACH_S)
        if before_s <= start_s < end_s <= after_s:
            yield Stretch(start_s=start_s, end_s=end_s)


def _is_filler(word: Word, fillers: frozenset[str]) -> bool:
    spoken = _LETTERS.findall(word.text.lower())
    return len(spoken) == 1 and spoken[0] in fillers


def _pauses(
    stretch: Stretch,
    words: Sequence[Word],
    fillers: Sequence[Stretch],
    tightening: Tightening,
    quiet: Sequence[Stretch],
) -> Iterator[Stretch]:
    """What is cut of each pause that is too long: as much of it as is quiet, from its middle."""
    spoken = [
        word
        for word in words
        if not any(each.start_s <= word.start_s and word.end_s <= each.end_s for each in fillers)
    ]
    for gap in _gaps(stretch, spoken):
        if gap.duration_s <= tightening.longest_pause_s:
            continue
        kept_s = max(tightening.longest_pause_s, _BEHIND_S + _AHEAD_S)
        behind_s = kept_s * _BEHIND_S / (_BEHIND_S + _AHEAD_S)
        from_s, to_s = gap.start_s + behind_s, gap.end_s - (kept_s - behind_s)
        for silence in quiet:
            start_s, end_s = max(from_s, silence.start_s), min(to_s, silence.end_s)
            if start_s < end_s:
                yield Stretch(start_s=start_s, end_s=end_s)


def _gaps(stretch: Stretch, words: Sequence[Word]) -> Iterator[Stretch]:
    """Between words; where nobody says a word, all of it."""
    if not words:
        yield stretch
        return
    said_until_s = words[0].end_s
    for word, following in pairwise(words):
        said_until_s = max(said_until_s, word.end_s)
        if following.start_s > said_until_s:
            yield Stretch(start_s=said_until_s, end_s=following.start_s)


def _quiet(scene_map: SceneMap) -> list[Stretch]:
    """Where it is silent, or as quiet as this source gets."""
    found = [*scene_map.silences, *(_quiet_steps(scene_map.sound) if scene_map.sound else ())]
    merged: list[Stretch] = []
    for each in sorted(found, key=lambda every: every.start_s):
        if merged and each.start_s <= merged[-1].end_s + _TOUCHING_S:
            last = merged.pop()
            each = Stretch(start_s=last.start_s, end_s=max(last.end_s, each.end_s))  # noqa: PLW2901  one or both
        merged.append(each)
    return merged


def _quiet_steps(sound: SoundMap) -> Iterator[Stretch]:
    for number, kind in enumerate(sound.kinds):
        if kind == QUIET:
            yield Stretch(start_s=number * sound.step_s, end_s=(number + 1) * sound.step_s)


def _worth_cutting(stretch: Stretch, wanted: Sequence[Stretch]) -> list[Stretch]:
    """Merged, on whole milliseconds, without cuts that leave a flash between them."""
    holes: list[Stretch] = []
    for hole in sorted(wanted, key=lambda each: each.start_s):
        start_s, end_s = max(hole.start_s, stretch.start_s), min(hole.end_s, stretch.end_s)
        if holes and start_s <= holes[-1].end_s + _TOUCHING_S:
            last = holes.pop()
            start_s, end_s = last.start_s, max(last.end_s, end_s)
        if end_s > start_s:
            holes.append(Stretch(start_s=round(start_s, 3), end_s=round(end_s, 3)))
    kept: list[Stretch] = []
    before_s = stretch.start_s
    for hole in holes:
        is_flash = 0 < hole.start_s - before_s < _LEAST_PIECE_S
        ends_in_flash = 0 < stretch.end_s - hole.end_s < _LEAST_PIECE_S
        if hole.duration_s >= _LEAST_CUT_S and not is_flash and not ends_in_flash:
            kept.append(hole)
            before_s = hole.end_s
    return kept


def _reasons(
    holes: Sequence[Stretch], pauses: Sequence[Stretch], fillers: Sequence[Stretch]
) -> tuple[str, ...]:
    if not holes:
        return ()
    cut_s = sum(hole.duration_s for hole in holes)
    counts = [sum(_lies_in(each, holes) for each in kind) for kind in (pauses, fillers)]
    return (f"tightened by {cut_s:.1f} s: {counts[0]} pauses and {counts[1]} filler words cut",)


def _lies_in(stretch: Stretch, holes: Sequence[Stretch]) -> bool:
    middle_s = (stretch.start_s + stretch.end_s) / 2
    return any(hole.start_s <= middle_s <= hole.end_s for hole in holes)
