"""Statements on ``sightings``."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.scanning import ScannedVideo
from viral_forge_resources.state.rows import insert_new, read_all, to_row
from viral_forge_resources.state.tables import sightings


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


def expire(connection: sa.Connection, *, platforms: Collection[str], before: datetime) -> int:
    """How many sightings of ``platforms`` from before that moment were removed."""
    seen = sightings.c
    old = sa.delete(sightings).where(seen.platform.in_(platforms), seen.seen_at < before)
    return connection.execute(old).rowcount
