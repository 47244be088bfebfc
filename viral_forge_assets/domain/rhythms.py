"""Rhythms as people write them: ``mon-fri 18:00``."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.rhythm import EVERY_DAY, Rhythm, Slot

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SLOT = re.compile(r"(?:(?P<days>[a-z,-]+)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_SLOT_REMEDY = "Write 18:00, mon-fri 18:00 or sat,sun 11:30."
_MOST_POSTS = 100


def parse_slot(text: str) -> Slot:
    """The slot that ``18:00``, ``mon-fri 18:00`` or ``sat,sun 11:30`` means.

    Raises:
        BadInput: it means none; says how to write one.
    """
    found = _SLOT.fullmatch(text.strip().lower())
    if found is None:
        raise BadInput(text, reason="is no time of day", remedy=_SLOT_REMEDY)
    try:
        at = time(int(found["hour"]), int(found["minute"]))
    except ValueError as error:
        raise BadInput(text, reason="is no time of day", remedy=_SLOT_REMEDY) from error
    return Slot(at=at, days=_days(found["days"], text) if found["days"] else EVERY_DAY)


def written(slot: Slot) -> str:
    """``slot`` as people write it."""
    days = "" if slot.days == EVERY_DAY else ",".join(_DAYS[day] for day in slot.days) + " "
    return f"{days}{slot.at:%H:%M}"


def described(rhythm: Rhythm) -> str:
    """The rhythm in a line."""
    parts = [f"{', '.join(written(slot) for slot in rhythm.slots)} ({rhythm.zone})"]
    if rhythm.most_a_day is not None:
        parts.append(f"at most {rhythm.most_a_day} a day")
    if rhythm.warm_up:
        parts.append(f"first days {', '.join(str(most) for most in rhythm.warm_up)}")
    if rhythm.least_distance:
        parts.append(f"{_minutes(rhythm.least_distance)} min apart")
    if rhythm.jitter:
        parts.append(f"up to {_minutes(rhythm.jitter)} min late")
    return "; ".join(parts)


def checked(rhythm: Rhythm) -> Rhythm:
    """``rhythm``, with each slot once, if posts can go out by it.

    Raises:
        BadInput: there is no such zone, no slot, or a limit at which nothing ever goes out.
    """
    try:
        ZoneInfo(rhythm.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(
            rhythm.zone,
            reason="is no time zone",
            remedy="Write an IANA name, such as Europe/Berlin or America/New_York.",
        ) from error
    if not rhythm.slots:
        raise BadInput("the rhythm", reason="has no slot", remedy=_SLOT_REMEDY)
    if rhythm.most_a_day is not None and not 1 <= rhythm.most_a_day <= _MOST_POSTS:
        raise _out_of_range("the posts a day", f"1 to {_MOST_POSTS}")
    if any(not 0 <= most <= _MOST_POSTS for most in rhythm.warm_up):
        raise _out_of_range("the posts of a first day", f"0 to {_MOST_POSTS}")
    if min(rhythm.least_distance, rhythm.jitter) < timedelta() or rhythm.catch_up <= timedelta():
        raise _out_of_range("distance, jitter and catch-up", "no time below 0")
    once = tuple(dict.fromkeys(rhythm.slots))
    return replace(rhythm, slots=once)


def _days(text: str, slot: str) -> tuple[int, ...]:
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first not in _DAYS or last not in _DAYS:
            named = ", ".join(_DAYS)
            raise BadInput(
                slot, reason=f"'{part}' names no day; the days are {named}", remedy=_SLOT_REMEDY
            )
        start, end = _DAYS.index(first), _DAYS.index(last)
        days |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return tuple(sorted(days))


def _out_of_range(what: str, allowed: Sequence[object] | str) -> BadInput:
    return BadInput(what, reason="is out of range", remedy=f"Choose {allowed}.")


def _minutes(duration: timedelta) -> int:
    return round(duration.total_seconds() / 60)
