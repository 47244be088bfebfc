"""Asks models in turn until one answers, each call paid out of the day's budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Generic, Protocol, TypeVar

import sqlalchemy as sa

from viral_forge_resources.contracts.calls import calls_of
from viral_forge_resources.contracts.costs import Budget, CostEvent
from viral_forge_resources.contracts.errors import Permanent, RateLimited, ViralForgeError
from viral_forge_resources.contracts.llm import Answer, Estimate, Question
from viral_forge_resources.state import costs
from viral_forge_resources.state.quotas import SqlQuotaLedger

Asked_contra = TypeVar("Asked_contra", bound=Question, contravariant=True)
Asked = TypeVar("Asked", bound=Question)
T = TypeVar("T")

_KIND = "llm"
_NO_PRICE = "no price is set for the model"


class Model(Protocol[Asked_contra]):
    """What can be asked: a language model, or one that is shown pictures."""

    provider: str
    model: str

    def estimate(self, question: Asked_contra) -> Estimate:
        """The most that ``question`` can cost."""

    def ask(self, question: Asked_contra, *, before_call: Callable[[], None]) -> Answer:
        """The model's answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Generic[T]):
    """What came of a question.

    Attributes:
        said: None where no model gave an answer that can be used.
        fallen_through: those that were asked before in vain, and why.
    """

    said: T | None
    fallen_through: tuple[str, ...] = ()


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Asks on behalf of a niche.

    Attributes:
        budget: of all calls of one UTC day; a call that might go over it is not made.
        candidate_key: whose clips are asked about; None for what the whole niche shares.
    """

    state: sa.Engine
    budget: Budget
    niche: str
    candidate_key: str | None = None
    clock: Callable[[], datetime] = _now

    def first(
        self, models: Sequence[Model[Asked]], question: Asked, read: Callable[[Answer], T]
    ) -> Heard[T]:
        """What ``read`` makes of the first answer that it can use; models are asked in order."""
        failures: list[str] = []
        for model in models:
            try:
                return Heard(said=read(self._ask(model, question)), fallen_through=tuple(failures))
            except ViralForgeError as error:  # each provider fails in its own way: ask the next
                failures.append(f"{model.provider} {model.model}: {error}")
        return Heard(said=None, fallen_through=tuple(failures))

    def _ask(self, model: Model[Asked], question: Asked) -> Answer:
        """The answer, paid for.

        An estimate stands in the books before the call. It stays there where nobody knows whether
        the provider did the work.
        """
        estimate = model.estimate(question)
        event = CostEvent(
            kind=_KIND,
            provider=model.provider,
            model=model.model,
            at=self.clock(),
            quantity=estimate.tokens,
            unit="tokens",
            usd=estimate.cost_usd,
            is_estimate=True,
            niche=self.niche,
            candidate_key=self.candidate_key,
            reason=None if estimate.cost_usd is not None else _NO_PRICE,
        )
        with self.state.begin() as connection:
            cost_event_id = costs.reserve(connection, event, self.budget)
        try:
            answer = model.ask(question, before_call=partial(self._count, model))
        except (Permanent, RateLimited) as error:  # refused before any work was done
            with self.state.begin() as connection:
                costs.settle(connection, cost_event_id, quantity=0, usd=0.0, reason=str(error))
            raise
        self._settle(cost_event_id, answer)
        return answer

    def _count(self, model: Model[Asked]) -> None:
        """A request that leaves now; providers tell their limits in headers, not in documents."""
        call = calls_of(model.provider, name=model.model)
        SqlQuotaLedger(self.state).take((call,), now=self.clock())

    def _settle(self, cost_event_id: int, answer: Answer) -> None:
        if answer.prompt_tokens is None or answer.completion_tokens is None:
            return  # the provider does not say what it used: the estimate stands
        with self.state.begin() as connection:
            costs.settle(
                connection,
                cost_event_id,
                quantity=answer.prompt_tokens + answer.completion_tokens,
                usd=answer.cost_usd,
                reason=None if answer.cost_usd is not None else _NO_PRICE,
            )
