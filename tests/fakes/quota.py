"""A ledger that counts in memory; its windows never end."""

import threading
from collections import Counter
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
        with self._lock:
            used, items = self.used.copy(), self._items.copy()
            for use in uses:
                if use.item is not None and (use.bucket, use.item) in items:
                    continue
                used[use.bucket] += use.units
                if use.item is not None:
                    items.add((use.bucket, use.item))
                if used[use.bucket] > use.bucket.limit:
                    raise QuotaSpent(f"{use.bucket.platform}: {use.bucket.name} is spent.")
            self.used, self._items = used, items

    def units(self) -> dict[str, int]:
        """Units taken, by the bucket's name."""
        total: Counter[str] = Counter()
        for bucket, units in self.used.items():
            total[bucket.name] += units
        return dict(total)
