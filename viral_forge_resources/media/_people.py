"""Tells whose face is whose within a shot, after all of it was seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.sight import Box, Face, FaceSight
from viral_forge_resources.media._sight import Colours, Found

Likeness = npt.NDArray[np.int16]
"""A face in grey, shrunk to ``_LIKENESS``: enough to see that its mouth moves."""

_LIKENESS = (12, 12)
_MOUTH_FROM, _EYES_FROM, _EYES_TO = 8, 2, 6  # rows of a likeness
_FULL_CHANGE = 48  # in grey levels: more than any mouth was seen to change

SURE = 0.5
"""A certainty that starts a face; fainter finds only go on with one that is known."""

_LONGEST_GAP_S = 1.5
"""Someone who turns away for so long and comes back is the same one."""

_FURTHEST = 0.9
"""In heights of the face, from one look to the next: nobody moves faster."""
_MOST_GROWTH = 1.8
_LEAST_SIGHTS = 3
_LEAST_SURE = 0.3
"""Of a face's sights: a pattern is taken for a face now and then, a face most of the time."""

_DECIMALS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceLook:
    """Faces in one picture."""

    at_s: float
    found: tuple[tuple[Found, Likeness], ...]


@dataclass(slots=True)
class _Person:
    sights: list[tuple[float, Found, Likeness]] = field(default_factory=list)

    def is_believable(self, looks: int) -> bool:
        sure = sum(found.certainty >= SURE for _, found, _ in self.sights)
        enough = len(self.sights) >= min(_LEAST_SIGHTS, looks)
        return enough and sure >= max(1, _LEAST_SURE * len(self.sights))


def likeness(picture: Colours, found: Found) -> Likeness:
    """What of ``picture`` shows that face."""
    import cv2

    tall, wide = picture.shape[:2]
    left, right = (round(min(max(x, 0), 1) * wide) for x in (found.x, found.x + found.width))
    top, bottom = (round(min(max(y, 0), 1) * tall) for y in (found.y, found.y + found.height))
    part = picture[top : max(bottom, top + 1), left : max(right, left + 1)]
    if not part.size:
        return np.zeros(_LIKENESS, dtype=np.int16)
    small = cv2.resize(part, _LIKENESS, interpolation=cv2.INTER_AREA)
    return np.asarray(small.mean(axis=2), dtype=np.int16)


def people(looks: Sequence[FaceLook], *, size_px: tuple[int, int]) -> tuple[Face, ...]:
    """The faces in the looks at one shot, the most prominent first."""
    aspect = size_px[0] / size_px[1]
    known: list[_Person] = []
    for look in looks:
        _recognise(known, look, aspect)
    times = [look.at_s for look in looks]
    faces = [
        _face(person.sights, times, size_px) for person in known if person.is_believable(len(looks))
    ]
    return tuple(sorted(faces, key=lambda face: -sum(s.box.area_px for s in face.sights)))


def _recognise(known: list[_Person], look: FaceLook, aspect: float) -> None:
    """Nearest first: each find goes on with one person, or starts another."""
    pairs = sorted(
        (distance, who, which)
        for who, person in enumerate(known)
        if look.at_s - person.sights[-1][0] <= _LONGEST_GAP_S
        for which, (found, _) in enumerate(look.found)
        if (distance := _distance(person.sights[-1][1], found, aspect)) <= _FURTHEST
    )
    taken_by: set[int] = set()
    placed: set[int] = set()
    for _, who, which in pairs:
        if who not in taken_by and which not in placed:
            taken_by.add(who)
            placed.add(which)
            known[who].sights.append((look.at_s, *look.found[which]))
    known += [
        _Person([(look.at_s, found, shown)])
        for which, (found, shown) in enumerate(look.found)
        if which not in placed and found.certainty >= SURE
    ]


def _distance(one: Found, other: Found, aspect: float) -> float:
    """In heights of the larger face; beyond any limit where one is far larger."""
    growth = max(one.height, other.height) / max(min(one.height, other.height), 1e-6)
    if growth > _MOST_GROWTH:
        return float("inf")
    across = (one.x + one.width / 2 - other.x - other.width / 2) * aspect
    down = one.y + one.height / 2 - other.y - other.height / 2
    return float(np.hypot(across, down)) / max(one.height, other.height)


def _face(
    sights: Sequence[tuple[float, Found, Likeness]],
    looks_s: Sequence[float],
    size_px: tuple[int, int],
) -> Face:
    times = [at_s for at_s in looks_s if sights[0][0] <= at_s <= sights[-1][0]]
    seen_s = [at_s for at_s, _, _ in sights]
    wide, tall = size_px
    lengths = [
        [(f.x + f.width / 2) * wide for _, f, _ in sights],
        [(f.y + f.height / 2) * tall for _, f, _ in sights],
        [f.width * wide for _, f, _ in sights],
        [f.height * tall for _, f, _ in sights],
    ]
    calm = [_calmed(list(np.interp(times, seen_s, each))) for each in lengths]
    speaking = {later[0]: _spoken(earlier[2], later[2]) for earlier, later in pairwise(sights)}
    return Face(
        sights=tuple(
            FaceSight(at_s=round(at_s, 3), box=_box(x, y, w, h), speaking=speaking.get(at_s, 0.0))
            for at_s, x, y, w, h in zip(times, *calm, strict=True)
        )
    )


def _box(x: float, y: float, width: float, height: float) -> Box:
    return Box(
        x_px=round(x - width / 2, _DECIMALS),
        y_px=round(y - height / 2, _DECIMALS),
        width_px=round(width, _DECIMALS),
        height_px=round(height, _DECIMALS),
    )


def _calmed(values: Sequence[float]) -> list[float]:
    """Without lag: the median of three, then their mean."""
    return _of_three(_of_three(values, median), lambda three: sum(three) / len(three))


def _of_three(values: Sequence[float], merged: Callable[[Sequence[float]], float]) -> list[float]:
    last = len(values) - 1
    return [
        float(merged(values[i - 1 : i + 2])) if 0 < i < last else values[i]
        for i in range(len(values))
    ]


def _spoken(earlier: Likeness, later: Likeness) -> float:
    """Light and turns of the head change eyes and mouth alike; speech changes the mouth."""
    change = np.abs((later - later.mean()) - (earlier - earlier.mean()))
    mouth = float(change[_MOUTH_FROM:].mean())
    eyes = float(change[_EYES_FROM:_EYES_TO].mean())
    return round(min(max(mouth - eyes, 0.0) / _FULL_CHANGE, 1.0), 3)
