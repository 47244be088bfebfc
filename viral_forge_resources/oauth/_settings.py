"""What the apps of all platforms have in common: their credentials."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

Pkce = Literal["S256", "hex", "none"]


class AppSettings(BaseSettings):
    """An app of ours at a platform."""

    client_id: str | None = Field(default=None, description="Id of our app at the platform.")
    client_secret: SecretStr | None = Field(default=None, description="Secret of that app.")
    redirect_url: str | None = Field(
        default=None,
        pattern=r"^https?://\S+$",
        description="Redirect URL as it is registered for the app, to the letter; empty: the"
        " console's (VIRAL_FORGE_PUBLIC_URL), or one on this machine where a terminal asks.",
    )
