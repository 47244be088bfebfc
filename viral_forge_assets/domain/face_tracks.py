"""Makes of finds in single pictures the ways that faces take, without a gap of a single picture."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from math import hypot, inf

from viral_forge_resources.contracts.hiding import FaceLook, SeenFace
from viral_forge_resources.contracts.media import Shot
from viral_forge_resources.contracts.sight import Box

_SURE = 0.5
_FAINT_LASTS = 6
"""A face that is faint in so many pictures is hidden as well: better one too many."""
_FAINT_SHARE = 0.5  # of the pictures between the first and the last of them

_FURTHEST = 0.7
"""In heights of a face, from one find to the next: fast movement at ten pictures a second."""
_MOST_GROWTH = 1.8
_LONGEST_GAP_S = 1.5
"""Who is not seen for so long, and is then seen nearby, was there all the while."""

_BEFORE_AND_AFTER_S = 0.5
"""A face is there before it is first seen and after it is last: turned, blurred, half hidden."""
_DRIFT = 0.25
"""Of its size, to either side, by which the place of one that is no longer seen is unsure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceTrack:
    """One face within one shot: where it is on every picture, and on a few before and after.

    Attributes:
        places: by the times of the pictures, in order.
        is_seen: for each place, whether the face was found there, not only thought to be.
        until_s: when the picture after the last one comes.
    """

    places: tuple[tuple[float, Box], ...]
    is_seen: tuple[bool, ...]
    until_s: float

    @property
    def tallest_px(self) -> float:
        """Height of the largest place at which it was seen."""
        seen = zip(self.places, self.is_seen, strict=True)
        return max((box.height_px for (_, box), is_seen in seen if is_seen), default=0.0)

    def at(self, at_s: float) -> Box | None:
        """Where it is on the picture of that very time; None where it is not there."""
        index = bisect_left(self.places, at_s, key=_time)
        is_there = index < len(self.places) and self.places[index][0] == at_s
        return self.places[index][1] if is_there else None

    def around(self, at_s: float, slack_s: float) -> Box | None:
        """Around all its places on the pictures that may be shown then, and on the next one.

        A picture is shown until the next one comes.
        """
        if not self.places[0][0] - slack_s <= at_s < self.until_s + slack_s:
            return None
        first = max(bisect_right(self.places, at_s - slack_s, key=_time) - 1, 0)
        last = bisect_right(self.places, at_s + slack_s, key=_time)
        shown = [box for _, box in self.places[first : last + 1]]
        return reduce(Box.with_other, shown)


def _time(place: tuple[float, Box]) -> float:
    return place[0]


@dataclass(slots=True)
class _Trail:
    found: list[tuple[float, SeenFace]] = field(default_factory=list)

    def is_believable(self, looks_s: Sequence[float]) -> bool:
        if any(face.certainty >= _SURE for _, face in self.found):
            return True
        first_s, last_s = self.found[0][0], self.found[-1][0]
        looks = bisect_right(looks_s, last_s) - bisect_left(looks_s, first_s)
        return len(self.found) >= max(_FAINT_LASTS, _FAINT_SHARE * looks)


def face_tracks(looks: Sequence[FaceLook], shots: Sequence[Shot]) -> tuple[FaceTrack, ...]:
    """The faces in ``looks``, which are in time order; none goes on across a cut."""
    cuts = sorted({shot.start_s for shot in shots[1:]})
    tracks: list[FaceTrack] = []
    for start_s, end_s in pairwise([-inf, *cuts, inf]):
        inside = [look for look in looks if start_s <= look.at_s < end_s]
        beyond_s = next((look.at_s for look in looks if look.at_s >= end_s), inf)
        tracks += _tracks_of_shot(inside, beyond_s)
    return tuple(tracks)


def _tracks_of_shot(looks: Sequence[FaceLook], beyond_s: float) -> Iterator[FaceTrack]:
    trails: list[_Trail] = []
    for look in looks:
        _go_on(trails, look)
    looks_s = [look.at_s for look in looks]
    return (_filled(trail, looks_s, beyond_s) for trail in trails if trail.is_believable(looks_s))


def _go_on(trails: list[_Trail], look: FaceLook) -> None:
    """Nearest first: each find goes on with one trail, or starts another."""
    pairs = sorted(
        (distance, who, which)
        for who, trail in enumerate(trails)
        if look.at_s - trail.found[-1][0] <= _LONGEST_GAP_S
        for which, face in enumerate(look.faces)
        if (distance := _distance(trail.found[-1][1].box, face.box)) <= _FURTHEST
    )
    gone_on: set[int] = set()
    placed: set[int] = set()
    for _, who, which in pairs:
        if who not in gone_on and which not in placed:
            gone_on.add(who)
            placed.add(which)
            trails[who].found.append((look.at_s, look.faces[which]))
    trails += [
        _Trail([(look.at_s, face)]) for which, face in enumerate(look.faces) if which not in placed
    ]


def _distance(one: Box, other: Box) -> float:
    """In heights of the larger face; beyond any limit where one is far larger."""
    tallest = max(one.height_px, other.height_px)
    if tallest > _MOST_GROWTH * max(min(one.height_px, other.height_px), 1e-6):
        return float("inf")
    (x, y), (other_x, other_y) = one.middle_px, other.middle_px
    return hypot(x - other_x, y - other_y) / tallest


def _filled(trail: _Trail, looks_s: Sequence[float], beyond_s: float) -> FaceTrack:
    """With a place at every look from a little before the first find to a little after the last."""
    found = [(at_s, face.box) for at_s, face in trail.found]
    known = {at_s for at_s, _ in found}
    first_s, last_s = found[0][0], found[-1][0]
    places = []
    until_s = beyond_s
    for at_s in looks_s:
        if at_s > last_s + _BEFORE_AND_AFTER_S:
            until_s = at_s
            break
        if at_s >= first_s - _BEFORE_AND_AFTER_S:
            box = _on_the_way(found, at_s)
            places.append((at_s, box if first_s <= at_s <= last_s else grown(box, _DRIFT)))
    return FaceTrack(
        places=tuple(places), is_seen=tuple(at_s in known for at_s, _ in places), until_s=until_s
    )


def _on_the_way(found: Sequence[tuple[float, Box]], at_s: float) -> Box:
    index = bisect_left(found, at_s, key=_time)
    if index == len(found):
        return found[-1][1]
    after_s, after = found[index]
    if index == 0 or after_s == at_s:
        return after
    before_s, before = found[index - 1]
    return _between(before, after, (at_s - before_s) / (after_s - before_s))


def _between(before: Box, after: Box, share: float) -> Box:
    """On the straight way, and as large as either: how it goes in between is not known."""
    (x, y), (next_x, next_y) = before.middle_px, after.middle_px
    wide_px = max(before.width_px, after.width_px)
    tall_px = max(before.height_px, after.height_px)
    return Box(
        x_px=x + (next_x - x) * share - wide_px / 2,
        y_px=y + (next_y - y) * share - tall_px / 2,
        width_px=wide_px,
        height_px=tall_px,
    )


def grown(box: Box, by: float) -> Box:
    """``box`` with ``by`` of its size added on each side."""
    across_px, down_px = by * box.width_px, by * box.height_px
    return Box(
        x_px=box.x_px - across_px,
        y_px=box.y_px - down_px,
        width_px=box.width_px + 2 * across_px,
        height_px=box.height_px + 2 * down_px,
    )
