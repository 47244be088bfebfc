"""Statements on ``post_metrics``."""

from collections.abc import Sequence

import sqlalchemy as sa

from viral_forge_resources.contracts.publishing import PostMetric
from viral_forge_resources.state.rows import insert_new, read_all, to_row
from viral_forge_resources.state.tables import candidates, post_metrics, publications

_AT_ONCE = 500
_ORDER = (
    post_metrics.c.publication_id,
    post_metrics.c.metric,
    post_metrics.c.as_of,
    post_metrics.c.source,
)


def append(connection: sa.Connection, metrics: Sequence[PostMetric]) -> int:
    """How many were new; the same number of the same post, moment and source is one row."""
    return len(insert_new(connection, post_metrics, [to_row(metric) for metric in metrics]))


def append_each(connection: sa.Connection, metrics: Sequence[PostMetric]) -> dict[str, int]:
    """How many were new of each post, by its id; same rows as of ``append``."""
    if not metrics:
        return {}
    values = [to_row(metric) for metric in metrics]
    before = dict.fromkeys((metric.publication_id for metric in metrics), 0)
    new = insert_new(connection, post_metrics, values)
    for start in range(0, len(new), _AT_ONCE):
        keys = new[start : start + _AT_ONCE]
        found = sa.select(post_metrics.c.publication_id, sa.func.count())
        found = found.where(post_metrics.c.post_metric_id.in_(keys))
        for key, count in connection.execute(found.group_by(post_metrics.c.publication_id)):
            before[key] += count
    return before


def of_publications(connection: sa.Connection, ids: Sequence[str]) -> tuple[PostMetric, ...]:
    """Every number of these posts, by post, metric and moment."""
    statement = sa.select(post_metrics).where(post_metrics.c.publication_id.in_(ids))
    return read_all(connection, PostMetric, statement.order_by(*_ORDER))


def of_niche(connection: sa.Connection, niche: str) -> tuple[PostMetric, ...]:
    """Every number of the niche's posts, by post, metric and moment."""
    statement = (
        sa.select(post_metrics)
        .join(publications, post_metrics.c.publication_id == publications.c.publication_id)
        .join(candidates, publications.c.candidate_key == candidates.c.candidate_key)
        .where(candidates.c.niche == niche)
    )
    return read_all(connection, PostMetric, statement.order_by(*_ORDER))
