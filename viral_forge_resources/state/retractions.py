"""Statements on ``retractions``: posts that are to be seen no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.retraction import Retraction, RetractionState
from viral_forge_resources.state.rows import insert_new, read_all, read_one, to_row
from viral_forge_resources.state.tables import publications, retractions

_of = retractions.c


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTakedown:
    """A takedown with the post that it is about."""

    publication_id: str
    channel_id: str
    post_url: str | None
    title: str
    state: RetractionState
    why: str
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    outcome: str | None


def ask(connection: sa.Connection, asked: Sequence[Retraction]) -> tuple[str, ...]:
    """Publication ids of those that are new; what was asked for before stays as it is."""
    return tuple(insert_new(connection, retractions, [to_row(each) for each in asked]))


def get(connection: sa.Connection, publication_id: str) -> Retraction | None:
    """The takedown of that post."""
    wanted = sa.select(retractions).where(_of.publication_id == publication_id)
    return read_one(connection, Retraction, wanted)


def due(connection: sa.Connection, *, now: datetime, limit: int) -> tuple[Retraction, ...]:
    """Open ones whose next try is due, the longest due first."""
    is_due = (_of.state == RetractionState.OPEN) & (_of.due_at <= now)
    order = (_of.due_at, _of.publication_id)
    return read_all(
        connection, Retraction, sa.select(retractions).where(is_due).order_by(*order).limit(limit)
    )


def settle(
    connection: sa.Connection,
    retraction: Retraction,
    state: RetractionState,
    *,
    outcome: str,
    due_at: datetime,
    now: datetime,
) -> bool:
    """True if the try counts; False if somebody else settled it meanwhile."""
    is_same = (_of.publication_id == retraction.publication_id) & (
        _of.attempts == retraction.attempts
    )
    values = {
        "state": state,
        "outcome": outcome,
        "attempts": retraction.attempts + 1,
        "due_at": due_at,
        "done_at": now if state is RetractionState.DONE else None,
    }
    step = sa.update(retractions).where(is_same, _of.state != RetractionState.DONE)
    return connection.execute(step.values(values)).rowcount > 0


def listed(connection: sa.Connection, *, limit: int) -> tuple[ListedTakedown, ...]:
    """What is still to be taken down first, then what was, the newest first."""
    posts = publications.c
    columns = (
        *(_of.publication_id, posts.channel_id, posts.post_url, posts.title, _of.state),
        *(_of.why, _of.asked_by, _of.asked_at, _of.done_at, _of.outcome),
    )
    is_done = sa.case((_of.state == RetractionState.DONE, 1), else_=0)
    statement = sa.select(*columns).join_from(retractions, publications)
    order = (is_done, _of.asked_at.desc(), _of.publication_id)
    return read_all(connection, ListedTakedown, statement.order_by(*order).limit(limit))
