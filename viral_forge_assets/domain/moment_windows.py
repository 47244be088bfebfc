"""Every stretch that could be a moment: it begins and ends where speech or the picture lets it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from viral_forge_assets.domain.material import Material
from viral_forge_resources.contracts.media import Stretch

_MARGIN_S = 0.15
"""Kept around speech: a voice cut at its first sample sounds like a mistake."""

_RISES_APART_S = 4.0
"""One start in each such part of a long take: starts that lie closer make little difference."""

_MOST_ENDS = 8
"""For each start: neighbouring sentences make little difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long a moment may be."""

    shortest_s: float
    longest_s: float


def windows(material: Material, part: Stretch, lengths: Lengths) -> Iterator[Stretch]:
    """Those inside ``part``; none where it is too short. Without words they lie between cuts.

    A take without a cut that is longer than a moment may be begins where more begins to move.
    """
    if part.duration_s < lengths.shortest_s:
        return
    ends = [end_s for end_s in _ends(material, part) if end_s <= part.end_s]
    starts = [
        start_s
        for start_s in _starts(material, part, lengths)
        if part.start_s <= start_s <= part.end_s - lengths.shortest_s
    ]
    for start_s in starts or [max(part.start_s, part.end_s - lengths.longest_s)]:
        for end_s in _ends_for(start_s, ends, part, lengths):
            yield Stretch(start_s=ceil(start_s * 1000) / 1000, end_s=floor(end_s * 1000) / 1000)


def _ends_for(
    start_s: float, ends: Sequence[float], part: Stretch, lengths: Lengths
) -> Sequence[float]:
    """At most ``_MOST_ENDS``, the longest among them; the limit itself where nothing ends."""
    limit_s = min(start_s + lengths.longest_s, part.end_s)
    first = bisect_left(ends, start_s + lengths.shortest_s)
    possible = ends[first : bisect_right(ends, limit_s + 1e-9)]
    if not possible:
        return [limit_s]
    every = ceil(len(possible) / _MOST_ENDS)
    return possible[::-1][::every]


def _starts(material: Material, part: Stretch, lengths: Lengths) -> list[float]:
    if not material.words:
        return [part.start_s, *material.cuts, *_rises(material, part, lengths)]
    starts = []
    for sentence in material.sentences:
        before_s = material.words[sentence.first - 1].end_s if sentence.first else 0.0
        ahead_s = max(before_s, sentence.start_s - _MARGIN_S)
        # A part may begin between the two.
        starts.append(min(sentence.start_s, max(ahead_s, min(part.start_s, sentence.start_s))))
    return starts


def _rises(material: Material, part: Stretch, lengths: Lengths) -> Iterator[float]:
    """Where more begins to move within what shows no cut for longer than a clip lasts."""
    if material.liveliness is None:
        return
    edges = [
        part.start_s,
        *(cut for cut in material.cuts if part.start_s < cut < part.end_s),
        part.end_s,
    ]
    for start_s, end_s in pairwise(edges):
        if end_s - start_s > lengths.longest_s:
            take = Stretch(start_s=start_s, end_s=end_s)
            yield from material.liveliness.rises(take, _RISES_APART_S)


def _ends(material: Material, part: Stretch) -> list[float]:
    """In time order; without words, the cuts."""
    if not material.words:
        return [*material.cuts, part.end_s]
    ends = []
    for sentence in material.sentences:
        last_s = sentence.end_s
        end_s = last_s + min(max(sentence.pause_s, 0.0), _MARGIN_S)
        ends.append(end_s if last_s > part.end_s else min(end_s, part.end_s))
    return sorted(ends)
