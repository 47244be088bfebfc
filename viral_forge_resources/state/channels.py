"""Statements on ``channels``."""

from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.publishing import Channel
from viral_forge_resources.state.rows import read_all, read_one, to_row, upsert
from viral_forge_resources.state.tables import channels


def save(connection: sa.Connection, channel: Channel, *, now: datetime) -> None:
    """Remember ``channel``, in place of the one of that id."""
    upsert(connection, channels, to_row(channel) | {"saved_at": now, "removed_at": None})


def get(connection: sa.Connection, channel_id: str) -> Channel | None:
    """The channel of that id."""
    return read_one(
        connection, Channel, sa.select(channels).where(channels.c.channel_id == channel_id)
    )


def serving(connection: sa.Connection, niche: str) -> tuple[Channel, ...]:
    """Channels that a niche's clips go to, by id."""
    statement = sa.select(channels).where(
        channels.c.niche == niche, channels.c.removed_at.is_(None)
    )
    return read_all(connection, Channel, statement.order_by(channels.c.channel_id))


def in_use(connection: sa.Connection) -> tuple[Channel, ...]:
    """Every channel that was not removed, by id."""
    statement = sa.select(channels).where(channels.c.removed_at.is_(None))
    return read_all(connection, Channel, statement.order_by(channels.c.channel_id))


def retire(connection: sa.Connection, channel_id: str, *, now: datetime) -> None:
    """Clips go there no more. The row stays: posts that are live refer to it."""
    connection.execute(
        sa.update(channels).where(channels.c.channel_id == channel_id).values(removed_at=now)
    )
