"""When a channel posts."""

from dataclasses import dataclass
from datetime import time, timedelta

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time of day at which a channel may post.

    Attributes:
        at: by the clock of the channel's zone.
        days: weekdays, 0 Monday to 6 Sunday.
    """

    at: time
    days: tuple[int, ...] = EVERY_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often and when a channel posts; a channel without one posts as soon as it may.

    Attributes:
        zone: IANA name, by whose clock slots and days are read.
        slots: at least one.
        most_a_day: posts within one day of the zone; None: as many as there are slots.
        warm_up: the same for the channel's first days, day by day from its first post on.
        least_distance: between two posts.
        jitter: at most so much later than its slot each post goes out, to spread load.
        catch_up: a post that missed its time by more is withdrawn, not made up for.
    """

    zone: str
    slots: tuple[Slot, ...]
    most_a_day: int | None = None
    warm_up: tuple[int, ...] = ()
    least_distance: timedelta = timedelta()
    jitter: timedelta = timedelta()
    catch_up: timedelta = timedelta(days=3)
