"""Statements on ``metric_snapshots``: one row a live post and age at which it is read."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from viral_forge_resources.contracts.metrics import AGES
from viral_forge_resources.contracts.snapshots import Snapshot, SnapshotState
from viral_forge_resources.state.rows import insert_new, read_all
from viral_forge_resources.state.tables import metric_snapshots, publications

_S = SnapshotState
_of = metric_snapshots.c
_IS_WAITING = _of.state == sa.literal_column(f"'{_S.WAITING.value}'")
_HOUR = timedelta(hours=1)
_AT_ONCE = 500


def enrol(connection: sa.Connection, publication_id: str, *, published_at: datetime) -> None:
    """Let the post be read at every age; once it is enrolled nothing changes."""
    channel = sa.select(publications.c.channel_id).where(
        publications.c.publication_id == publication_id
    )
    channel_id = connection.execute(channel).scalar_one()
    rows = [
        {
            "publication_id": publication_id,
            "age_hours": age // _HOUR,
            "channel_id": channel_id,
            "due_at": published_at + age,
            "state": _S.WAITING,
            "attempts": 0,
        }
        for age in AGES
    ]
    insert_new(connection, metric_snapshots, rows)


def due(connection: sa.Connection, *, now: datetime, limit: int) -> tuple[Snapshot, ...]:
    """The readings that are due, the longest due first; read from an index alone."""
    statement = (
        sa.select(_of.publication_id, _of.age_hours, _of.channel_id, _of.due_at, _of.attempts)
        .where(_IS_WAITING, _of.due_at <= now)
        .order_by(_of.due_at, _of.publication_id, _of.age_hours)
        .limit(limit)
    )
    return tuple(Snapshot(**row) for row in connection.execute(statement).mappings())


def of_publication(connection: sa.Connection, publication_id: str) -> tuple[Snapshot, ...]:
    """Every reading of the post, by age."""
    statement = sa.select(metric_snapshots).where(_of.publication_id == publication_id)
    return read_all(connection, Snapshot, statement.order_by(_of.age_hours))


def take(connection: sa.Connection, snapshots: Sequence[Snapshot], *, now: datetime) -> None:
    """These readings were made now; those of younger ages that still waited are missed."""
    for snapshot in snapshots:
        own = _of.publication_id == snapshot.publication_id
        taken = sa.update(metric_snapshots).where(own, _of.age_hours == snapshot.age_hours)
        connection.execute(taken.values(state=_S.TAKEN, taken_at=now, reason=None))
        reason = f"not read in time; read at the age of {snapshot.age_hours} h instead"
        younger = sa.update(metric_snapshots).where(own, _of.age_hours < snapshot.age_hours)
        connection.execute(younger.where(_IS_WAITING).values(state=_S.MISSED, reason=reason))


def put_off(
    connection: sa.Connection,
    snapshot: Snapshot,
    *,
    until: datetime,
    reason: str,
    counts: bool,
) -> None:
    """Nothing was read: the post's readings up to this age wait ``until`` then."""
    step = sa.update(metric_snapshots).where(
        _of.publication_id == snapshot.publication_id,
        _of.age_hours <= snapshot.age_hours,
        _IS_WAITING,
    )
    attempts = _of.attempts + 1 if counts else _of.attempts
    connection.execute(step.values(due_at=until, reason=reason, attempts=attempts))


def miss(connection: sa.Connection, publication_ids: Collection[str], *, reason: str) -> None:
    """Nothing of these posts that is still waiting will be read."""
    ids = sorted(publication_ids)
    for start in range(0, len(ids), _AT_ONCE):
        step = sa.update(metric_snapshots).where(
            _of.publication_id.in_(ids[start : start + _AT_ONCE]), _IS_WAITING
        )
        connection.execute(step.values(state=_S.MISSED, reason=reason))


def miss_due(connection: sa.Connection, snapshot: Snapshot, *, reason: str) -> None:
    """The post's readings up to this age are given up; older ages stay as they are."""
    step = sa.update(metric_snapshots).where(
        _of.publication_id == snapshot.publication_id,
        _of.age_hours <= snapshot.age_hours,
        _IS_WAITING,
    )
    connection.execute(step.values(state=_S.MISSED, reason=reason))
