"""What a video earned its arm, in [0, 1], from what its posts did in their first 72 hours.

Two things count alike: how much of it people watched, and how many of them were engaged, by rank
among the posts of the same channel, since channels differ by orders. Half of each where a channel
tells both; a channel that never tells one is judged by the other. A post whose numbers are not in
has no reward: it waits, and is never counted as if nobody had watched.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from viral_forge_resources.contracts.metrics import (
    AVERAGE_SHARE_VIEWED,
    ENGAGED_VIEWS,
    VIEWS,
)

RETENTION, ENGAGED, STARTED = AVERAGE_SHARE_VIEWED, ENGAGED_VIEWS, VIEWS
COUNTED = (RETENTION, ENGAGED, STARTED)

AGE = timedelta(hours=72)
_SLACK = timedelta(hours=2)  # a reading that was due then and came a little early counts
_LATEST = timedelta(days=6)  # what was read later would flatter the video
_FEWEST_RANKED = 5  # a rank among fewer says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One number of a post at one moment."""

    metric: str
    value: float
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResult:
    """A live post and the numbers that were read of it."""

    publication_id: str
    candidate_key: str
    channel_id: str
    published_at: datetime
    readings: tuple[Reading, ...] = ()


def value_at(result: PostResult, metric: str, *, age: timedelta = AGE) -> float | None:
    """The first number that speaks of the post at that age; None where none was read in time.

    Never one that was read much earlier or later, and nothing between two readings is guessed.
    """
    start, end = result.published_at + age - _SLACK, result.published_at + max(age, _LATEST)
    found = [
        each for each in result.readings if each.metric == metric and start <= each.as_of <= end
    ]
    return min(found, key=lambda each: each.as_of).value if found else None


def rewards(results: Sequence[PostResult]) -> dict[str, float]:
    """The reward of each candidate that has one; several posts of one candidate count as one.

    Clips of one source share its luck, so they are no independent results.
    """
    by_channel: defaultdict[str, list[PostResult]] = defaultdict(list)
    for result in results:
        by_channel[result.channel_id].append(result)
    earned: defaultdict[str, list[float]] = defaultdict(list)
    for posts in by_channel.values():
        for post, reward in _of_channel(posts):
            earned[post.candidate_key].append(reward)
    return {key: fmean(each) for key, each in sorted(earned.items())}


def _of_channel(posts: Sequence[PostResult]) -> Iterable[tuple[PostResult, float]]:
    retained = {post.publication_id: value_at(post, RETENTION) for post in posts}
    engaged = _ranked({post.publication_id: value_at(post, ENGAGED) for post in posts})
    if all(value is None for value in engaged.values()):
        # Most platforms tell views alone; ranked within one channel they mean one thing.
        engaged = _ranked({post.publication_id: value_at(post, STARTED) for post in posts})
    told = [each for each in (retained, engaged) if any(v is not None for v in each.values())]
    for post in posts:
        parts = [each[post.publication_id] for each in told]
        known = [min(max(part, 0.0), 1.0) for part in parts if part is not None]
        if known and len(known) == len(told):  # else it waits for the rest: like with like
            yield post, fmean(known)


def _ranked(counts: Mapping[str, float | None]) -> dict[str, float | None]:
    """Share of the channel's posts that did less, those that did the same counted half."""
    known = sorted(count for count in counts.values() if count is not None)
    if len(known) < _FEWEST_RANKED:
        return dict.fromkeys(counts)
    return {
        post: None
        if count is None
        else (bisect_left(known, count) + bisect_right(known, count)) / (2 * len(known))
        for post, count in counts.items()
    }
