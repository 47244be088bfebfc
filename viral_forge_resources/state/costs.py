"""Statements on ``cost_events``: what was spent, and what may still be."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from viral_forge_resources.contracts.costs import Budget, CostEvent
from viral_forge_resources.state.rows import to_row
from viral_forge_resources.state.tables import cost_events

_LOCK = 0x76666373  # an arbitrary number that nothing else in the database locks


def reserve(connection: sa.Connection, event: CostEvent, budget: Budget) -> int | None:
    """Write an estimate down; its id, or None where the day's budget does not hold it.

    Nobody else reserves before the transaction ends: two that fit alone may not fit together.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    usd, quantity = spent(connection, event.kind, day_of=event.at)
    is_over_usd = budget.usd is not None and usd + (event.usd or 0) > budget.usd
    is_over_quantity = budget.quantity is not None and quantity + event.quantity > budget.quantity
    if is_over_usd or is_over_quantity:
        return None
    inserted = sa.insert(cost_events).values(to_row(event)).returning(cost_events.c.cost_event_id)
    return int(connection.execute(inserted).scalar_one())


def settle(
    connection: sa.Connection,
    cost_event_id: int,
    *,
    quantity: float,
    usd: float | None,
    reason: str | None = None,
) -> None:
    """Put what a call really took in the place of its estimate."""
    this = cost_events.c.cost_event_id == cost_event_id
    values = {"quantity": quantity, "usd": usd, "reason": reason, "is_estimate": False}
    connection.execute(sa.update(cost_events).where(this).values(values))


def spent(connection: sa.Connection, kind: str, *, day_of: datetime) -> tuple[float, float]:
    """US dollars of known price, and quantity, of the UTC day that ``day_of`` lies in.

    Estimates of calls that never ended count: they may have been paid for.
    """
    start = day_of.replace(hour=0, minute=0, second=0, microsecond=0)
    statement = sa.select(
        sa.func.coalesce(sa.func.sum(cost_events.c.usd), 0.0),
        sa.func.coalesce(sa.func.sum(cost_events.c.quantity), 0.0),
    ).where(
        cost_events.c.kind == kind,
        cost_events.c.at >= start,
        cost_events.c.at < start + timedelta(days=1),
    )
    usd, quantity = connection.execute(statement).one()
    return float(usd), float(quantity)
