"""Rows that a reader of results makes: a number, or why there is none."""

from dataclasses import dataclass
from datetime import datetime

from viral_forge_resources.contracts.metrics import METRICS, definition_of
from viral_forge_resources.contracts.publishing import PostMetric

LEFT_OUT = "the platform's answer leaves it out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Makes the rows of one answer.

    Attributes:
        platform: whose definitions they have.
        source: API that was asked.
        as_of: the moment that its numbers speak of.
    """

    platform: str
    source: str
    as_of: datetime

    def row(
        self,
        publication_id: str,
        metric: str,
        value: float | None,
        *,
        reason: str | None = None,
        unit: str | None = None,
    ) -> PostMetric:
        """A row; without a value it says ``reason``."""
        known = METRICS[metric.partition("@")[0]]
        return PostMetric(
            publication_id=publication_id,
            metric=metric,
            value=value,
            unit=unit or str(known.unit or ""),
            as_of=self.as_of,
            definition=definition_of(self.platform, metric),
            source=self.source,
            reason=None if value is not None else reason or LEFT_OUT,
        )


def number_in(value: object) -> float | None:
    """A finite number that an API wrote as such or as text; None for all else, true included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < float("inf") else None
