"""Writes down what machines and posts cost, and stops before a budget is overdrawn."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from viral_forge_assets.domain.profit import cost_of
from viral_forge_assets.metadata import Metadata
from viral_forge_assets.metering import CpuMeter, Machine
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
    candidate_key: str
    clock: Callable[[], datetime] = _now

    @contextmanager
    def rendering(self, clip_number: int, duration_s: float) -> Generator[None]:
        """Inside, the clip is rendered: an estimate is set aside before, what it took comes after.

        Raises:
            OverBudget: the day's or the clip's budget does not hold it; nothing was rendered.
        """
        reserved, meter = self._reserve_render(clip_number, duration_s), CpuMeter()
        try:
            yield
        finally:
            took_s = meter.read()
            priced = self.prices.of(Unit.CPU_SECONDS, took_s)
            with self.state.begin() as connection:
                costs.settle(
                    connection, reserved, quantity=took_s, usd=priced.usd, reason=priced.reason
                )

    def _reserve_render(self, clip_number: int, duration_s: float) -> int:
        with self.state.begin() as connection:
            known = costs.render_cpu_s_per_s(connection, self.candidate_key.partition(":")[0])
            event = self._machine.cost(
                CostKind.RENDER,
                "render",
                Unit.CPU_SECONDS,
                duration_s * (known or _CPU_S_PER_S),
                at=self.clock(),
                clip_number=clip_number,
            )
            return costs.reserve(
                connection, replace(event, is_estimate=True), self.budget.of_everything
            )

    def used_encoder(self, clip_number: int, report: RenderReport) -> None:
        """Write down how long a clip kept an encoder of the hardware busy, if one made it."""
        if report.encoder.startswith(_ON_CPU):
            return
        event = self._machine.cost(
            CostKind.RENDER,
            report.encoder,
            Unit.GPU_SECONDS,
            report.wall_s,
            at=self.clock(),
            clip_number=clip_number,
        )
        with self.state.begin() as connection:
            costs.record(connection, event)

    @property
    def _machine(self) -> Machine:
        return Machine(prices=self.prices, candidate_key=self.candidate_key)

    def told(self) -> Metadata:
        """What the candidate cost so far, as far as prices are set."""
        with self.state.connect() as connection:
            cost = cost_of(costs.lines(connection, candidate_key=self.candidate_key))
        return {
            "cost_so_far_usd": "not known" if cost.usd is None else round(cost.usd, 6),
            "costs_without_a_price": "; ".join(cost.unpriced) or "none",
        }


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
        return costs.reserve(connection, event, budget.of_everything)


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
