"""A server of the chat-completions form on the loopback."""

from pydantic import HttpUrl, SecretStr

from viral_forge_resources.llm import openai_compatible
from viral_forge_resources.platforms.completions import Price

PATH = "/v1/chat/completions"


def open_on_server(
    address: str, *, key: str | None, price: Price | None
) -> openai_compatible.OpenaiCompatibleModel:
    settings = openai_compatible.Settings(
        api_url=HttpUrl(f"{address}/v1"),
        api_key=SecretStr(key) if key else None,
        models=("qwen3:8b",),
        prices={"qwen3:8b": price} if price else {},
        timeout_seconds=5,
    )
    (model,) = openai_compatible.open_plugin(settings)
    return model
