"""What a language model is asked, and what its answer cost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question whose answer is a JSON document.

    Attributes:
        instructions: ours.
        material: what the question is about; may hold hostile text from outside.
        schema_name: letters, digits and ``_``.
        schema: JSON schema, every property required, ``additionalProperties`` false throughout.
        max_tokens: of the answer, reasoning included.
    """

    instructions: str
    material: str
    schema_name: str
    schema: Mapping[str, Any]
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model said.

    Attributes:
        document: the JSON, known to follow the question's schema.
        provider: name of the plugin that answered.
        cost_usd: None where no price is set for the model.
    """

    document: Any
    provider: str
    model: str
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The most that one question can cost, before it is asked.

    Attributes:
        cost_usd: None where no price is set for the model.
    """

    tokens: int
    cost_usd: float | None


class LanguageModel(Protocol):
    """One model of one provider."""

    provider: str
    model: str

    def estimate(self, question: Question) -> Estimate:
        """The most that ``question`` can cost."""

    def ask(self, question: Question, *, before_call: Callable[[], None]) -> Answer:
        """The model's answer.

        Args:
            question: what is asked.
            before_call: called before each request that leaves; one answer may take several. What
                it raises ends the question.

        Raises:
            NoCredentials: no key is set.
            UnexpectedAnswer: it is no JSON that follows the schema, also after asking again.
            RateLimited: asked to wait, with how long where the provider said so.
            Permanent: refused: unknown model, wrong key, request too large.
            Unreachable: no answer.
        """
