"""Posts and their numbers as rewards are made of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.rewards import COUNTED, PostResult, Reading
from viral_forge_resources.contracts.results import ReportedPost
from viral_forge_resources.state import reporting, results


def post_results(connection: sa.Connection, posts: Sequence[results.LivePost]) -> list[PostResult]:
    """The posts with the numbers that rewards are made of."""
    read: defaultdict[str, list[Reading]] = defaultdict(list)
    for each in results.values_of(connection, posts, COUNTED):
        told = Reading(metric=each.metric, value=each.value, as_of=each.as_of)
        read[each.publication_id].append(told)
    return list(_with_readings(posts, read))


def results_until(
    connection: sa.Connection, posts: Sequence[ReportedPost], *, until: datetime
) -> list[PostResult]:
    """The posts with those numbers that were read before ``until``."""
    read: defaultdict[str, list[Reading]] = defaultdict(list)
    for metric in COUNTED:
        for row in reporting.readings(connection, metric, until=until):
            told = Reading(metric=metric, value=row.value, as_of=row.as_of)
            read[row.publication_id].append(told)
    return list(_with_readings(posts, read))


def _with_readings(
    posts: Iterable[results.LivePost | ReportedPost], read: Mapping[str, Sequence[Reading]]
) -> Iterable[PostResult]:
    for post in posts:
        yield PostResult(
            publication_id=post.publication_id,
            candidate_key=post.candidate_key,
            channel_id=post.channel_id,
            published_at=post.published_at,
            readings=tuple(read.get(post.publication_id, ())),
        )
