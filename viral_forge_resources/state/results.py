"""What posts did, as far as learning from them goes: statements over several tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.state.rows import read_all
from viral_forge_resources.state.tables import clips, draws, post_metrics, publications

_IS_LIVE = (publications.c.state == PublicationState.PUBLISHED) & (
    publications.c.published_at.is_not(None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePost:
    """A post that is live.

    Attributes:
        recipe: ``name@version`` of what it was made with; None where the clip was made anew since.
        title_style: a ``TitleStyle``; None: its title does what titles usually do.
    """

    publication_id: str
    candidate_key: str
    clip_number: int
    channel_id: str
    published_at: datetime
    recipe: str | None
    title_style: str | None


class MetricValue(NamedTuple):
    """One number that a source told of a post; a tuple, for there are many."""

    publication_id: str
    metric: str
    value: float
    as_of: datetime


def posts_of_experiment(
    connection: sa.Connection, experiment_id: str, *, channel_id: str | None = None
) -> tuple[LivePost, ...]:
    """Live posts of videos that the experiment dealt, which went out after it did."""
    is_dealt = (draws.c.candidate_key == publications.c.candidate_key) & (
        draws.c.experiment_id == experiment_id
    )
    statement = _posts().join(draws, is_dealt)
    statement = statement.where(publications.c.published_at >= draws.c.drawn_at)
    if channel_id is not None:
        statement = statement.where(publications.c.channel_id == channel_id)
    return read_all(connection, LivePost, statement)


def values_of(
    connection: sa.Connection, posts: Sequence[LivePost], metrics: Sequence[str]
) -> tuple[MetricValue, ...]:
    """Every number of these posts and metrics; those that a source left out are not among them."""
    found: list[MetricValue] = []
    ids = [post.publication_id for post in posts]
    for start in range(0, len(ids), _AT_ONCE):
        columns = [post_metrics.c[name] for name in MetricValue._fields]
        statement = sa.select(*columns).where(
            post_metrics.c.publication_id.in_(ids[start : start + _AT_ONCE]),
            post_metrics.c.metric.in_(metrics),
            post_metrics.c.value.is_not(None),
        )
        found += map(MetricValue._make, connection.execute(statement))
    return tuple(found)


_AT_ONCE = 400


def _posts() -> sa.Select[tuple[object, ...]]:
    same_bytes = (
        (clips.c.candidate_key == publications.c.candidate_key)
        & (clips.c.number == publications.c.clip_number)
        & (clips.c.content_sha256 == publications.c.content_sha256)
    )
    columns = [
        publications.c[name]
        for name in ("publication_id", "candidate_key", "clip_number", "channel_id", "title_style")
    ]
    return (
        sa.select(*columns, publications.c.published_at, clips.c.recipe)
        .outerjoin(clips, same_bytes)
        .where(_IS_LIVE)
        .order_by(publications.c.publication_id)
    )
