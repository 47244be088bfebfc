"""Groq's SDK against a loopback server."""

from pydantic import HttpUrl, SecretStr

from viral_forge_resources.llm import groq
from viral_forge_resources.platforms.completions import Price

PATH = "/openai/v1/chat/completions"


def open_on_server(address: str, *, key: str | None, price: Price | None) -> groq.GroqModel:
    settings = groq.Settings(
        api_url=HttpUrl(address),
        api_key=SecretStr(key) if key else None,
        models=("openai/gpt-oss-120b",),
        prices={"openai/gpt-oss-120b": price} if price else {},
        timeout_seconds=5,
    )
    (model,) = groq.open_plugin(settings)
    return model
