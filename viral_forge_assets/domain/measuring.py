"""Decides which readings are taken, how posts are grouped for it, and when to try again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite

from viral_forge_resources.contracts.errors import (
    OverBudget,
    QuotaSpent,
    Transient,
    ViralForgeError,
)
from viral_forge_resources.contracts.publishing import PostMetric, Publication
from viral_forge_resources.contracts.snapshots import Snapshot

MOST_ATTEMPTS = 12
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)
_QUOTA_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """When a reading that failed is tried again.

    Attributes:
        counts: as a failed attempt; what nobody sent anything for is none.
    """

    until: datetime
    reason: str
    counts: bool


def oldest_due(due: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    """Of each post the reading at its greatest age.

    One that is late is taken once, not for each age that went by.
    """
    chosen: dict[str, Snapshot] = {}
    for snapshot in due:
        known = chosen.get(snapshot.publication_id)
        if known is None or known.age_hours < snapshot.age_hours:
            chosen[snapshot.publication_id] = snapshot
    return tuple(chosen.values())


def delay_of(snapshot: Snapshot, error: ViralForgeError, *, now: datetime) -> Delay | None:
    """When to read again after ``error``; None where it is given up."""
    asked = error.retry_after if isinstance(error, Transient) else None
    if isinstance(error, QuotaSpent | OverBudget):
        return Delay(until=now + (asked or _QUOTA_WAIT), reason=str(error), counts=False)
    if snapshot.attempts + 1 >= MOST_ATTEMPTS:
        return None
    wait = max(asked or timedelta(0), min(_FIRST_WAIT * 2**snapshot.attempts, _LONGEST_WAIT))
    return Delay(until=now + wait, reason=str(error), counts=True)


def by_channel(publications: Iterable[Publication]) -> Mapping[str, list[Publication]]:
    """Posts of each channel, in the order they came."""
    grouped: defaultdict[str, list[Publication]] = defaultdict(list)
    for publication in publications:
        grouped[publication.channel_id].append(publication)
    return grouped


def portions(
    publications: Sequence[Publication], most_at_once: int | None
) -> list[tuple[Publication, ...]]:
    """What one call each is asked about: of one channel, unless all are read together."""
    if most_at_once is None:
        return [tuple(publications)] if publications else []
    return [
        tuple(posts[start : start + most_at_once])
        for posts in by_channel(publications).values()
        for start in range(0, len(posts), most_at_once)
    ]


def trusted(metrics: Iterable[PostMetric], asked: Sequence[Publication]) -> list[PostMetric]:
    """Finite numbers of posts that were asked about; what a reader says beside is dropped."""
    wanted = {publication.publication_id for publication in asked}
    return [
        metric
        for metric in metrics
        if metric.publication_id in wanted and (metric.value is None or isfinite(metric.value))
    ]
