"""What the studio cost and earned, read from state."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.money import Earned
from viral_forge_assets.domain.profit import Books, books
from viral_forge_resources.contracts.metrics import ESTIMATED_REVENUE
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.results import ReportedPost
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import costs as costs_state
from viral_forge_resources.state import reporting


def books_of(
    connection: sa.Connection, earned: Sequence[Earned], prices: Prices, *, until: datetime
) -> Books:
    """Costs and profits until then, of posts that earned that."""
    return books(
        costs_state.lines(connection, until=until),
        clips_state.made(connection, until=until),
        earned,
        prices,
    )


def earned_by(
    connection: sa.Connection, posts: Sequence[ReportedPost], *, until: datetime
) -> tuple[Earned, ...]:
    """What each live post earned: the newest number before ``until``, or why there is none."""
    rows = reporting.told(connection, ESTIMATED_REVENUE, until=until)
    told = {row.publication_id: row for row in rows}
    found = []
    for post in posts:
        its = told.get(post.publication_id)
        found.append(
            Earned(
                publication_id=post.publication_id,
                niche=post.niche,
                candidate_key=post.candidate_key,
                clip_number=post.clip_number,
                channel_id=post.channel_id,
                amount=its.value if its else None,
                currency=its.unit if its else None,
                reason=its.reason if its else None,
            )
        )
    return tuple(found)
