"""Statements on what waits for a channel: posts in ``publications`` that have not gone out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.state.rows import read_all
from viral_forge_resources.state.tables import approvals, channel_halts, channels, publications

_S = PublicationState
_WAITING = (_S.PLANNED, _S.APPROVED)
_UNDER_WAY = (_S.SUBMITTING, _S.PROCESSING, _S.UNKNOWN)
_GONE = (*_UNDER_WAY, _S.PUBLISHED, _S.RETRACTED)
_SEEN_BACK = timedelta(days=15)
"""Longer than any rhythm looks back, but for a channel's very first post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A post that waits for its channel, as its row stands."""

    publication_id: str
    planned_at: datetime
    due_at: datetime
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedPost:
    """What goes out when, where, and who said yes to it; None: nobody so far.

    Attributes:
        halted_because: why its channel does not post now; None: it does.
    """

    publication_id: str
    channel_id: str
    state: PublicationState
    due_at: datetime
    priority: int
    title: str
    candidate_key: str
    clip_number: int
    reason: str | None
    approved_by: str | None
    halted_because: str | None = None


def lock(connection: sa.Connection, channel_id: str) -> None:
    """Whoever deals a channel's times, or takes one, does so alone until the transaction ends."""
    if connection.dialect.name == "sqlite":
        return  # a writing transaction is alone there anyway
    row = sa.select(channels.c.channel_id).where(channels.c.channel_id == channel_id)
    connection.execute(row.with_for_update())


def waiting(connection: sa.Connection, channel_id: str) -> tuple[Waiting, ...]:
    """Every post that waits for the channel, approved or not."""
    of = publications.c
    columns = (of.publication_id, of.planned_at, of.due_at, of.priority)
    is_waiting = (of.channel_id == channel_id) & of.state.in_(_WAITING)
    return read_all(connection, Waiting, sa.select(*columns).where(is_waiting))


def taken(connection: sa.Connection, channel_id: str, *, now: datetime) -> tuple[datetime, ...]:
    """When the channel posted lately and for the first time, with what may be live, in order."""
    of = publications.c
    went_out_at = sa.func.coalesce(of.published_at, of.claimed_at, type_=of.claimed_at.type)
    went_out = sa.select(went_out_at).where(
        of.channel_id == channel_id, of.state.in_(_GONE), went_out_at.is_not(None)
    )
    lately = connection.execute(went_out.where(went_out_at >= now - _SEEN_BACK)).scalars()
    first = connection.execute(went_out.order_by(went_out_at).limit(1)).scalars()
    return tuple(sorted({*lately, *first}))


def move(connection: sa.Connection, times: Mapping[str, datetime]) -> None:
    """Give posts that wait, by publication id, another time."""
    of = publications.c
    is_waiting = sa.or_(*(of.state == state for state in _WAITING))  # one text for all rows
    step = sa.update(publications).where(of.publication_id == sa.bindparam("of_id"), is_waiting)
    rows = [{"of_id": name, "to": at} for name, at in times.items()]
    if rows:
        connection.execute(step.values(due_at=sa.bindparam("to")), rows)


def prefer(connection: sa.Connection, publication_id: str, priority: int) -> bool:
    """True if the post waits, and does so with that priority now; it is to be given a time."""
    of = publications.c
    step = sa.update(publications).where(
        of.publication_id == publication_id, of.state.in_(_WAITING)
    )
    return connection.execute(step.values(priority=priority, due_at=of.planned_at)).rowcount > 0


def queued(connection: sa.Connection, *, limit: int) -> tuple[QueuedPost, ...]:
    """What waits or is under way, the next to go first."""
    of = publications.c
    newest = (
        sa.select(approvals.c.decided_by)
        .where(approvals.c.content_sha256 == of.content_sha256, approvals.c.is_approved)
        .order_by(approvals.c.decided_at.desc())
        .limit(1)
        .scalar_subquery()
        .label("approved_by")
    )
    halted = (
        sa.select(channel_halts.c.reason)
        .where(channel_halts.c.channel_id == of.channel_id, channel_halts.c.resumed_at.is_(None))
        .scalar_subquery()
        .label("halted_because")
    )
    columns = (
        *(of.publication_id, of.channel_id, of.state, of.due_at, of.priority, of.title),
        *(of.candidate_key, of.clip_number, of.reason, newest, halted),
    )
    is_open = of.state.in_((*_WAITING, *_UNDER_WAY))
    order = (of.due_at, of.publication_id)
    return read_all(
        connection,
        QueuedPost,
        sa.select(*columns).where(is_open).order_by(*order).limit(limit),
    )
