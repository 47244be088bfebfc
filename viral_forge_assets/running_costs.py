"""Puts into the books what costs by the week: stored bytes."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from viral_forge_resources.contracts.costs import CostEvent, CostKind, Unit
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.state import costs, running_costs

_EVERY = timedelta(days=7)
"""Storage is cheap: one row a candidate and week, not one a day."""

_GB_MONTH = 1e9 * timedelta(days=30).total_seconds()


def book_storage(connection: sa.Connection, prices: Prices, *, now: datetime) -> int:
    """How many candidates' files were put into the books; twice in a week puts nothing twice.

    Bytes that are held now count for the whole time since the last time.
    """
    found = running_costs.held(connection, before=now - _EVERY)
    for each in found:
        quantity = each.size_bytes * (now - each.since).total_seconds() / _GB_MONTH
        priced = prices.of(Unit.GB_MONTHS, quantity)
        costs.record(
            connection,
            CostEvent(
                kind=CostKind.STORAGE,
                provider="storage",
                model="files",
                at=now,
                quantity=quantity,
                unit=Unit.GB_MONTHS,
                usd=priced.usd,
                is_estimate=False,
                niche=each.candidate_key.partition(":")[0],
                candidate_key=each.candidate_key,
                reason=priced.reason,
            ),
        )
    return len(found)
