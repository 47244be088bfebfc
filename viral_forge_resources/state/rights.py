"""Statements on ``rights``, the append-only ledger."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.rights import RightsRecord
from viral_forge_resources.state.rows import insert_new, read_all, read_one, to_row
from viral_forge_resources.state.tables import rights

# SQLite takes expressions up to 1,000 deep and 32,766 variables; a scan may bring thousands.
_AT_ONCE = 400


def append(connection: sa.Connection, record: RightsRecord) -> bool:
    """True if the record is new, False if one of its id stands already."""
    return bool(insert_new(connection, rights, [to_row(record)]))


def get(connection: sa.Connection, rights_id: str) -> RightsRecord | None:
    """The record of that id."""
    return read_one(
        connection, RightsRecord, sa.select(rights).where(rights.c.rights_id == rights_id)
    )


def of_video(
    connection: sa.Connection, platform: str, platform_video_id: str
) -> tuple[RightsRecord, ...]:
    """Every record of one video, newest first."""
    video = (platform, platform_video_id)
    return of_videos(connection, [video]).get(video, ())


def of_videos(
    connection: sa.Connection, platform_and_ids: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[RightsRecord, ...]]:
    """Every record of each video, newest first; a video without one is left out."""
    wanted = sorted(set(platform_and_ids))
    found: dict[tuple[str, str], tuple[RightsRecord, ...]] = {}
    video = sa.tuple_(rights.c.platform, rights.c.platform_video_id)
    newest_first = (rights.c.recorded_at.desc(), rights.c.rights_id)
    for start in range(0, len(wanted), _AT_ONCE):
        some = sa.select(rights).where(video.in_(wanted[start : start + _AT_ONCE]))
        for record in read_all(connection, RightsRecord, some.order_by(*newest_first)):
            key = (record.platform, record.platform_video_id)
            found[key] = (*found.get(key, ()), record)
    return found


def held_by(connection: sa.Connection, holder: str) -> set[tuple[str, str]]:
    """Platform and id of the works whose holder has that name, whatever its case."""
    statement = sa.select(rights.c.platform, rights.c.platform_video_id).where(
        sa.func.lower(rights.c.holder) == holder.strip().lower()
    )
    return {(row.platform, row.platform_video_id) for row in connection.execute(statement)}


def revoke(connection: sa.Connection, rights_id: str, *, now: datetime) -> bool:
    """True if the record was in force until now; a revoked one never comes back."""
    in_force = (rights.c.rights_id == rights_id) & rights.c.revoked_at.is_(None)
    return connection.execute(sa.update(rights).where(in_force).values(revoked_at=now)).rowcount > 0
