"""Lets language models have a word in the order of finalists, within the day's budget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa

from viral_forge_assets.asking import Asker
from viral_forge_assets.domain.finalists import Finalist
from viral_forge_assets.domain.ranking import (
    MOST_AT_ONCE,
    rank_question,
    ranked_without_model,
    rankings_of,
)
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.records import Ranking
from viral_forge_resources.contracts.scanning import Niche


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
        asker = Asker(state=self.state, budget=self.budget, niche=self.niche.name, clock=self.clock)
        question = rank_question(finalists, self.niche)
        heard = asker.first(self.models, question, partial(rankings_of, finalists))
        if heard.said is None:
            return ranked_without_model(finalists, fallen_through=heard.fallen_through)
        return {
            key: replace(ranking, fallen_through=heard.fallen_through)
            for key, ranking in heard.said.items()
        }
