"""Deals a channel's times out to the posts that wait for it."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import count
from zoneinfo import ZoneInfo

from viral_forge_resources.contracts.draws import between
from viral_forge_resources.contracts.rhythm import Rhythm, Slot

GRACE = timedelta(minutes=45)
"""A post goes out so much later than its time without having missed it: a sensor's tick, a queue
of runs and another post of the channel take less."""

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A post that waits for its channel.

    Attributes:
        priority: higher ones go first.
        due_at: its time as it stands; None: it has none yet.
    """

    publication_id: str
    planned_at: datetime
    due_at: datetime | None = None
    priority: int = 0


class Fate(Enum):
    """What becomes of a post whose time has come."""

    GO = "it may go out now"
    LATER = "another time must be found"
    MISSED = "it is too late for it"


class Calendar:
    """A channel's times: those that are taken, and whether one more fits.

    Args:
        taken: when its posts went out, or will for certain.
    """

    def __init__(self, rhythm: Rhythm, taken: Iterable[datetime]) -> None:
        self._rhythm = rhythm
        self._zone = ZoneInfo(rhythm.zone)
        self._taken = sorted(taken)
        self._by_day = Counter(self._day(at) for at in self._taken)

    def fits(self, at: datetime) -> bool:
        """Whether a post at that moment keeps the rhythm's distance and its daily limits."""
        day = self._day(at)
        most = self._most_on(day)
        if most is not None and self._by_day[day] >= most:
            return False
        place = bisect_left(self._taken, at)
        near = self._taken[max(place - 1, 0) : place + 1]
        return all(abs(at - other) >= self._rhythm.least_distance and at != other for other in near)

    def take(self, at: datetime) -> None:
        """A post has that moment."""
        insort(self._taken, at)
        self._by_day[self._day(at)] += 1

    def slots(self, *, after: datetime) -> Iterator[datetime]:
        """The rhythm's slots from a moment on, without end, in UTC."""
        first = self._day(after)
        in_order = sorted(self._rhythm.slots, key=lambda slot: slot.at)
        for ahead in count():
            day = first + ahead * _ONE_DAY
            for slot in in_order:
                if day.weekday() in slot.days and (at := self._moment(day, slot)) >= after:
                    yield at

    def _moment(self, day: date, slot: Slot) -> datetime:
        # RFC 5545, 3.3.5: a time that the clock leaves out is read by the offset before the gap,
        # one that it shows twice is the first of the two. That is what fold=0 gives.
        local = datetime.combine(day, slot.at.replace(fold=0), tzinfo=self._zone)
        return local.astimezone(UTC)

    def _most_on(self, day: date) -> int | None:
        if not self._rhythm.warm_up:
            return self._rhythm.most_a_day
        age = (day - self._day(self._taken[0])).days if self._taken else 0
        if not 0 <= age < len(self._rhythm.warm_up):
            return self._rhythm.most_a_day
        limits = (self._rhythm.warm_up[age], self._rhythm.most_a_day)
        return min(limit for limit in limits if limit is not None)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def deal(
    turns: Collection[Turn],
    rhythm: Rhythm,
    *,
    taken: Iterable[datetime],
    now: datetime,
    is_anew: bool = False,
) -> dict[str, datetime]:
    """A time for every turn, by publication id; higher priorities first, then first come.

    A turn keeps the time that it has, unless it has passed or a turn before it needs it.

    Args:
        turns: all that wait for the channel.
        rhythm: the channel's.
        taken: when its other posts went out, or will for certain.
        now: no time lies before it.
        is_anew: no turn keeps its time, as after a change of the rhythm.
    """
    calendar = Calendar(rhythm, taken)
    slots = calendar.slots(after=now)
    dealt: dict[str, datetime] = {}
    for turn in sorted(turns, key=_rank):
        kept = None if is_anew else _kept(turn, calendar, now)
        at = kept or next(
            time
            for slot in slots
            for time in (_jittered(slot, rhythm, turn.publication_id), slot)
            if calendar.fits(time)
        )
        calendar.take(at)
        dealt[turn.publication_id] = at
    return dealt


def fate(due_at: datetime, rhythm: Rhythm, *, taken: Iterable[datetime], now: datetime) -> Fate:
    """Whether a post that was due at ``due_at`` keeps its channel's rhythm if it goes out now."""
    late = now - due_at
    if late > rhythm.catch_up:
        return Fate.MISSED
    is_in_time = timedelta() <= late <= GRACE
    return Fate.GO if is_in_time and Calendar(rhythm, taken).fits(now) else Fate.LATER


def _rank(turn: Turn) -> tuple[int, bool, datetime, datetime, str]:
    waits = turn.due_at is None
    return (
        -turn.priority,
        waits,
        turn.due_at or turn.planned_at,
        turn.planned_at,
        turn.publication_id,
    )


def _kept(turn: Turn, calendar: Calendar, now: datetime) -> datetime | None:
    if turn.due_at is None or turn.due_at + GRACE < now or not calendar.fits(turn.due_at):
        return None
    return turn.due_at


def _jittered(slot: datetime, rhythm: Rhythm, publication_id: str) -> datetime:
    """As much later as the id says: the same however often times are dealt."""
    late_s = between(0, rhythm.jitter.total_seconds(), publication_id, "jitter")
    return slot + timedelta(seconds=int(late_s))
