"""Statements on ``sightings``."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.scanning import ScannedVideo
from viral_forge_resources.contracts.sightings import Counts, Movement
from viral_forge_resources.state.rows import insert_new, read_all, to_row
from viral_forge_resources.state.tables import rights, sightings

_AT_ONCE = 400
_COUNTS = Counts._fields
_NEWEST = ("platform", "platform_video_id", "seen_at", "published_at", "language", "licence")


def append(connection: sa.Connection, niche: str, videos: Sequence[ScannedVideo]) -> int:
    """How many were new; the same video seen at the same moment is one sighting."""
    rows = [to_row(video) | {"niche": niche} for video in videos]
    return len(insert_new(connection, sightings, rows))


def latest(connection: sa.Connection, niche: str) -> tuple[ScannedVideo, ...]:
    """The newest sighting of each video, by platform and id."""
    video = (sightings.c.platform, sightings.c.platform_video_id)
    age = sa.func.row_number().over(partition_by=video, order_by=sightings.c.seen_at.desc())
    ranked = sa.select(sightings, age.label("age")).where(sightings.c.niche == niche).subquery()
    newest = (
        sa.select(ranked)
        .where(ranked.c.age == 1)
        .order_by(ranked.c.platform, ranked.c.platform_video_id)
    )
    return read_all(connection, ScannedVideo, newest)


def published_since(
    connection: sa.Connection, niche: str, *, platform: str, since: datetime, most: int
) -> tuple[ScannedVideo, ...]:
    """The newest sighting of each video published from ``since`` on, the youngest ``most``."""
    seen = sightings.c
    is_theirs = (seen.niche == niche) & (seen.platform == platform)
    newest = (
        sa.select(seen.platform_video_id, sa.func.max(seen.seen_at).label("newest_at"))
        .where(is_theirs)
        .group_by(seen.platform_video_id)
        .subquery()
    )
    is_newest = (seen.platform_video_id == newest.c.platform_video_id) & (
        seen.seen_at == newest.c.newest_at
    )
    statement = (
        sa.select(sightings)
        .join(newest, is_newest)
        .where(is_theirs, seen.published_at >= since)
        .order_by(seen.published_at.desc(), seen.platform_video_id)
        .limit(most)
    )
    return read_all(connection, ScannedVideo, statement)


def expire(connection: sa.Connection, *, platforms: Collection[str], before: datetime) -> int:
    """How many sightings of ``platforms`` from before that moment were removed."""
    seen = sightings.c
    old = sa.delete(sightings).where(seen.platform.in_(platforms), seen.seen_at < before)
    return connection.execute(old).rowcount


def movements(
    connection: sa.Connection, niche: str, *, since: datetime, recently: datetime
) -> Iterator[Movement]:
    """How the counts of each video moved, by platform and id.

    Compared are its newest sighting and the oldest of those from ``recently`` on; where that is
    the same one, the newest before. Each comes from the unique index, no sighting between them is
    read.

    Args:
        connection: to the state database.
        niche: whose sightings count.
        since: videos not seen from then on are left out, unless a person chose them.
        recently: how far back growth is measured where there are sightings enough.
    """
    spans = _spans(niche, recently=recently)
    newest, before = sightings.alias("newest"), sightings.alias("before")
    columns = [newest.c[name] for name in (*_NEWEST, "licence_spdx", "is_hand_picked")]
    statement = (
        sa.select(
            *columns,
            _has_record(newest),
            *(newest.c[name] for name in _COUNTS),
            before.c.seen_at,
            *(before.c[name] for name in _COUNTS),
        )
        .select_from(spans)
        .join(newest, _is_sighting(newest, spans, niche, spans.c.newest_at))
        .outerjoin(before, _is_sighting(before, spans, niche, spans.c.before_at))
        .where(sa.or_(newest.c.seen_at >= since, newest.c.is_hand_picked))
        .order_by(spans.c.platform, spans.c.platform_video_id)
    )
    for row in connection.execute(statement):
        values = tuple(row)
        counts, before_counts = Counts(*values[9:13]), Counts(*values[14:])
        yield Movement._make((*values[:9], counts, values[13], before_counts))


def _spans(niche: str, *, recently: datetime) -> sa.Subquery:
    """Of each video, when its newest sighting was and when the one to compare it with."""
    seen_at = sightings.c.seen_at
    video = (sightings.c.platform, sightings.c.platform_video_id)
    newest = sa.func.max(seen_at)
    first_lately = sa.func.min(sa.case((seen_at >= recently, seen_at)))
    last_before = sa.func.max(sa.case((seen_at < recently, seen_at)))
    return (
        sa.select(
            *video,
            newest.label("newest_at"),
            sa.case(
                (first_lately < newest, first_lately), (last_before < newest, last_before)
            ).label("before_at"),
        )
        .where(sightings.c.niche == niche)
        .group_by(*video)
        .subquery()
    )


def _is_sighting(
    table: sa.FromClause, spans: sa.Subquery, niche: str, moment: sa.ColumnElement[datetime]
) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.niche == niche,
        table.c.platform == spans.c.platform,
        table.c.platform_video_id == spans.c.platform_video_id,
        table.c.seen_at == moment,
    )


def _has_record(table: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        rights.c.platform == table.c.platform,
        rights.c.platform_video_id == table.c.platform_video_id,
    )


def at_moments(
    connection: sa.Connection, niche: str, moments: Sequence[tuple[str, str, datetime]]
) -> Iterator[ScannedVideo]:
    """The sightings of these platforms, ids and moments, by platform and id."""
    wanted = sorted(set(moments))
    sighting = sa.tuple_(sightings.c.platform, sightings.c.platform_video_id, sightings.c.seen_at)
    for start in range(0, len(wanted), _AT_ONCE):
        some = sa.select(sightings).where(
            sightings.c.niche == niche, sighting.in_(wanted[start : start + _AT_ONCE])
        )
        order = (sightings.c.platform, sightings.c.platform_video_id)
        yield from read_all(connection, ScannedVideo, some.order_by(*order))
