"""Texts of a source that come and go within a shot, and those that stand for ever."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from viral_forge_resources.contracts.media import Shot, Stretch
from viral_forge_resources.contracts.sight import Box, WrittenText

_LEAST_PART_S = 1.5
"""Of a shot: what is framed anew for less looks like a mistake."""

_RIM = 0.2
"""Of the picture, above and below: where channels keep their names, tickers and straplines."""
_LOWEST_TITLE = 0.06
"""Of the picture's height: what is written larger is to be read, however long it stands."""
_SHOTS, _STANDS_S = 3, 30.0
"""In so many shots, or for so long in one: nobody has to read it all the while."""
_SAME_PLACE, _SAME_WORDS = 0.5, 0.8


def without_furniture(shots: Sequence[Shot], tall_px: int) -> tuple[Shot, ...]:
    """Shots in which faces need not give way to what a channel writes at the rim all the time.

    Where nobody is seen, every text stays.
    """
    rim = [text for shot in shots for text in shot.texts if _is_at_rim(text, tall_px)]
    return tuple(
        replace(shot, texts=tuple(text for text in shot.texts if not _stands(text, rim)))
        if shot.faces and shot.texts
        else shot
        for shot in shots
    )


def parts_by_texts(texts: Sequence[WrittenText], shown: Stretch) -> tuple[Stretch, ...]:
    """``shown`` from end to end, in parts with a text and parts without; none too short to be seen.

    A text has its whole time in its own part.
    """
    parts: list[Stretch] = []
    for text in sorted(texts, key=lambda each: each.start_s):
        start_s, end_s = max(text.start_s, shown.start_s), min(text.end_s, shown.end_s)
        if start_s >= end_s:
            continue
        if start_s < shown.start_s + _LEAST_PART_S:
            start_s = shown.start_s
        if end_s > shown.end_s - _LEAST_PART_S:
            end_s = shown.end_s
        if parts and start_s < parts[-1].end_s + _LEAST_PART_S:
            before = parts.pop()
            start_s, end_s = before.start_s, max(before.end_s, end_s)
        parts.append(Stretch(start_s=start_s, end_s=max(end_s, start_s + _LEAST_PART_S)))
    edges = {shown.start_s, shown.end_s}
    edges |= {at_s for part in parts for at_s in (part.start_s, min(part.end_s, shown.end_s))}
    return tuple(
        Stretch(start_s=start_s, end_s=end_s) for start_s, end_s in pairwise(sorted(edges))
    )


def _is_at_rim(text: WrittenText, tall_px: int) -> bool:
    box = text.box
    is_small = box.height_px <= _LOWEST_TITLE * tall_px
    return is_small and (box.bottom_px <= _RIM * tall_px or box.y_px >= (1 - _RIM) * tall_px)


def _stands(text: WrittenText, rim: Sequence[WrittenText]) -> bool:
    if text not in rim:
        return False
    same = [other for other in rim if _is_same(text, other)]
    return len(same) >= _SHOTS or text.end_s - text.start_s >= _STANDS_S


def _is_same(one: WrittenText, other: WrittenText) -> bool:
    likeness = SequenceMatcher(None, one.text.casefold(), other.text.casefold()).ratio()
    return likeness >= _SAME_WORDS and _overlap(one.box, other.box) >= _SAME_PLACE


def _overlap(one: Box, other: Box) -> float:
    both = one.shared_px(other)
    return both / max(one.area_px + other.area_px - both, 1e-6)
