"""Posts and their numbers as rewards are made of them."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from viral_forge_assets.domain.rewards import COUNTED, PostResult, Reading
from viral_forge_resources.state import results


def post_results(connection: sa.Connection, posts: Sequence[results.LivePost]) -> list[PostResult]:
    """The posts with the numbers that rewards are made of."""
    read: defaultdict[str, list[Reading]] = defaultdict(list)
    for each in results.values_of(connection, posts, COUNTED):
        told = Reading(metric=each.metric, value=each.value, as_of=each.as_of)
        read[each.publication_id].append(told)
    return [
        PostResult(
            publication_id=post.publication_id,
            candidate_key=post.candidate_key,
            channel_id=post.channel_id,
            published_at=post.published_at,
            readings=tuple(read[post.publication_id]),
        )
        for post in posts
    ]
