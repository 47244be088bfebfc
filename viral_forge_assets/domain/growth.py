"""How posts grow, from readings of one number at several moments; nothing between two is guessed.

Readings make a series only where one source counted the same thing: what a platform counts under
a name changes, and the difference of two definitions is no growth.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from viral_forge_resources.contracts.metrics import AGES

_HOUR = timedelta(hours=1)
_LEAST_APART = timedelta(minutes=30)  # platforms refresh counts in steps: less says nothing
_EARLY = 0.1  # part of an age that a reading may be early by, as runs are
_LATE = 0.5  # ... and late by
_MOST_OF_THEM = 0.8  # that must have been read at an age for it to count
_ONCE = "read once so far"
_NEVER = "never read"
_TOO_CLOSE = "its readings lie too close together"
_OTHER = "what was counted changed between its readings"


class Reading(NamedTuple):
    """One number of one post at one moment; a tuple, for a report holds a hundred thousand."""

    publication_id: str
    value: float
    as_of: datetime
    counted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What one post won between its last two readings.

    Attributes:
        per_hour: below 0 where the platform took counts back; None: ``reason`` says why.
        gained: between the two.
        hours: between the two.
    """

    per_hour: float | None
    gained: float | None = None
    hours: float | None = None
    until: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtAge:
    """The middle one of the posts that were read at an age.

    Attributes:
        value: None where too few were: nothing is drawn there.
        posts: how many were.
    """

    age: timedelta
    value: float | None
    posts: int


def by_post(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    """Each post's readings, the oldest first."""
    found: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in sorted(readings, key=lambda each: (each.as_of, each.counted)):
        found[reading.publication_id].append(reading)
    return dict(found)


def growth(readings: Sequence[Reading]) -> Growth:
    """What the newest of one post's readings, the oldest first, won since the one before."""
    if len(readings) < 2:  # noqa: PLR2004  a difference is of two
        return Growth(per_hour=None, reason=_ONCE if readings else _NEVER)
    newest = readings[-1]
    alike = [each for each in readings[:-1] if each.counted == newest.counted]
    apart = [each for each in alike if newest.as_of - each.as_of >= _LEAST_APART]
    if not apart:
        return Growth(per_hour=None, reason=_TOO_CLOSE if alike else _OTHER)
    gained, hours = newest.value - apart[-1].value, (newest.as_of - apart[-1].as_of) / _HOUR
    return Growth(per_hour=gained / hours, gained=gained, hours=hours, until=newest.as_of)


def at_age(readings: Sequence[Reading], published_at: datetime, age: timedelta) -> float | None:
    """The reading nearest to that age, of one post; None where none was made about then."""
    wanted = published_at + age
    near = [
        each for each in readings if wanted - age * _EARLY <= each.as_of <= wanted + age * _LATE
    ]
    return min(near, key=lambda each: abs(each.as_of - wanted)).value if near else None


def curve(
    posts: Mapping[str, datetime], read: Mapping[str, Sequence[Reading]], *, least: int
) -> tuple[AtAge, ...]:
    """The median of the same posts at each age, up to the oldest that half of them were read at.

    Of other posts at every age a median would rise and fall with which they are. ``posts`` are ids
    with the moment each went out.
    """
    known = {
        age: {
            post: value
            for post, posted in posts.items()
            if (value := at_age(read.get(post, ()), posted, age)) is not None
        }
        for age in AGES
    }
    enough = max(least, (len(set().union(*known.values())) + 1) // 2)
    oldest = max((age for age in AGES if len(known[age]) >= enough), default=None)
    if oldest is None:
        return ()
    same = known[oldest].keys()
    points = []
    for age in AGES[: AGES.index(oldest) + 1]:
        values = [value for post, value in known[age].items() if post in same]
        is_enough = len(values) >= max(least, _MOST_OF_THEM * len(same))
        value = median(values) if is_enough else None
        points.append(AtAge(age=age, value=value, posts=len(values)))
    return tuple(points)


def ranks(values: Mapping[str, float]) -> dict[str, float]:
    """Share of the others that did less, those that did the same counted half; in [0, 1]."""
    in_order = sorted(values.values())
    others = max(len(in_order) - 1, 1)
    return {
        name: (bisect_left(in_order, value) + bisect_right(in_order, value) - 1) / 2 / others
        for name, value in values.items()
    }
