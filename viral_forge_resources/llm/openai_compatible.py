"""Any server that speaks the chat-completions form: OpenAI, Ollama, vLLM, llama.cpp, OpenRouter.

How a server can be held to a schema differs, so it is a setting. Ollama's own cloud takes a schema
and ignores it: what breaks the schema is sent back once, then given up.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import httpx
from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NoCredentials,
    UnexpectedAnswer,
)
from viral_forge_resources.contracts.llm import Answer, Estimate, Question
from viral_forge_resources.http import (
    contract_errors,
    open_client,
    raise_for_refusal,
    shown_address,
)
from viral_forge_resources.platforms.completions import (
    Message,
    Models,
    Price,
    Said,
    ask_twice,
    most_of,
    response_format,
    said_in,
)
from viral_forge_resources.settings import settings_config

PROVIDER = "openai_compatible"


class Settings(BaseSettings):
    """Which server and which models, in the order in which they are asked."""

    model_config = settings_config("LLM_OPENAI_COMPATIBLE")

    api_url: HttpUrl = Field(
        default=HttpUrl("http://127.0.0.1:11434/v1"),
        description="Base address up to /v1; the default is a local Ollama, OpenAI's is "
        "https://api.openai.com/v1.",
    )
    api_key: SecretStr | None = Field(
        default=None, description="Key, where the server wants one; Ollama wants none."
    )
    models: Models = Field(
        default=(), description="Models, comma-separated, as the server names them."
    )
    structured: Literal["strict", "schema", "object", "none"] = Field(
        default="schema", description="How the server is asked for JSON."
    )
    tokens_field: Literal["max_tokens", "max_completion_tokens"] = Field(
        default="max_tokens", description="What the server calls the limit of the answer."
    )
    prices: dict[str, Price] = Field(
        default_factory=dict,
        description='US dollars per million tokens, such as {"MODEL": {"prompt": 0, '
        '"completion": 0}}; a model without a price has no known cost.',
    )
    timeout_seconds: float = Field(default=120, gt=0, description="Longest silence of the server.")


def open_plugin(settings: Settings) -> "tuple[OpenaiCompatibleModel, ...]":
    """Every model that ``settings`` name, in their order.

    Raises:
        Misconfigured: they name none.
    """
    if not settings.models:
        raise Misconfigured(
            "no model is named: set VIRAL_FORGE_LLM_OPENAI_COMPATIBLE_MODELS, such as qwen3:8b."
        )
    return tuple(OpenaiCompatibleModel(model, settings) for model in settings.models)


class OpenaiCompatibleModel:
    """``contracts.llm.LanguageModel`` for one model of one server."""

    provider = PROVIDER

    def __init__(self, model: str, settings: Settings) -> None:
        self.model = model
        self._settings = settings
        self._price = settings.prices.get(model)

    def estimate(self, question: Question) -> Estimate:
        """See ``contracts.llm.LanguageModel``."""
        return most_of(question, self._price)

    def ask(self, question: Question, *, before_call: Callable[[], None]) -> Answer:
        """See ``contracts.llm.LanguageModel``."""
        # The operator chose the server: it may stand in a private network.
        with open_client(
            allow_private_addresses=True, timeout_s=self._settings.timeout_seconds
        ) as client:

            def complete(messages: Sequence[Message]) -> Said:
                before_call()
                return self._complete(client, question, messages)

            return ask_twice(
                question, complete, provider=PROVIDER, model=self.model, price=self._price
            )

    def _complete(
        self, client: httpx.Client, question: Question, messages: Sequence[Message]
    ) -> Said:
        address = f"{str(self._settings.api_url).rstrip('/')}/chat/completions"
        name = shown_address(address)
        with contract_errors(name):
            answer = client.post(
                address,
                json=self._asked(question, messages),
                headers=self._headers(),
                follow_redirects=False,  # a key goes to the server that it was given for, no other
            )
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._settings.api_key is None:
            raise NoCredentials(
                f"{name} wants a key: set VIRAL_FORGE_LLM_OPENAI_COMPATIBLE_API_KEY."
            )
        raise_for_refusal(answer)
        try:
            return said_in(answer.json(), name=name)
        except ValueError as error:
            raise UnexpectedAnswer(f"{name}: answered with something that is no JSON.") from error

    def _asked(self, question: Question, messages: Sequence[Message]) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": list(messages),
            "stream": False,
            self._settings.tokens_field: question.max_tokens,
        }
        wanted = response_format(question, self._settings.structured)
        return asked if wanted is None else asked | {"response_format": wanted}

    def _headers(self) -> dict[str, str]:
        key = self._settings.api_key
        return {} if key is None else {"authorization": f"Bearer {key.get_secret_value()}"}
