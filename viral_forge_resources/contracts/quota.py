"""What a platform lets us ask it, counted before we ask."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from viral_forge_resources.contracts.errors import RateLimited

DEFAULT_PROJECT = "default"


class Window(StrEnum):
    """How long an allowance lasts. Hours, days and months start anew by the platform's clock."""

    MINUTE = "minute"
    FIVE_MINUTES = "5 minutes"
    QUARTER_HOUR = "15 minutes"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # the seven days before the call, day by day
    MONTH = "month"

    @property
    def rolls_over(self) -> timedelta | None:
        """How long before a call what was used counts; None where a clock starts it anew."""
        return _ROLLING.get(self)

    @property
    def worded(self) -> str:
        """As people say it after an amount: ``a day``, ``in 5 minutes``."""
        return f"in {self.value}" if self.value[0].isdigit() else f"a {self.value}"


_ROLLING = {
    Window.MINUTE: timedelta(minutes=1),
    Window.FIVE_MINUTES: timedelta(minutes=5),
    Window.QUARTER_HOUR: timedelta(minutes=15),
    Window.WEEK: timedelta(days=7),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One allowance of one account on one platform.

    Attributes:
        platform: whose allowance it is, ``youtube`` rather than one of its scanners.
        project: which of our accounts or projects there; a name, never a secret.
        name: what the platform calls it, such as ``search``.
        limit: units that one window holds; None where the platform documents no limit: what is
            used is counted all the same.
        zone: IANA zone in which the platform's days and months start.
    """

    platform: str
    name: str
    limit: int | None
    window: Window
    project: str = DEFAULT_PROJECT
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one call takes out of a bucket.

    Attributes:
        item: a thing that counts once a window however often it is asked for, such as a hashtag;
            only of a bucket with a limit.
    """

    bucket: Bucket
    units: int = 1
    item: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is left of a bucket.

    Attributes:
        used: units taken in the running window.
        resets_at: when more becomes free.
    """

    bucket: Bucket
    used: int
    resets_at: datetime


class QuotaLedger(Protocol):
    """Counts what we use, for all processes together."""

    def take_each(
        self, calls: Sequence[tuple[Use, ...]], *, now: datetime
    ) -> tuple[RateLimited | None, ...]:
        """Count, for each of ``calls``, all that it uses, or none of it.

        The answer says, call by call, which bucket or budget does not hold that much any more and
        when it will; None where the call is counted.
        """


class Till(Protocol):
    """Pays for what a platform charges for by the unit."""

    def paying(self, use: Use, *, now: datetime) -> AbstractContextManager[Callable[[int], None]]:
        """Inside, a call is made that takes ``use`` at most, which is set aside before.

        What is yielded is told how many units the call took after all; where it is not, nobody
        knows, and the estimate stands.

        Raises:
            OverBudget: a budget does not hold it; nothing may be sent.
        """
