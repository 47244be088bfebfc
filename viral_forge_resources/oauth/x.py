"""X: OAuth 2.0 with PKCE; access lasts two hours, and a refresh token for one use.

Source: X's OpenAPI document 2.167
"""

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, Manners
from viral_forge_resources.oauth._asking import Asking
from viral_forge_resources.oauth._authlib import StandardApp
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.platforms.credentials import needed
from viral_forge_resources.settings import settings_config

_NEEDS = {
    "tweet.read": "looking up what was posted",
    "tweet.write": "posting",
    "users.read": "knowing which account it is",
    "media.write": "uploading videos",
    "offline.access": "staying connected for more than two hours",
}


class Settings(AppSettings):
    """An app of X's developer portal; without a secret it is a native one."""

    model_config = settings_config("OAUTH_X")

    authorise_url: HttpUrl = Field(
        default=HttpUrl("https://api.x.com/2/oauth2/authorize"),
        description="Where people consent.",
    )
    token_url: HttpUrl = Field(
        default=HttpUrl("https://api.x.com/2/oauth2/token"), description="Gives tokens."
    )
    revoke_url: HttpUrl = Field(
        default=HttpUrl("https://api.x.com/2/oauth2/revoke"), description="Ends access."
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://api.x.com/2"), description="Says which account it is."
    )


def open_plugin(settings: Settings) -> "XLogin":
    """X's login with the app of these settings."""
    return XLogin(settings)


class XLogin:
    """Logs in to an account on X."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.manners = Manners(scopes=_NEEDS, redirect_url=settings.redirect_url, rotates=True)

    def authorisation_url(self, attempt: Attempt) -> str:
        """Where a person consents."""
        return self._app().authorisation_url(attempt)

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """Trade the code in."""
        return self._app().exchange(code, attempt)

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """The account that consented."""
        asking = Asking("x", secrets=[grant.access_token])
        address = f"{str(self._settings.api_url).rstrip('/')}/users/me"
        user = asking.get(address, bearer=grant.access_token)["data"]
        user_id, name = str(user["id"]), str(user.get("username") or user["id"])
        return ((Account(account_id=user_id, name=f"@{name}", grantor_id=user_id), grant),)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """A new pair; the old refresh token ends with this."""
        return self._app().refresh(grant)

    def revoke(self, grant: Grant) -> None:
        """Ends the refresh token."""
        token = grant.refresh_token or grant.access_token
        self._app().revoke(str(self._settings.revoke_url), token)

    def _app(self) -> StandardApp:
        (client_id,) = needed(self._settings, "client_id")
        secret = self._settings.client_secret
        return StandardApp(
            platform="x",
            client_id=client_id,
            client_secret=secret.get_secret_value() if secret else None,
            authorise_url=str(self._settings.authorise_url),
            token_url=str(self._settings.token_url),
            authentication="client_secret_basic" if secret else "none",
            scopes=" ".join(_NEEDS),
            has_pkce=True,
        )
