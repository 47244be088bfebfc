"""Google's SDK against a loopback server."""

from base64 import urlsafe_b64decode

from pydantic import HttpUrl, SecretStr

from tests.platforms.gemini import GeminiServer, gemini_server
from viral_forge_resources.platforms.completions import Price
from viral_forge_resources.vision import gemini

open_server = gemini_server


def open_on_server(
    address: str, *, key: str | None, price: Price | None, timeout_s: float = 5
) -> gemini.GeminiModel:
    settings = gemini.Settings(
        api_url=HttpUrl(address),
        api_key=SecretStr(key) if key else None,
        models=("gemini-3.8-flash",),
        prices={"gemini-3.8-flash": price} if price else {},
        timeout_seconds=timeout_s,
    )
    (model,) = gemini.open_plugin(settings)
    return model


def instructions(server: GeminiServer, number: int = 0) -> str:
    """What stands in the place of our own words."""
    return "".join(part["text"] for part in server.asked[number]["systemInstruction"]["parts"])


def pictures(server: GeminiServer, number: int = 0) -> list[bytes]:
    """Each picture that was sent; Google reads either alphabet of base64."""
    parts = server.asked[number]["contents"][0]["parts"]
    sent = [part["inlineData"]["data"] for part in parts if "inlineData" in part]
    return [urlsafe_b64decode(each.replace("+", "-").replace("/", "_")) for each in sent]


def schema(server: GeminiServer, number: int = 0) -> object:
    return server.asked[number]["generationConfig"]["responseJsonSchema"]
