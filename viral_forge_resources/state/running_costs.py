"""What storage came to since it was last put into the books."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.costs import CostKind
from viral_forge_resources.state.tables import artefacts, cost_events


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Files of one candidate.

    Attributes:
        since: when they were last put into the books, else when the first of them was recorded.
    """

    candidate_key: str
    size_bytes: int
    since: datetime


def held(connection: sa.Connection, *, before: datetime) -> tuple[Held, ...]:
    """Candidates whose files were last put into the books before that moment, or never."""
    booked = (
        sa.select(cost_events.c.candidate_key, sa.func.max(cost_events.c.at).label("until"))
        .where(cost_events.c.kind == CostKind.STORAGE)
        .group_by(cost_events.c.candidate_key)
        .subquery()
    )
    first = sa.func.min(artefacts.c.recorded_at)
    since = sa.func.coalesce(sa.func.max(booked.c.until), first, type_=artefacts.c.recorded_at.type)
    statement = (
        sa.select(
            artefacts.c.candidate_key,
            sa.func.sum(artefacts.c.size_bytes).label("size_bytes"),
            since.label("since"),
        )
        .outerjoin(booked, booked.c.candidate_key == artefacts.c.candidate_key)
        .group_by(artefacts.c.candidate_key)
        .having(since < before)
        .order_by(artefacts.c.candidate_key)
    )
    return tuple(
        Held(candidate_key=row.candidate_key, size_bytes=int(row.size_bytes), since=row.since)
        for row in connection.execute(statement)
    )
