"""At which times of day a channel's posts do best, as far as so few results can tell.

What a post earned is its rank among the channel's posts at the same age, in [0, 1]. A slot's mean
is drawn towards the middle as if it had five middling posts more, so that one lucky post makes no
best slot. A channel with fewer than twenty results has no best slot, and a slot with fewer than
three is not named.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from viral_forge_assets.domain.growth import ranks

LEAST_RESULTS = 20
LEAST_IN_SLOT = 3
_PRIOR_POSTS = 5
MIDDLE = 0.5
_HOURS = 2  # of a slot: narrower ones would hold too few posts to compare


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedResult:
    """When a post went out and what it came to at one age, the same for all of a channel."""

    publication_id: str
    published_at: datetime
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotResult:
    """Two hours of the day and what posts of them came to.

    Attributes:
        estimate: expected rank among the channel's posts, in (0, 1): 0.5 is as good as any.
        posts: that it rests on.
    """

    starts: time
    estimate: float
    posts: int

    def holds(self, at: time) -> bool:
        """Whether that time of day lies in it."""
        return self.starts.hour <= at.hour < self.starts.hour + _HOURS

    @property
    def name(self) -> str:
        """As people read it."""
        return f"{self.starts:%H} to {(self.starts.hour + _HOURS) % 24:02} h"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSlots:
    """What is known of one channel's slots.

    Attributes:
        zone: by whose clock the slots are read.
        slots: the best first; empty: ``reason`` says why.
        results: of the channel.
    """

    channel_id: str
    zone: str
    slots: tuple[SlotResult, ...]
    results: int
    reason: str | None = None


def slots_of(channel_id: str, results: Mapping[str, TimedResult], *, zone: str) -> ChannelSlots:
    """The channel's slots, from results by publication id."""
    if len(results) < LEAST_RESULTS:
        short = f"{len(results)} of {LEAST_RESULTS} results that it takes are in"
        return ChannelSlots(
            channel_id=channel_id, zone=zone, slots=(), results=len(results), reason=short
        )
    ranked, clock = ranks({name: each.value for name, each in results.items()}), ZoneInfo(zone)
    by_slot: defaultdict[int, list[float]] = defaultdict(list)
    for name, result in sorted(results.items()):
        hour = result.published_at.astimezone(clock).hour
        by_slot[hour // _HOURS * _HOURS].append(ranked[name])
    slots = [
        SlotResult(
            starts=time(hour),
            estimate=(sum(found) + _PRIOR_POSTS * MIDDLE) / (len(found) + _PRIOR_POSTS),
            posts=len(found),
        )
        for hour, found in by_slot.items()
        if len(found) >= LEAST_IN_SLOT
    ]
    best_first = sorted(slots, key=lambda slot: (-slot.estimate, slot.starts))
    reason = None if slots else f"no two hours of the day have {LEAST_IN_SLOT} results"
    return ChannelSlots(
        channel_id=channel_id,
        zone=zone,
        slots=tuple(best_first),
        results=len(results),
        reason=reason,
    )
