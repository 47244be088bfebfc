"""Lets language models have a word in which moments of a source become clips."""

from collections.abc import Sequence
from dataclasses import dataclass

from viral_forge_assets.asking import Asker
from viral_forge_assets.domain.moment_opinions import Opinion, opinion_question, opinions_of
from viral_forge_assets.domain.moments import Opinions, hopeful_moments
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.llm import Answer, LanguageModel
from viral_forge_resources.contracts.media import SceneMap, Transcript
from viral_forge_resources.contracts.works import SourceFile

_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelJudge:
    """Asks each model in turn until one answers; where none does, our score alone decides.

    Attributes:
        models: in the order in which they are asked; none: nobody is.
    """

    asker: Asker
    models: Sequence[LanguageModel]

    def origin(self) -> str | None:
        """Who would be asked; None where nobody would."""
        return ",".join(f"{each.provider}/{each.model}" for each in self.models) or None

    def opinion(
        self, recipe: Recipe, source: SourceFile, scenes: SceneMap, transcript: Transcript
    ) -> Opinion:
        """Of the most hopeful moments; nobody is asked where there is no choice."""
        if not self.models:
            return Opinion()
        hopeful = hopeful_moments(recipe, source.probe, scenes, transcript)
        if len(hopeful) < _FEWEST:
            return Opinion()

        def read(answer: Answer) -> Opinions:
            return opinions_of(hopeful, answer)

        heard = self.asker.first(self.models, opinion_question(hopeful, transcript), read)
        return Opinion(of_moments=heard.said or {}, fallen_through=heard.fallen_through)
