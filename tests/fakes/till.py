"""A till that writes down what it was asked for."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime

from viral_forge_resources.contracts.errors import OverBudget
from viral_forge_resources.contracts.quota import Use


class FakeTill:
    """``contracts.quota.Till``.

    Attributes:
        taken: bucket, the most units that a call might take, and what it took; None: nobody said.
        is_empty: it holds nothing any more.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[str, int, int | None]] = []
        self.is_empty = False

    @contextmanager
    def paying(self, use: Use, *, now: datetime) -> Generator[Callable[[int], None]]:
        """See ``contracts.quota.Till``."""
        if self.is_empty:
            raise OverBudget("the day's budget is spent", estimate_usd=0.001 * use.units)
        place = len(self.taken)
        self.taken.append((use.bucket.name, use.units, None))

        def took(units: int) -> None:
            self.taken[place] = (use.bucket.name, use.units, units)

        yield took
