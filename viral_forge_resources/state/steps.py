"""Statements on ``publication_steps``: what is added to posts once they are live."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.submission import Step, StepState
from viral_forge_resources.state.rows import insert_new, read_all
from viral_forge_resources.state.tables import publication_steps, publications

_steps = publication_steps.c


def add(
    connection: sa.Connection, publication_id: str, names: Sequence[str], *, now: datetime
) -> None:
    """Let the steps wait for their turn; those that stand already are left as they are."""
    rows = [
        {
            "publication_id": publication_id,
            "step": name,
            "place": place,
            "state": StepState.WAITING,
            "attempts": 0,
            "due_at": now,
        }
        for place, name in enumerate(names)
    ]
    insert_new(connection, publication_steps, rows)


def of_publication(connection: sa.Connection, publication_id: str) -> tuple[Step, ...]:
    """The publication's steps in their order."""
    statement = sa.select(publication_steps).where(_steps.publication_id == publication_id)
    return read_all(connection, Step, statement.order_by(_steps.place))


def due(connection: sa.Connection, *, now: datetime, limit: int) -> tuple[tuple[str, Step], ...]:
    """Candidate key and step of each that waits and is due, the longest due first."""
    waits = (_steps.state == StepState.WAITING) & (_steps.due_at <= now)
    statement = sa.select(publications.c.candidate_key, publication_steps).where(waits)
    statement = statement.join(publications).order_by(_steps.due_at, _steps.publication_id)
    rows = connection.execute(statement.limit(limit)).mappings()
    return tuple(
        (
            row["candidate_key"],
            Step(**{name: row[name] for name in Step.__dataclass_fields__}),
        )
        for row in rows
    )


def settle(
    connection: sa.Connection,
    step: Step,
    state: StepState,
    *,
    due_at: datetime,
    reason: str | None,
) -> bool:
    """True if the attempt counts; False if another run made one meanwhile."""
    which = (_steps.publication_id == step.publication_id) & (_steps.step == step.step)
    change = sa.update(publication_steps).where(which, _steps.attempts == step.attempts)
    values = {"state": state, "attempts": step.attempts + 1, "due_at": due_at, "reason": reason}
    return connection.execute(change.values(values)).rowcount > 0
