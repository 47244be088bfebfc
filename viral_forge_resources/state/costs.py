"""Statements on ``cost_events``: what was spent, and what may still be."""

from datetime import UTC, datetime, timedelta
from typing import TypedDict

import sqlalchemy as sa

from viral_forge_resources.contracts.costs import Budget, CostEvent, CostLine
from viral_forge_resources.contracts.errors import OverBudget
from viral_forge_resources.state.rows import read_all, to_row
from viral_forge_resources.state.tables import candidates, clips, cost_events

_NEWEST = 20
_LOCK = 0x76666373  # an arbitrary number that nothing else in the database locks


def reserve(connection: sa.Connection, event: CostEvent, budget: Budget) -> int:
    """Write an estimate down; its id.

    Nobody else reserves before the transaction ends: two that fit alone may not fit together.

    Raises:
        OverBudget: a budget does not hold it; says which, the estimate, and what is spent.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    _refuse_excess(connection, event, budget)
    return record(connection, event)


def record(connection: sa.Connection, event: CostEvent) -> int:
    """Write down what was spent, whatever the budget says; its id."""
    inserted = sa.insert(cost_events).values(to_row(event)).returning(cost_events.c.cost_event_id)
    return int(connection.execute(inserted).scalar_one())


def _refuse_excess(connection: sa.Connection, event: CostEvent, budget: Budget) -> None:
    usd, quantity = spent(connection, event.kind, day_of=event.at)
    asked = event.usd or 0.0
    tomorrow = _day(event.at) + timedelta(days=1) - event.at
    told = "an estimate without a price" if event.usd is None else f"an estimate of ${asked:.4f}"
    if budget.usd is not None and usd + asked > budget.usd:
        known = f"the day's budget for {event.kind} of ${budget.usd:g} holds ${usd:.4f} already"
        raise OverBudget(f"{known}: no room for {told}.", **_waiting(event, tomorrow))
    if budget.quantity is not None and quantity + event.quantity > budget.quantity:
        known = f"the day's budget of {budget.quantity:g} {event.unit} holds {quantity:g} already"
        wanted = f"{known}: no room for an estimate of {event.quantity:g}."
        raise OverBudget(wanted, **_waiting(event, tomorrow))
    if budget.day_usd is not None and event.usd:
        usd = spent_in_all(connection, day_of=event.at)
        if usd + asked > budget.day_usd:
            known = f"the day's budget of ${budget.day_usd:g} for everything holds ${usd:.4f}"
            raise OverBudget(f"{known}: no room for {told}.", **_waiting(event, tomorrow))
    if budget.clip_usd is not None and event.usd and event.candidate_key is not None:
        usd, several = spent_on(connection, event.candidate_key), _clips_of(connection, event)
        if usd + asked > budget.clip_usd * several:
            known = (
                f"the budget of ${budget.clip_usd:g} a clip for {several} of"
                f" {event.candidate_key} holds ${usd:.4f}"
            )
            raise OverBudget(f"{known}: no room for {told}.", **_waiting(event, None))


class _Waiting(TypedDict):
    estimate_usd: float | None
    retry_after: timedelta | None


def _waiting(event: CostEvent, until: timedelta | None) -> _Waiting:
    return {"estimate_usd": event.usd, "retry_after": until}


def _clips_of(connection: sa.Connection, event: CostEvent) -> int:
    """How many clips share what is spent on the candidate: one as long as none is made."""
    mine = clips.c.candidate_key == event.candidate_key
    counted = connection.execute(sa.select(sa.func.count()).select_from(clips).where(mine))
    return max(int(counted.scalar_one()), event.clip_number or 1)


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


def confirm(connection: sa.Connection, cost_event_id: int) -> None:
    """The estimate was right."""
    this = cost_events.c.cost_event_id == cost_event_id
    connection.execute(sa.update(cost_events).where(this).values(is_estimate=False))


def render_cpu_s_per_s(connection: sa.Connection, niche: str) -> float | None:
    """Most CPU seconds that a second of the niche's newest clips took; None where there are none.

    The newest 20: recipes change.
    """
    newest = (
        sa.select((clips.c.render_cpu_s / clips.c.duration_s).label("each"))
        .join(candidates, candidates.c.candidate_key == clips.c.candidate_key)
        .where(candidates.c.niche == niche, clips.c.duration_s > 0)
        .order_by(clips.c.rendered_at.desc())
        .limit(_NEWEST)
        .subquery()
    )
    most = connection.execute(sa.select(sa.func.max(newest.c.each))).scalar_one()
    return None if most is None else float(most)


def spent(connection: sa.Connection, kind: str, *, day_of: datetime) -> tuple[float, float]:
    """US dollars of known price, and quantity, of the UTC day that ``day_of`` lies in.

    Estimates of calls that never ended count: they may have been paid for.
    """
    start = _day(day_of)
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


def spent_in_all(connection: sa.Connection, *, day_of: datetime) -> float:
    """US dollars of known price, of every kind, of the UTC day that ``day_of`` lies in."""
    start = _day(day_of)
    of_day = (cost_events.c.at >= start) & (cost_events.c.at < start + timedelta(days=1))
    return _total(connection, of_day)


def spent_on(connection: sa.Connection, candidate_key: str) -> float:
    """US dollars of known price that a candidate and its clips cost so far."""
    return _total(connection, cost_events.c.candidate_key == candidate_key)


def lines(
    connection: sa.Connection, *, until: datetime | None = None, candidate_key: str | None = None
) -> tuple[CostLine, ...]:
    """What was spent before ``until``, of one candidate or in all, added up by subject and kind.

    What has no price is there with its reason, but for events of which nothing was bought.
    """
    of = cost_events.c
    subject = (of.niche, of.candidate_key, of.clip_number, of.channel_id, of.kind)
    statement = sa.select(*subject, sa.func.sum(of.usd), of.reason).where(
        of.usd.is_not(None) | (of.quantity != 0)
    )
    if until is not None:
        statement = statement.where(of.at < until)
    if candidate_key is not None:
        statement = statement.where(of.candidate_key == candidate_key)
    added = statement.group_by(*subject, of.reason, of.usd.is_(None))
    return tuple(map(CostLine._make, connection.execute(added.order_by(*subject, of.reason))))


def in_time(
    connection: sa.Connection, *, since: datetime, until: datetime
) -> tuple[CostEvent, ...]:
    """Every cost from ``since`` on and before ``until``, in order."""
    which = (cost_events.c.at >= since) & (cost_events.c.at < until)
    order = (cost_events.c.at, cost_events.c.cost_event_id)
    return read_all(connection, CostEvent, sa.select(cost_events).where(which).order_by(*order))


def _total(connection: sa.Connection, which: sa.ColumnElement[bool]) -> float:
    total = sa.select(sa.func.coalesce(sa.func.sum(cost_events.c.usd), 0.0)).where(which)
    return float(connection.execute(total).scalar_one())


def _day(moment: datetime) -> datetime:
    utc = moment.astimezone(UTC)
    return utc.replace(hour=0, minute=0, second=0, microsecond=0)
