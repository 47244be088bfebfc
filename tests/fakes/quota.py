"""A ledger that counts in memory; its windows never end."""

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from viral_forge_resources.contracts.errors import QuotaSpent
from viral_forge_resources.contracts.quota import Bucket, Use


class FakeQuotaLedger:
    """``contracts.quota.QuotaLedger`` for one window.

    Attributes:
        used: units taken, by bucket.
    """

    def __init__(self) -> None:
        self.used: Counter[Bucket] = Counter()
        self._items: set[tuple[Bucket, str]] = set()
        self._lock = threading.Lock()

    def take(self, uses: tuple[Use, ...], *, now: datetime) -> None:
        """Count all of ``uses`` unless a bucket holds less; an item counts the first time alone."""
        (refusal,) = self.take_each((uses,), now=now)
        if refusal is not None:
            raise refusal

    def take_each(
        self, calls: Sequence[tuple[Use, ...]], *, now: datetime
    ) -> tuple[QuotaSpent | None, ...]:
        """See ``contracts.quota.QuotaLedger``."""
        with self._lock:
            return tuple(map(self._refusal, calls))

    def _refusal(self, uses: tuple[Use, ...]) -> QuotaSpent | None:
        used, items = self.used.copy(), self._items.copy()
        for use in uses:
            if use.item is not None and (use.bucket, use.item) in items:
                continue
            used[use.bucket] += use.units
            if use.item is not None:
                items.add((use.bucket, use.item))
            if use.bucket.limit is not None and used[use.bucket] > use.bucket.limit:
                return QuotaSpent(f"{use.bucket.platform}: {use.bucket.name} is spent.")
        self.used, self._items = used, items
        return None

    def units(self) -> dict[str, int]:
        """Units taken of what has a limit, by the bucket's name."""
        return self._total(is_limited=True)

    def calls(self) -> dict[str, int]:
        """Calls counted without a limit, by the bucket's name."""
        return self._total(is_limited=False)

    def _total(self, *, is_limited: bool) -> dict[str, int]:
        total: Counter[str] = Counter()
        for bucket, units in self.used.items():
            if (bucket.limit is not None) is is_limited:
                total[bucket.name] += units
        return dict(total)
