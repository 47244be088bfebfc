"""Writes down what machines and posts cost, and stops before a budget is overdrawn."""

import resource
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from viral_forge_assets.metadata import Metadata
from viral_forge_resources.contracts.costs import Budget, CostEvent, CostKind, Unit
from viral_forge_resources.contracts.errors import OutcomeUnknown, ViralForgeError
from viral_forge_resources.contracts.media import RenderReport
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.publishing import (
    Post,
    Processing,
    Publication,
    Published,
)
from viral_forge_resources.state import costs

_CPU_S_PER_S = 12.0
"""CPU seconds of a second of clip: more than any recipe took here, for those never rendered yet."""

_HERE = "this machine"
_ON_CPU = "lib"  # libx264 and its like; those of hardware are named after it


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """Spends on behalf of one candidate.

    Attributes:
        budget: what may be spent; its caps for one kind of cost are for models alone.
    """

    state: sa.Engine
    prices: Prices
    budget: Budget
    niche: str
    candidate_key: str
    clock: Callable[[], datetime] = _now

    @contextmanager
    def metered(self, kind: CostKind, what: str) -> Generator[None]:
        """Inside, CPU time of this process and its children is written down, also if it fails.

        A run has a process of its own, so nobody else's work is counted.
        """
        started_s = _cpu_s()
        try:
            yield
        finally:
            took_s = _cpu_s() - started_s
            with self.state.begin() as connection:
                costs.record(connection, self._machine(kind, what, Unit.CPU_SECONDS, took_s))

    @contextmanager
    def rendering(self, clip_number: int, duration_s: float) -> Generator[None]:
        """Inside, the clip is rendered: an estimate is set aside before, what it took comes after.

        Raises:
            OverBudget: the day's or the clip's budget does not hold it; nothing was rendered.
        """
        reserved, started_s = self._reserve_render(clip_number, duration_s), _cpu_s()
        try:
            yield
        finally:
            took_s = _cpu_s() - started_s
            priced = self.prices.of(Unit.CPU_SECONDS, took_s)
            with self.state.begin() as connection:
                costs.settle(
                    connection, reserved, quantity=took_s, usd=priced.usd, reason=priced.reason
                )

    def _reserve_render(self, clip_number: int, duration_s: float) -> int:
        with self.state.begin() as connection:
            known = costs.render_cpu_s_per_s(connection, self.niche)
            event = self._machine(
                CostKind.RENDER,
                "render",
                Unit.CPU_SECONDS,
                duration_s * (known or _CPU_S_PER_S),
                clip_number=clip_number,
            )
            return costs.reserve(connection, replace(event, is_estimate=True), _caps(self.budget))

    def used_encoder(self, clip_number: int, report: RenderReport) -> None:
        """Write down how long a clip kept an encoder of the hardware busy, if one made it."""
        if report.encoder.startswith(_ON_CPU):
            return
        event = self._machine(
            CostKind.RENDER,
            report.encoder,
            Unit.GPU_SECONDS,
            report.wall_s,
            clip_number=clip_number,
        )
        with self.state.begin() as connection:
            costs.record(connection, event)

    def told(self) -> Metadata:
        """What the candidate cost so far, as far as prices are set."""
        with self.state.connect() as connection:
            events = costs.of_candidate(connection, self.candidate_key)
        known = [event.usd for event in events if event.usd is not None]
        unpriced = sorted(
            {f"{event.kind}: {event.reason}" for event in events if event.usd is None}
        )
        return {
            "cost_so_far_usd": round(sum(known), 6) if known else "not known",
            "costs_without_a_price": "; ".join(unpriced) or "none",
        }

    def _machine(
        self,
        kind: CostKind,
        what: str,
        unit: Unit,
        quantity: float,
        *,
        clip_number: int | None = None,
    ) -> CostEvent:
        priced = self.prices.of(unit, quantity)
        return CostEvent(
            kind=kind,
            provider=_HERE,
            model=what,
            at=self.clock(),
            quantity=quantity,
            unit=unit,
            usd=priced.usd,
            is_estimate=False,
            niche=self.niche,
            candidate_key=self.candidate_key,
            clip_number=clip_number,
            reason=priced.reason,
        )


def reserve_post(
    state: sa.Engine,
    publication: Publication,
    post: Post,
    *,
    prices: Prices,
    budget: Budget,
    now: datetime,
) -> int | None:
    """Set aside what the platform takes for the post; None where it takes nothing.

    Raises:
        OverBudget: a budget does not hold it; the post waits.
    """
    publisher = publication.channel_id.partition(":")[0]
    text = post.text
    shown = " ".join(filter(None, (text.title, text.description, text.attribution)))
    usd = prices.of_post(publisher, shown)
    if usd is None:
        return None
    event = CostEvent(
        kind=CostKind.POST,
        provider=publisher,
        model="post",
        at=now,
        quantity=1,
        unit=Unit.POSTS,
        usd=usd,
        is_estimate=True,
        niche=publication.candidate_key.partition(":")[0],
        candidate_key=publication.candidate_key,
        clip_number=publication.clip_number,
        channel_id=publication.channel_id,
        publication_id=publication.publication_id,
    )
    with state.begin() as connection:
        return costs.reserve(connection, event, _caps(budget))


def _caps(budget: Budget) -> Budget:
    """What holds every kind of cost, without what holds models alone."""
    return replace(budget, usd=None, quantity=None)


def settle_post(
    state: sa.Engine, cost_event_id: int | None, answer: Published | Processing | ViralForgeError
) -> None:
    """What the platform takes after all: nothing for a post that it certainly does not have."""
    if cost_event_id is None or isinstance(answer, OutcomeUnknown):
        return  # nobody knows whether it was posted: the estimate stands
    with state.begin() as connection:
        if isinstance(answer, ViralForgeError):
            costs.settle(connection, cost_event_id, quantity=0, usd=0.0, reason="was not posted")
        else:
            costs.confirm(connection, cost_event_id)


def _cpu_s() -> float:
    total_s = 0.0
    for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(whose)
        total_s += used.ru_utime + used.ru_stime
    return total_s
