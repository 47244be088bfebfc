"""Gemini, through Google's official SDK: still pictures of a clip are sent to Google.

Temperature and the like are deprecated there and not sent.
Source: ai.google.dev/gemini-api/docs/image-understanding and /docs/structured-output.
"""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import Field, HttpUrl, SecretStr, ValidationError
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
from viral_forge_resources.contracts.llm import Answer, Estimate
from viral_forge_resources.contracts.vision import PictureQuestion
from viral_forge_resources.platforms.completions import (
    Message,
    Models,
    Price,
    Said,
    ask_twice,
    most_of,
)
from viral_forge_resources.platforms.reading import count, inside
from viral_forge_resources.settings import settings_config

if TYPE_CHECKING:
    from google import genai
    from google.genai import errors, types

PROVIDER = "gemini"
_KEY_SETTING = "VIRAL_FORGE_VISION_GEMINI_API_KEY"
_REMEDIES: dict[int, str] = {
    401: f"Check {_KEY_SETTING}.",
    403: "The key may not use this model.",
    404: "Take a model that Google lists now: VIRAL_FORGE_VISION_GEMINI_MODELS.",
    413: "The pictures are too large for one request.",
}
_MOST_TOKENS_A_PICTURE = 1_200
"""Gemini 3 takes 1,120 for a still picture at its finest resolution."""

_DELAY = re.compile(r"(\d{1,6}(?:\.\d{1,9})?)s")
_FINISHED = {"STOP", None}


class Settings(BaseSettings):
    """Which account and which models, in the order in which they are asked."""

    model_config = settings_config("VISION_GEMINI")

    api_key: SecretStr | None = Field(default=None, description="Key from aistudio.google.com.")
    api_url: HttpUrl = Field(
        default=HttpUrl("https://generativelanguage.googleapis.com"),
        description="Where the API answers; the SDK adds /v1/models.",
    )
    models: Models = Field(
        default=("gemini-3.5-flash-lite", "gemini-3.8-flash"),
        min_length=1,
        description="Models, comma-separated; the next is asked where one does not answer.",
    )
    prices: dict[str, Price] = Field(
        default_factory=dict,
        description='US dollars per million tokens, such as {"MODEL": {"prompt": 0.1, '
        '"completion": 0.4}}; a model without a price has no known cost.',
    )
    timeout_seconds: float = Field(default=60, gt=0, description="Longest wait for an answer.")


def open_plugin(settings: Settings) -> "tuple[GeminiModel, ...]":
    """Every model that ``settings`` name, in their order."""
    return tuple(GeminiModel(model, settings) for model in settings.models)


class GeminiModel:
    """``contracts.vision.VisionModel`` for one of Google's models."""

    provider = PROVIDER

    def __init__(self, model: str, settings: Settings) -> None:
        self.model = model
        self._settings = settings
        self._price = settings.prices.get(model)

    def estimate(self, question: PictureQuestion) -> Estimate:
        """See ``contracts.vision.VisionModel``."""
        words = most_of(question, self._price)
        shown = 2 * _MOST_TOKENS_A_PICTURE * len(question.pictures)
        cost = self._price.of(shown, 0) if self._price else 0.0
        return Estimate(
            tokens=words.tokens + shown,
            cost_usd=None if words.cost_usd is None else words.cost_usd + cost,
        )

    def ask(self, question: PictureQuestion, *, before_call: Callable[[], None]) -> Answer:
        """See ``contracts.vision.VisionModel``."""
        client = self._client()

        def complete(messages: Sequence[Message]) -> Said:
            before_call()
            return self._complete(client, question, messages)

        try:
            return ask_twice(
                question, complete, provider=PROVIDER, model=self.model, price=self._price
            )
        finally:
            client.close()

    def _client(self) -> "genai.Client":
        from google import genai
        from google.genai import types

        if self._settings.api_key is None:
            raise NoCredentials(f"Gemini needs a key: set {_KEY_SETTING}.")
        return genai.Client(
            vertexai=False,
            api_key=self._settings.api_key.get_secret_value(),
            http_options=types.HttpOptions(
                base_url=str(self._settings.api_url).rstrip("/"),
                timeout=round(self._settings.timeout_seconds * 1000),  # milliseconds
                retry_options=types.HttpRetryOptions(attempts=1),  # the next model is asked instead
            ),
        )

    def _complete(
        self, client: "genai.Client", question: PictureQuestion, messages: Sequence[Message]
    ) -> Said:
        import httpx2  # what the SDK sends with; its errors come through as they are
        from google.genai import errors

        system, *turns = messages
        try:
            answer = client.models.generate_content(
                model=self.model,
                contents=_contents(turns, question.pictures),
                config={
                    "system_instruction": system["content"],
                    "response_mime_type": "application/json",
                    "response_json_schema": dict(question.schema),
                    "max_output_tokens": question.max_tokens,
                },
            )
        except errors.APIError as error:
            raise self._refusal(error) from error
        except httpx2.HTTPError as error:
            raise Unreachable(f"Gemini: no answer ({type(error).__name__}).") from error
        except (ValueError, TypeError, AttributeError, ValidationError) as error:
            # A body of another form: the SDK reads it without looking.
            raise UnexpectedAnswer(f"Gemini: {type(error).__name__}.") from error
        return _said(answer.model_dump(mode="json"))

    def _refusal(self, error: "errors.APIError") -> ViralForgeError:
        what = f"Gemini: {self.model} was refused with {error.code}"
        if isinstance(error.status, str):
            what += f" ({printable(error.status)})"
        if error.code == 429:  # noqa: PLR2004  Too Many Requests
            return RateLimited(f"{what}.", retry_after=_asked_to_wait(error.details))
        if error.code >= 500:  # noqa: PLR2004  its own failure
            return Unreachable(f"{what}.")
        kind = Misconfigured if error.code in (401, 403) else Permanent
        return kind(f"{what}. {_REMEDIES.get(error.code, 'It would refuse the same again.')}")


def _contents(turns: Sequence[Message], pictures: Sequence[bytes]) -> "list[types.Content]":
    """The conversation; the pictures stand beside its first message."""
    from google.genai import types

    contents: list[types.Content] = []
    for number, turn in enumerate(turns):
        parts = [types.Part.from_text(text=turn["content"])]
        if number == 0:
            parts += [types.Part.from_bytes(data=each, mime_type="image/jpeg") for each in pictures]
        role = "model" if turn["role"] == "assistant" else "user"
        contents.append(types.Content(role=role, parts=parts))
    return contents


def _said(answer: dict[str, Any]) -> Said:
    """The text of the first candidate.

    Raises:
        UnexpectedAnswer: there is none: blocked, cut off, or of another form.
    """
    blocked = inside(answer, "prompt_feedback", "block_reason")
    if blocked is not None:
        raise UnexpectedAnswer(f"Gemini: the pictures were blocked ({printable(str(blocked))}).")
    reason = inside(answer, "candidates", 0, "finish_reason")
    if reason not in _FINISHED:
        raise UnexpectedAnswer(f"Gemini: the answer was ended ({printable(str(reason))}).")
    parts = inside(answer, "candidates", 0, "content", "parts")
    texts = [inside(part, "text") for part in parts or () if not inside(part, "thought")]
    text = "".join(each for each in texts if isinstance(each, str))
    if not text.strip():
        raise UnexpectedAnswer("Gemini: the answer holds no text.")
    spoken = count(inside(answer, "usage_metadata", "candidates_token_count"))
    thought = count(inside(answer, "usage_metadata", "thoughts_token_count"))
    return Said(
        text=text,
        prompt_tokens=count(inside(answer, "usage_metadata", "prompt_token_count")),
        completion_tokens=None if spoken is None else spoken + (thought or 0),
    )


def _asked_to_wait(body: object) -> timedelta | None:
    """How long Google asks to wait; None where it does not say.

    Source: google.rpc.RetryInfo, https://cloud.google.com/apis/design/errors
    """
    details = inside(body, "error", "details")
    for detail in details if isinstance(details, list) else ():
        delay = inside(detail, "retryDelay")
        match = _DELAY.fullmatch(delay) if isinstance(delay, str) else None
        if match is not None:
            return timedelta(seconds=float(match[1]))
    return None
