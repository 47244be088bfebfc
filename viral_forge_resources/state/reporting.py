"""Statements that reports are made of: over several tables, summed up where the rows lie.

``until`` is a moment: what came later is left out, so that a day's report stays what it was.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from viral_forge_resources.contracts.metrics import AUDIENCE_WATCH_RATIO
from viral_forge_resources.contracts.publishing import PostMetric, PublicationState
from viral_forge_resources.contracts.results import CurvePoint, Measured, ReportedPost, Told
from viral_forge_resources.state.rows import read_all
from viral_forge_resources.state.tables import (
    candidates,
    channels,
    clips,
    post_metrics,
    publications,
)

_of = post_metrics.c
_NEWEST_FIRST = (_of.as_of.desc(), _of.source.desc())


def live_posts(
    connection: sa.Connection, *, until: datetime, niche: str | None = None
) -> tuple[ReportedPost, ...]:
    """Every live post, of ``niche`` or all, that went out before ``until``, by moment and id."""
    post = publications.c
    columns = [
        *(post[name] for name in ("publication_id", "channel_id", "candidate_key", "clip_number")),
        *(post.title, post.post_url, post.published_at, candidates.c.niche, candidates.c.score),
        *(clips.c.recipe, clips.c.duration_s),
    ]
    statement = (
        sa.select(*columns)
        .join(candidates, candidates.c.candidate_key == post.candidate_key)
        .outerjoin(clips, _same_bytes())
        .where(post.state == PublicationState.PUBLISHED, post.published_at < until)
        .order_by(post.published_at, post.publication_id)
    )
    if niche is not None:
        statement = statement.where(candidates.c.niche == niche)
    return read_all(connection, ReportedPost, statement)


def newest(
    connection: sa.Connection, metrics: Sequence[str], *, until: datetime
) -> Iterator[Measured]:
    """The newest number of each post and metric; an empty cell does not hide an older number."""
    ranked = _ranked(_of.metric.in_(metrics), until=until).subquery()
    columns = [ranked.c[name] for name in Measured._fields]
    statement = sa.select(*columns).where(ranked.c.place == 1)
    yield from map(Measured._make, connection.execute(statement))


def told(connection: sa.Connection, metric: str, *, until: datetime) -> Iterator[Told]:
    """The newest number, or the newest reason for none, of each post with a row of that metric."""
    place = sa.func.row_number().over(
        partition_by=_of.publication_id, order_by=(_of.value.is_(None), *_NEWEST_FIRST)
    )
    ranked = (
        sa.select(*(_of[name] for name in Told._fields), place.label("place"))
        .where(_of.metric == metric, _of.as_of < until)
        .subquery()
    )
    found = sa.select(*(ranked.c[name] for name in Told._fields)).where(ranked.c.place == 1)
    yield from map(Told._make, connection.execute(found))


def readings(
    connection: sa.Connection, metric: str, *, until: datetime, niche: str | None = None
) -> Iterator[Measured]:
    """Every number of that metric, of posts of ``niche`` or all, by post and moment."""
    columns = [_of[name] for name in Measured._fields]
    statement = sa.select(*columns).where(
        _of.metric == metric, _of.value.is_not(None), _of.as_of < until
    )
    if niche is not None:
        statement = statement.where(_of.publication_id.in_(_of_niche(niche)))
    in_order = statement.order_by(_of.publication_id, _of.as_of, _of.source)
    yield from map(Measured._make, connection.execute(in_order))


def retention(connection: sa.Connection, *, until: datetime) -> tuple[CurvePoint, ...]:
    """Mean of the newest retention curves, by recipe, platform and point.

    A point that a post's newest curve lacks is not taken from an older one.
    """
    points = _of.metric.startswith(f"{AUDIENCE_WATCH_RATIO}@", autoescape=True)
    place = sa.func.rank().over(partition_by=_of.publication_id, order_by=_NEWEST_FIRST)
    ranked = _told(points, until=until, place=place).subquery()
    is_it = ranked.c.publication_id == publications.c.publication_id
    of = (clips.c.recipe, channels.c.publisher, ranked.c.metric)
    statement = (
        sa.select(*of, sa.func.avg(ranked.c.value), sa.func.count())
        .select_from(ranked)
        .join(publications, is_it)
        .join(channels, channels.c.channel_id == publications.c.channel_id)
        .outerjoin(clips, _same_bytes())
        .where(ranked.c.place == 1, publications.c.state == PublicationState.PUBLISHED)
        .group_by(*of)
        .order_by(*of)
    )
    return tuple(map(CurvePoint._make, connection.execute(statement)))


def newest_of_niche(connection: sa.Connection, niche: str) -> tuple[PostMetric, ...]:
    """The newest number, or the newest reason for none, of each post of the niche and metric."""
    place = sa.func.row_number().over(
        partition_by=(_of.publication_id, _of.metric),
        order_by=(_of.value.is_(None), *_NEWEST_FIRST),
    )
    is_curve = _of.metric.startswith(f"{AUDIENCE_WATCH_RATIO}@", autoescape=True)
    ranked = (
        sa.select(post_metrics, place.label("place"))
        .where(_of.publication_id.in_(_of_niche(niche)), sa.not_(is_curve))
        .subquery()
    )
    return read_all(connection, PostMetric, sa.select(ranked).where(ranked.c.place == 1))


def _of_niche(niche: str) -> sa.Select[Any]:
    is_its = publications.c.candidate_key == candidates.c.candidate_key
    ids = sa.select(publications.c.publication_id).join(candidates, is_its)
    return ids.where(candidates.c.niche == niche)


def _ranked(which: sa.ColumnElement[bool], *, until: datetime) -> sa.Select[Any]:
    place = sa.func.row_number().over(
        partition_by=(_of.publication_id, _of.metric), order_by=_NEWEST_FIRST
    )
    return _told(which, until=until, place=place)


def _told(which: sa.ColumnElement[bool], *, until: datetime, place: sa.Over[int]) -> sa.Select[Any]:
    is_told = _of.value.is_not(None) & (_of.as_of < until)
    return sa.select(post_metrics, place.label("place")).where(which, is_told)


def _same_bytes() -> sa.ColumnElement[bool]:
    return (
        (clips.c.candidate_key == publications.c.candidate_key)
        & (clips.c.number == publications.c.clip_number)
        & (clips.c.content_sha256 == publications.c.content_sha256)
    )
