"""Groq, through its official SDK, with answers held to a strict JSON schema.

Only the gpt-oss models take strict schemas; which models there are changes often, so they are a
setting. Source: console.groq.com/docs/structured-outputs and /docs/rate-limits.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NoCredentials,
    Permanent,
    RateLimited,
    UnexpectedAnswer,
    Unreachable,
    ViralForgeError,
    printable,
)
from viral_forge_resources.contracts.llm import Answer, Estimate, Question
from viral_forge_resources.http import refusal
from viral_forge_resources.platforms.completions import (
    Message,
    Models,
    Price,
    Said,
    ask_twice,
    most_of,
    response_format,
    said_in,
    waits_for,
)
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.settings import settings_config

if TYPE_CHECKING:
    import groq

PROVIDER = "groq"
_STRICT = frozenset({"openai/gpt-oss-120b", "openai/gpt-oss-20b"})
_REMEDIES: dict[int, str] = {
    401: "Check VIRAL_FORGE_LLM_GROQ_API_KEY.",
    403: "The key may not use this model.",
    404: "Take a model that Groq lists now: VIRAL_FORGE_LLM_GROQ_MODELS.",
    413: "The question is too long for this model.",
}


class Settings(BaseSettings):
    """Which account and which models, in the order in which they are asked."""

    model_config = settings_config("LLM_GROQ")

    api_key: SecretStr | None = Field(default=None, description="Key from console.groq.com/keys.")
    api_url: HttpUrl = Field(
        default=HttpUrl("https://api.groq.com"),
        description="Where the API answers; the SDK adds /openai/v1.",
    )
    models: Models = Field(
        default=("openai/gpt-oss-120b", "openai/gpt-oss-20b"),
        min_length=1,
        description="Models, comma-separated; the next is asked where one does not answer.",
    )
    prices: dict[str, Price] = Field(
        default_factory=dict,
        description='US dollars per million tokens, such as {"MODEL": {"prompt": 0.15, '
        '"completion": 0.6}}; a model without a price has no known cost.',
    )
    timeout_seconds: float = Field(default=60, gt=0, description="Longest wait for an answer.")


def open_plugin(settings: Settings) -> "tuple[GroqModel, ...]":
    """Every model that ``settings`` name, in their order."""
    return tuple(GroqModel(model, settings) for model in settings.models)


class GroqModel:
    """``contracts.llm.LanguageModel`` for one of Groq's models."""

    provider = PROVIDER

    def __init__(self, model: str, settings: Settings) -> None:
        self.model = model
        self._settings = settings
        self._price = settings.prices.get(model)
        self._free_at: datetime | None = None

    def estimate(self, question: Question) -> Estimate:
        """See ``contracts.llm.LanguageModel``."""
        return most_of(question, self._price)

    def ask(self, question: Question, *, before_call: Callable[[], None]) -> Answer:
        """See ``contracts.llm.LanguageModel``.

        An allowance that the last answer's headers called used up is not asked for again before
        it is free.
        """
        client = self._client()

        def complete(messages: Sequence[Message]) -> Said:
            self._refuse_while_spent()
            before_call()
            return self._complete(client, question, messages)

        with client:
            return ask_twice(
                question, complete, provider=PROVIDER, model=self.model, price=self._price
            )

    def _client(self) -> "groq.Groq":
        import groq

        if self._settings.api_key is None:
            raise NoCredentials("Groq needs a key: set VIRAL_FORGE_LLM_GROQ_API_KEY.")
        return groq.Groq(
            api_key=self._settings.api_key.get_secret_value(),
            base_url=str(self._settings.api_url).rstrip("/"),
            timeout=self._settings.timeout_seconds,
            max_retries=0,  # the next model is asked instead
        )

    def _complete(
        self, client: "groq.Groq", question: Question, messages: Sequence[Message]
    ) -> Said:
        import groq

        is_strict = self.model in _STRICT
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": list(messages),
            "max_completion_tokens": question.max_tokens,
            "response_format": response_format(question, "strict" if is_strict else "schema"),
            "temperature": 0,
        }
        if is_strict:
            asked["reasoning_effort"] = "low"
        try:
            raw = client.chat.completions.with_raw_response.create(**asked)
            completion: object = raw.parse()
        except groq.APIStatusError as error:
            raise self._refusal(error) from error
        except groq.APIConnectionError as error:
            raise Unreachable(f"Groq: no answer ({type(error).__name__}).") from error
        except (groq.APIError, ValueError) as error:  # ValueError: a body that is no JSON
            raise UnexpectedAnswer(f"Groq: {type(error).__name__}.") from error
        self._note_wait(waits_for(raw.headers))
        if not isinstance(completion, BaseModel):
            raise UnexpectedAnswer("Groq: the answer is no completion.")
        return said_in(completion.model_dump(), name="Groq")

    def _refuse_while_spent(self) -> None:
        now = datetime.now(UTC)
        if self._free_at is not None and now < self._free_at:
            raise RateLimited(
                f"Groq: the allowance of {self.model} is used up for now.",
                retry_after=self._free_at - now,
            )

    def _note_wait(self, wait: timedelta | None) -> None:
        self._free_at = None if wait is None else datetime.now(UTC) + wait

    def _refusal(self, error: "groq.APIStatusError") -> ViralForgeError:
        status = error.status_code
        code = inside(error.body, "error", "code") or inside(error.body, "error", "type")
        what = f"Groq: {self.model} was refused with {status}"
        if isinstance(code, str):
            what += f" ({printable(code)})"
        if status == 429:  # noqa: PLR2004  Too Many Requests
            asked_to_wait = refusal("Groq", status, error.response.headers)
            wait = asked_to_wait.retry_after if isinstance(asked_to_wait, RateLimited) else None
            self._note_wait(wait)
            return RateLimited(f"{what}.", retry_after=wait)
        if status >= 500:  # noqa: PLR2004  the provider's own failure
            return Unreachable(f"{what}.")
        if code == "json_validate_failed":
            return UnexpectedAnswer(f"{what}: it found no answer that follows the schema.")
        kind = Misconfigured if status in (401, 403) else Permanent
        return kind(f"{what}. {_REMEDIES.get(status, 'It would refuse the same again.')}")
