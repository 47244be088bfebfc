"""Rows of numbers that a platform tells of its posts, each as that platform defines it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from viral_forge_resources.contracts.metrics import METRICS, Definition
from viral_forge_resources.contracts.publishing import PostMetric

Read = tuple[float | None, str | None]
"""A number, or why there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number that a platform tells.

    Attributes:
        name: as the platform calls it; a path of names where it stands deeper.
        metric: as we call it.
        meaning: what the platform counts.
        version: of the definition.
    """

    name: str
    metric: str
    meaning: str
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one platform tells, and what it never does.

    Attributes:
        source: where a number was read.
        untold: why the platform tells a metric never.
    """

    platform: str
    source: str
    numbers: Sequence[Number]
    untold: Sequence[tuple[str, str]] = ()

    def rows(
        self, publication_id: str, as_of: datetime, read: Callable[[Number], Read]
    ) -> Iterator[PostMetric]:
        """Yield a row of every number, with what ``read`` says of it."""
        for number in self.numbers:
            value, reason = read(number)
            yield self._row(publication_id, as_of, number, value, reason)
        for metric, reason in self.untold:
            never = Number(name="", metric=metric, meaning=METRICS[metric].meaning)
            yield self._row(publication_id, as_of, never, None, reason)

    def _row(
        self,
        publication_id: str,
        as_of: datetime,
        number: Number,
        value: float | None,
        reason: str | None,
    ) -> PostMetric:
        known = METRICS[number.metric.partition("@")[0]]
        defined = Definition(
            platform=self.platform,
            metric=number.metric,
            version=number.version,
            meaning=number.meaning,
        )
        return PostMetric(
            publication_id=publication_id,
            metric=number.metric,
            value=value,
            unit=str(known.unit),
            as_of=as_of,
            definition=str(defined),
            source=self.source,
            reason=None if value is not None else reason,
        )


def counted(value: object) -> float | None:
    """A count that is one; None for all else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    return value
