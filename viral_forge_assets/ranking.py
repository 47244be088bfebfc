"""Lets language models have a word in the order of finalists, within the day's budget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa

from viral_forge_assets.domain.finalists import Finalist
from viral_forge_assets.domain.ranking import (
    MOST_AT_ONCE,
    rank_question,
    ranked_without_model,
    rankings_of,
)
from viral_forge_resources.contracts.calls import calls_of
from viral_forge_resources.contracts.costs import Budget, CostEvent
from viral_forge_resources.contracts.errors import Permanent, RateLimited, ViralForgeError
from viral_forge_resources.contracts.llm import Answer, LanguageModel, Question
from viral_forge_resources.contracts.records import Ranking
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.state import costs
from viral_forge_resources.state.quotas import SqlQuotaLedger

_KIND = "llm"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRanker:
    """Asks each model in turn until one answers; where none does, our score alone decides.

    Attributes:
        models: in the order in which they are asked.
        budget: of all calls of one UTC day; a call that might go over it is not made.
    """

    state: sa.Engine
    models: Sequence[LanguageModel]
    budget: Budget
    niche: Niche
    clock: Callable[[], datetime] = _now

    def __call__(self, finalists: Sequence[Finalist]) -> Mapping[str, Ranking]:
        """A ranking of every finalist, by candidate key."""
        rankings: dict[str, Ranking] = {}
        for start in range(0, len(finalists), MOST_AT_ONCE):
            rankings |= self._rank(finalists[start : start + MOST_AT_ONCE])
        return rankings

    def _rank(self, finalists: Sequence[Finalist]) -> dict[str, Ranking]:
        question = rank_question(finalists, self.niche)
        failures: list[str] = []
        for model in self.models:
            try:
                answer = self._ask(model, question)
                return rankings_of(finalists, answer, fallen_through=tuple(failures))
            except ViralForgeError as error:  # each provider fails in its own way: ask the next
                failures.append(f"{model.provider} {model.model}: {error}")
        return ranked_without_model(finalists, fallen_through=tuple(failures))

    def _ask(self, model: LanguageModel, question: Question) -> Answer:
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
            niche=self.niche.name,
        )
        with self.state.begin() as connection:
            cost_event_id = costs.reserve(connection, event, self.budget)
        if cost_event_id is None:
            raise RateLimited("the day's budget does not hold one more question.")
        try:
            answer = model.ask(question, before_call=partial(self._count, model))
        except (Permanent, RateLimited) as error:  # refused before any work was done
            with self.state.begin() as connection:
                costs.settle(connection, cost_event_id, quantity=0, usd=0.0, reason=str(error))
            raise
        self._settle(cost_event_id, answer)
        return answer

    def _count(self, model: LanguageModel) -> None:
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
            )
