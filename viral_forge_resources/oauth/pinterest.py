"""Pinterest: access for thirty days, a refresh token for sixty that is given anew each time.

Source: Pinterest's API description 5.23.0, /oauth/token
"""

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.errors import NotSupported
from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, Manners
from viral_forge_resources.oauth._asking import Asking
from viral_forge_resources.oauth._authlib import StandardApp
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.platforms.credentials import needed
from viral_forge_resources.settings import settings_config

_NEEDS = {
    "user_accounts:read": "knowing which account it is, and reading results",
    "boards:read": "finding the board that pins go to",
    "boards:write": "putting pins on a board",
    "pins:read": "looking up what was posted",
    "pins:write": "posting",
}
_BY_HAND = "https://www.pinterest.com/settings/security"


class Settings(AppSettings):
    """An app of Pinterest's developer platform."""

    model_config = settings_config("OAUTH_PINTEREST")

    authorise_url: HttpUrl = Field(
        default=HttpUrl("https://www.pinterest.com/oauth/"), description="Where people consent."
    )
    token_url: HttpUrl = Field(
        default=HttpUrl("https://api.pinterest.com/v5/oauth/token"), description="Gives tokens."
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://api.pinterest.com/v5"), description="Says which account it is."
    )
    continuous_refresh: bool = Field(
        default=True, description="Ask for refresh tokens that are given anew with every use."
    )
    pkce: bool = Field(
        default=False, description="Send a PKCE challenge; Pinterest documents none."
    )


def open_plugin(settings: Settings) -> "PinterestLogin":
    """Pinterest's login with the app of these settings."""
    return PinterestLogin(settings)


class PinterestLogin:
    """Logs in to an account on Pinterest."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.manners = Manners(
            scopes=_NEEDS,
            redirect_url=settings.redirect_url,
            revoke_by_hand=_BY_HAND,
        )

    def authorisation_url(self, attempt: Attempt) -> str:
        """Where a person consents."""
        return self._app().authorisation_url(attempt)

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """Trade the code in."""
        return self._app().exchange(code, attempt)

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """The account that consented."""
        asking = Asking("pinterest", secrets=[grant.access_token])
        address = f"{str(self._settings.api_url).rstrip('/')}/user_account"
        user = asking.get(address, bearer=grant.access_token)
        user_id, name = str(user["id"]), str(user.get("username") or user["id"])
        return ((Account(account_id=user_id, name=f"@{name}", grantor_id=user_id), grant),)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """A new access token, and with a continuous refresh token a new one of these, too."""
        return self._app().refresh(grant)

    def revoke(self, grant: Grant) -> None:
        """There is no call for that."""
        raise NotSupported(f"pinterest ends access by hand alone: {_BY_HAND}")

    def _app(self) -> StandardApp:
        client_id, client_secret = needed(self._settings, "client_id", "client_secret")
        return StandardApp(
            platform="pinterest",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(self._settings.authorise_url),
            token_url=str(self._settings.token_url),
            authentication="client_secret_basic",
            scopes=",".join(_NEEDS),
            has_pkce=self._settings.pkce,
            extra={"continuous_refresh": "true"} if self._settings.continuous_refresh else {},
        )
