"""Statements on ``channel_halts``: which channels stopped posting, why, and who let them go on."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.state.rows import insert_new, read_all, read_one
from viral_forge_resources.state.tables import channel_halts, publications

_ENDED = (PublicationState.PUBLISHED, PublicationState.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """A channel does not post until a person lets it go on.

    Attributes:
        publication_id: of the post after which it stopped.
    """

    channel_id: str
    halted_at: datetime
    reason: str
    publication_id: str


def is_halted(channel_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether the channel of that column has stopped; for statements of others."""
    of = channel_halts.c
    return sa.exists().where(of.channel_id == channel_id, of.resumed_at.is_(None))


def halt(connection: sa.Connection, halted: Halt) -> bool:
    """True if the channel stops now; one that has stopped keeps its first reason."""
    row = {
        "channel_id": halted.channel_id,
        "halted_at": halted.halted_at,
        "reason": halted.reason,
        "publication_id": halted.publication_id,
    }
    return bool(insert_new(connection, channel_halts, [row]))


def current(connection: sa.Connection, channel_id: str) -> Halt | None:
    """Why the channel does not post now, None if it does."""
    of = channel_halts.c
    is_open = (of.channel_id == channel_id) & of.resumed_at.is_(None)
    return read_one(connection, Halt, sa.select(channel_halts).where(is_open))


def all_current(connection: sa.Connection) -> tuple[Halt, ...]:
    """Every channel that does not post now, by id."""
    of = channel_halts.c
    statement = sa.select(channel_halts).where(of.resumed_at.is_(None)).order_by(of.channel_id)
    return read_all(connection, Halt, statement)


def resume(
    connection: sa.Connection, channel_id: str, *, resumed_by: str, note: str, now: datetime
) -> bool:
    """True if the channel had stopped and may post again."""
    of = channel_halts.c
    step = sa.update(channel_halts).where(of.channel_id == channel_id, of.resumed_at.is_(None))
    values = {"resumed_at": now, "resumed_by": resumed_by, "note": note}
    return connection.execute(step.values(values)).rowcount > 0


def rejections_in_a_row(connection: sa.Connection, channel_id: str, *, most: int) -> int:
    """How many of the channel's newest ended posts, ``most`` of them at most, were refused.

    Those that were sent before a person let the channel go on do not count.
    """
    of = publications.c
    resumed = (
        sa.select(sa.func.max(channel_halts.c.resumed_at))
        .where(channel_halts.c.channel_id == channel_id)
        .scalar_subquery()
    )
    newest = (
        sa.select(of.state)
        .where(of.channel_id == channel_id, of.state.in_(_ENDED), of.claimed_at.is_not(None))
        .where(resumed.is_(None) | (of.claimed_at > resumed))
        .order_by(of.claimed_at.desc(), of.publication_id)
        .limit(most)
    )
    count = 0
    for state in connection.execute(newest).scalars():
        if state is not PublicationState.REJECTED:
            break
        count += 1
    return count
