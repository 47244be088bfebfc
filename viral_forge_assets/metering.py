"""Puts what machines do into the books: CPU seconds around any work, seconds of a GPU when told."""

import resource
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import sqlalchemy as sa

from viral_forge_resources.contracts.costs import CostEvent, CostKind, Unit
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.state import costs

_HERE = "this machine"


class CpuMeter:
    """CPU time of this process and its children since the meter was made.

    A run has a process of its own, so nobody else's work is counted. What a meter has read no other
    one reads again: work inside measured work counts once.
    """

    _read_s: ClassVar[float] = 0.0

    def __init__(self) -> None:
        self._started_s = _cpu_s() - CpuMeter._read_s

    def read(self) -> float:
        """Seconds, which are this meter's from now on."""
        took_s = max(_cpu_s() - CpuMeter._read_s - self._started_s, 0.0)
        CpuMeter._read_s += took_s
        return took_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """This machine, at work for one candidate."""

    prices: Prices
    candidate_key: str

    def cost(
        self,
        kind: CostKind,
        what: str,
        unit: Unit,
        quantity: float,
        *,
        at: datetime,
        clip_number: int | None = None,
    ) -> CostEvent:
        """What it did, with its price, or with the reason why that has none."""
        priced = self.prices.of(unit, quantity)
        return CostEvent(
            kind=kind,
            provider=_HERE,
            model=what,
            at=at,
            quantity=quantity,
            unit=unit,
            usd=priced.usd,
            is_estimate=False,
            niche=self.candidate_key.partition(":")[0],
            candidate_key=self.candidate_key,
            clip_number=clip_number,
            reason=priced.reason,
        )


@contextmanager
def metered(
    state: sa.Engine, prices: Prices, candidate_key: str, kind: CostKind, what: str
) -> Generator[Callable[[float], None]]:
    """Inside, CPU time is put into the candidate's books as ``what``, also if the work fails.

    What is yielded is told how many seconds a GPU was busy, as often as one was.
    """
    meter, machine = CpuMeter(), Machine(prices=prices, candidate_key=candidate_key)
    gpu_s: list[float] = []
    try:
        yield gpu_s.append
    finally:
        took = {Unit.CPU_SECONDS: meter.read()} | ({Unit.GPU_SECONDS: sum(gpu_s)} if gpu_s else {})
        with state.begin() as connection:
            for unit, seconds in took.items():
                event = machine.cost(kind, what, unit, seconds, at=datetime.now(UTC))
                costs.record(connection, event)


def _cpu_s() -> float:
    total_s = 0.0
    for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(whose)
        total_s += used.ru_utime + used.ru_stime
    return total_s
