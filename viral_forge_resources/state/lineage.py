"""Statements on ``post_lineage``, the view from a post back to its source."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from viral_forge_resources.contracts.lineage import Lineage
from viral_forge_resources.contracts.publishing import PostMetric, PublicationState
from viral_forge_resources.state.columns import UtcDateTime, enum_type
from viral_forge_resources.state.rows import read_all, read_one
from viral_forge_resources.state.tables import post_metrics, publications

_TYPES: dict[str, Any] = {
    "state": enum_type(PublicationState, constraint="state"),
    "published_at": UtcDateTime,
    "rendered_at": UtcDateTime,
    "recorded_at": UtcDateTime,
    "revoked_at": UtcDateTime,
}
post_lineage = sa.table(
    "post_lineage",
    *(sa.column(each.name, _TYPES.get(each.name, sa.types.NullType())) for each in fields(Lineage)),
)
_of = publications.c
_LEAST_PREFIX = 8


def found(connection: sa.Connection, said: str) -> tuple[Lineage, ...]:
    """The posts that ``said`` names: an id of ours or the platform's, an address, or bytes.

    Args:
        connection: to the database.
        said: whole; of a content's hash, 8 digits or more are enough.
    """
    same = _of.publication_id == said
    for column in (_of.post_id, _of.post_url):
        same |= column == said
    if len(said) >= _LEAST_PREFIX:
        same |= _of.content_sha256.between(said, said + "g")  # behind every hexadecimal digit
    order = (_of.published_at, _of.publication_id)
    ids = connection.execute(sa.select(_of.publication_id).where(same).order_by(*order)).scalars()
    return _each(connection, ids.all())


def of_candidate(connection: sa.Connection, key: str) -> tuple[Lineage, ...]:
    """Every post of a candidate, by moment of publication."""
    ids = sa.select(_of.publication_id).where(_of.candidate_key == key)
    order = (_of.published_at, _of.publication_id)
    return _each(connection, connection.execute(ids.order_by(*order)).scalars().all())


def of_publication(connection: sa.Connection, publication_id: str) -> Lineage | None:
    """The post of that id of ours."""
    # The view has a row for each of its numbers, and all say the same of it.
    statement = sa.select(post_lineage).where(post_lineage.c.publication_id == publication_id)
    return read_one(connection, Lineage, statement.limit(1))


def _each(connection: sa.Connection, ids: Sequence[str]) -> tuple[Lineage, ...]:
    return tuple(line for key in ids if (line := of_publication(connection, key)) is not None)


def newest_numbers(connection: sa.Connection, publication_id: str) -> tuple[PostMetric, ...]:
    """The newest reading of each number of a post, by name; where none has a value, its reason."""
    of = post_metrics.c
    place = sa.func.row_number().over(
        partition_by=of.metric,
        order_by=(of.value.is_(None), of.as_of.desc(), of.source.desc()),
    )
    ranked = (
        sa.select(post_metrics, place.label("place"))
        .where(of.publication_id == publication_id)
        .subquery()
    )
    statement = sa.select(ranked).where(ranked.c.place == 1).order_by(ranked.c.metric)
    return read_all(connection, PostMetric, statement)
