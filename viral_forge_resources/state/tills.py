"""Pays for units that platforms charge for: set aside before a call, put right after it."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.costs import Budget, CostEvent, CostKind, Unit
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.quota import Use
from viral_forge_resources.state import channels, costs


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlTill:
    """See ``contracts.quota.Till``; what has no price in ``Prices.api_unit`` is free."""

    state: sa.Engine
    prices: Prices
    budget: Budget

    @contextmanager
    def paying(self, use: Use, *, now: datetime) -> Generator[Callable[[int], None]]:
        """Inside, a call is made; what is yielded is told how many units it took after all.

        Raises:
            OverBudget: a budget does not hold the most that it may take; nothing may be sent.
        """
        with self.state.begin() as connection:
            cost_event_id = self.reserve(connection, use, now=now)

        def took(units: int) -> None:
            if cost_event_id is None:
                return
            with self.state.begin() as connection:
                usd = self._price(use) * units
                costs.settle(connection, cost_event_id, quantity=units, usd=usd)

        yield took

    def reserve(self, connection: sa.Connection, use: Use, *, now: datetime) -> int | None:
        """Set aside what ``use`` costs; its id, None where it is free.

        Raises:
            OverBudget: a budget does not hold it.
        """
        if not self.charges(use):
            return None
        channel = channels.get(connection, use.bucket.project)
        event = CostEvent(
            kind=CostKind.API,
            provider=use.bucket.platform,
            model=use.bucket.name,
            at=now,
            quantity=use.units,
            unit=Unit.API_UNITS,
            usd=self._price(use) * use.units,
            is_estimate=True,
            niche=channel.niche if channel else None,
            channel_id=channel.channel_id if channel else None,
        )
        return costs.reserve(connection, event, self.budget.of_everything)

    def charges(self, use: Use) -> bool:
        """Whether units of that bucket have a price."""
        return _name(use) in self.prices.api_unit

    def _price(self, use: Use) -> float:
        return self.prices.api_unit[_name(use)]


def _name(use: Use) -> str:
    return f"{use.bucket.platform}:{use.bucket.name}"
