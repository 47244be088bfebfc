"""Our score of a video, in [0, 1): how fast it rises, by its own platform's measure.

Platforms differ in magnitude by orders, so a rate counts by its rank among the videos of the same
platform that this round knows, not by its size. A part that cannot be computed adds nothing, and
its weight goes to no other part: else a video of which only the age is known would score as if all
the rest were as good, and hiding counts would pay.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from viral_forge_resources.contracts.records import ScorePart
from viral_forge_resources.contracts.sightings import Movement

_VELOCITY, _LIFETIME, _ENGAGEMENT, _FRESHNESS = (
    "velocity",
    "lifetime_rate",
    "engagement",
    "freshness",
)
# To rise is what we look for, so it weighs twice as much as anything else.
WEIGHTS: Mapping[str, float] = MappingProxyType(
    {_VELOCITY: 0.4, _LIFETIME: 0.2, _ENGAGEMENT: 0.2, _FRESHNESS: 0.2}
)
"""What counts where nobody adopted others."""

_COUNTS = ("views", "likes", "comments", "shares")
_LEAST_INTERVAL = timedelta(minutes=10)  # counts are refreshed in steps: seconds apart say nothing
_LEAST_AGE = timedelta(hours=1)  # ten views in one minute would read as 600 an hour
_HALF_LIFE = timedelta(days=3)
_CLOCK_ERROR = timedelta(hours=1)
_SHORTEST = timedelta(minutes=1)  # no age is nought: the part stays below 1
_VIEWS_BELOW = 100  # laid under each ratio: one like on one view is no engagement of 100 %
_HOUR = timedelta(hours=1)
_NO_VIEWS = "the platform shows no views"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Our score of one video; no platform's.

    Attributes:
        value: in [0, 1), the weighted sum of the parts that are known; None where none is.
        weights_version: None: the weights that come with the studio.
    """

    value: float | None
    parts: tuple[ScorePart, ...]
    weights_version: int | None = None


class _Rate(NamedTuple):
    """One figure, and which others it is ranked among."""

    among: tuple[str, ...]
    value: float


class Standings:
    """The rates of all videos of a round, which each single one is ranked among."""

    def __init__(
        self,
        movements: Iterable[Movement],
        *,
        now: datetime,
        weights: Mapping[str, float] = WEIGHTS,
        weights_version: int | None = None,
    ) -> None:
        self._now, self._weights, self._version = now, weights, weights_version
        self._ranked: defaultdict[tuple[str, ...], list[float]] = defaultdict(list)
        for movement in movements:
            for name, found in _rates(movement, now=now):
                if isinstance(found, _Rate):
                    self._ranked[(name, *found.among)].append(found.value)
        for values in self._ranked.values():
            values.sort()

    def value(self, movement: Movement) -> float | None:
        """Our score alone: much faster than with its parts in words."""
        known = [
            self._weights[name] * self._rank(name, found)
            for name, found in _rates(movement, now=self._now)
            if isinstance(found, _Rate)
        ]
        fresh = _freshness(movement, now=self._now)
        if fresh is not None:
            known.append(self._weights[_FRESHNESS] * fresh)
        return sum(known) if known else None

    def score(self, movement: Movement) -> Score:
        """Our score and what it is made of."""
        parts = [
            self._part(name, found, movement) for name, found in _rates(movement, now=self._now)
        ]
        weight = self._weights[_FRESHNESS]
        parts.append(_freshness_part(movement, weight, now=self._now))
        value, version = self.value(movement), self._version
        return Score(value=value, parts=tuple(parts), weights_version=version)

    def _rank(self, name: str, rate: _Rate) -> float:
        """Share of the ranked that lie below, those that are equal counted half: in (0, 1).

        Source: https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.percentileofscore.html
        with ``kind="mean"``. Of n videos the best has 1 - 1/2n: to be the first of two says
        little, to be the first of a thousand much.
        """
        values = self._ranked[(name, *rate.among)]
        below, not_above = bisect_left(values, rate.value), bisect_right(values, rate.value)
        return (below + not_above) / (2 * len(values))

    def _part(self, name: str, found: _Rate | str, movement: Movement) -> ScorePart:
        weight = self._weights[name]
        if isinstance(found, str):
            return ScorePart(name=name, value=None, weight=weight, why=found)
        rank = self._rank(name, found)
        number = len(self._ranked[(name, *found.among)])
        figures = _figures(name, found, movement, now=self._now)
        why = f"{figures}; ranks at {rank:.3f} among {number:,} of {found.among[0]}"
        return ScorePart(name=name, value=rank, weight=weight, why=why)


def age_of(published_at: datetime | None, *, now: datetime) -> timedelta | None:
    """How long ago that was, None if unknown; clocks may differ by an hour."""
    if published_at is None or published_at > now + _CLOCK_ERROR:
        return None
    return max(now - published_at, timedelta())


def _rates(movement: Movement, *, now: datetime) -> tuple[tuple[str, _Rate | str], ...]:
    """Each rate, or why there is none."""
    return (
        (_VELOCITY, _velocity(movement)),
        (_LIFETIME, _lifetime_rate(movement, now=now)),
        (_ENGAGEMENT, _engagement(movement)),
    )


def _velocity(movement: Movement) -> _Rate | str:
    """Growth an hour between two sightings, of the first count that both of them know.

    A count that went down, as platforms correct them, makes a negative rate: it ranks last.
    """
    if movement.before_at is None:
        return "seen once: no growth is known"
    between = movement.seen_at - movement.before_at
    if between < _LEAST_INTERVAL:
        return "its sightings are too close together to tell a growth"
    for name, before, after in zip(_COUNTS, movement.before, movement.counts, strict=True):
        if before is not None and after is not None:
            return _Rate((movement.platform, name), (after - before) / (between / _HOUR))
    return "no count is shown in both sightings"


def _lifetime_rate(movement: Movement, *, now: datetime) -> _Rate | str:
    """Views an hour since it was published."""
    views, age = movement.counts.views, age_of(movement.published_at, now=now)
    if views is None:
        return _NO_VIEWS
    if age is None:
        return _no_age(movement)
    return _Rate((movement.platform,), views / (max(age, _LEAST_AGE) / _HOUR))


def _engagement(movement: Movement) -> _Rate | str:
    """Likes, comments and shares, as far as they are shown, over views.

    Ranked only among videos that show the same counts: a hidden count is not zero.
    """
    views = movement.counts.views
    if views is None:
        return _NO_VIEWS
    shown = _reactions(movement)
    if not shown:
        return "the platform shows no likes, comments or shares"
    ratio = sum(count for _, count in shown) / (views + _VIEWS_BELOW)
    return _Rate((movement.platform, *(name for name, _ in shown)), ratio)


def _reactions(movement: Movement) -> list[tuple[str, int]]:
    named = zip(_COUNTS[1:], movement.counts[1:], strict=True)
    return [(name, count) for name, count in named if count is not None]


def _figures(name: str, rate: _Rate, movement: Movement, *, now: datetime) -> str:
    """What a rate was computed from, for people."""
    views = movement.counts.views
    if name == _VELOCITY and movement.before_at is not None:
        counted = rate.among[1]
        before, after = getattr(movement.before, counted), getattr(movement.counts, counted)
        between = _shown(movement.seen_at - movement.before_at)
        return f"{counted} from {before:,} to {after:,} in {between}, {rate.value:,.1f} an hour"
    if name == _ENGAGEMENT:
        counted = ", ".join(f"{count:,} {what}" for what, count in _reactions(movement))
        return f"{counted} on {views:,} views, with {_VIEWS_BELOW} views laid under"
    age = age_of(movement.published_at, now=now) or timedelta()
    return f"{views:,} views in {_shown(age)}, {rate.value:,.1f} an hour"


def _freshness(movement: Movement, *, now: datetime) -> float | None:
    """Half of what it was after every half-life."""
    age = age_of(movement.published_at, now=now)
    if age is None:
        return None
    return float(0.5 ** (max(age, _SHORTEST) / _HALF_LIFE))


def _freshness_part(movement: Movement, weight: float, *, now: datetime) -> ScorePart:
    age = age_of(movement.published_at, now=now)
    halves = f"halves every {_shown(_HALF_LIFE)}"
    why = _no_age(movement) if age is None else f"published {_shown(age)} ago; {halves}"
    value = _freshness(movement, now=now)
    return ScorePart(name=_FRESHNESS, value=value, weight=weight, why=why)


def _no_age(movement: Movement) -> str:
    if movement.published_at is None:
        return "no publish time is known"
    return "its publish time has not come yet"


def _shown(duration: timedelta) -> str:
    if duration < _HOUR:
        return f"{duration / timedelta(minutes=1):.0f} min"
    if duration < timedelta(days=2):
        return f"{duration / _HOUR:.1f} h"
    return f"{duration / timedelta(days=1):.1f} days"
