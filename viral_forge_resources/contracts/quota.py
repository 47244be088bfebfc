"""What a platform lets us ask it, counted before we ask."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Window(StrEnum):
    """How long an allowance lasts. Hours, days and months start anew by the platform's clock."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # the seven days before the call, day by day
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One allowance of one account on one platform.

    Attributes:
        platform: whose allowance it is, ``youtube`` rather than one of its scanners.
        project: which of our accounts or projects there; a name, never a secret.
        name: what the platform calls it, such as ``search``.
        limit: units that one window holds.
        zone: IANA zone in which the platform's days and months start.
    """

    platform: str
    name: str
    limit: int
    window: Window
    project: str = "default"
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one call takes out of a bucket.

    Attributes:
        item: a thing that counts once a window however often it is asked for, such as a hashtag.
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

    def take(self, uses: tuple[Use, ...], *, now: datetime) -> None:
        """Count all of ``uses``, or none of them.

        Raises:
            QuotaSpent: a bucket does not hold that much any more; says when it will.
        """
