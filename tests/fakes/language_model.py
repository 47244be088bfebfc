"""A language model that says what a test gives it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from viral_forge_resources.contracts.errors import Unreachable, ViralForgeError
from viral_forge_resources.contracts.llm import Answer, Estimate, Question


@dataclass
class FakeModel:
    """Answers with what ``says`` makes of a question, or raises ``error``."""

    says: Callable[[Question], Any] | None = None
    error: ViralForgeError | None = None
    provider: str = "fake"
    model: str = "fake-1"
    cost_usd: float | None = 0.01
    prompt_tokens: int | None = 900
    asked: list[Question] = field(default_factory=list)

    def estimate(self, question: Question) -> Estimate:
        return Estimate(tokens=1_000, cost_usd=0.02 if self.cost_usd is not None else None)

    def ask(self, question: Question, *, before_call: Callable[[], None]) -> Answer:
        before_call()
        self.asked.append(question)
        if self.error is not None:
            raise self.error
        assert self.says is not None
        return Answer(
            document=self.says(question),
            provider=self.provider,
            model=self.model,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=100,
            cost_usd=self.cost_usd,
        )


def asked_for(name: str, question: Question) -> Any:
    """What the question's material holds under that name.

    Raises:
        Unreachable: it is another question, which this model has no answer to.
    """
    material = json.loads(question.material)
    if name not in material:
        raise Unreachable("no answer to such a question")
    return material[name]
