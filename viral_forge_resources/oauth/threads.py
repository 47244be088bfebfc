"""Threads: a login of its own; tokens of sixty days that are refreshed by themselves.

Source: https://developers.facebook.com/docs/threads/get-started/long-lived-tokens
"""

from datetime import timedelta

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.errors import NotSupported
from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, Manners
from viral_forge_resources.oauth._meta_users import UsersApp
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.platforms.credentials import needed
from viral_forge_resources.settings import settings_config

_NEEDS = {
    "threads_basic": "knowing which account it is",
    "threads_content_publish": "posting",
    "threads_manage_insights": "reading results",
}
_BY_HAND = "https://www.threads.net/settings/account"
_A_DAY = timedelta(days=1)
_A_MONTH = timedelta(days=30)


class Settings(AppSettings):
    """An app of Meta with the product Threads."""

    model_config = settings_config("OAUTH_THREADS")

    authorise_url: HttpUrl = Field(
        default=HttpUrl("https://threads.net/oauth/authorize"), description="Where people consent."
    )
    token_url: HttpUrl = Field(
        default=HttpUrl("https://graph.threads.net/oauth/access_token"),
        description="Gives tokens of an hour.",
    )
    graph_url: HttpUrl = Field(
        default=HttpUrl("https://graph.threads.net"), description="Gives tokens of sixty days."
    )
    user_url: HttpUrl = Field(
        default=HttpUrl("https://graph.threads.net/v1.0/me"),
        description="Says which account it is.",
    )


def open_plugin(settings: Settings) -> "ThreadsLogin":
    """Threads' login with the app of these settings."""
    return ThreadsLogin(settings)


class ThreadsLogin:
    """Logs in to an account on Threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.manners = Manners(
            scopes=_NEEDS,
            redirect_url=settings.redirect_url,
            idle=_A_MONTH,
            youngest=_A_DAY,
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
        return self._app().accounts(grant)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """Another sixty days."""
        return self._app().refresh(account_id, grant)

    def revoke(self, grant: Grant) -> None:
        """There is no call for that."""
        raise NotSupported(f"threads ends access by hand alone: {_BY_HAND}")

    def _app(self) -> UsersApp:
        client_id, client_secret = needed(self._settings, "client_id", "client_secret")
        return UsersApp(
            platform="threads",
            prefix="th",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(self._settings.authorise_url),
            token_url=str(self._settings.token_url),
            graph_url=str(self._settings.graph_url).rstrip("/"),
            user_url=str(self._settings.user_url),
            user_id="id",
            scopes=tuple(_NEEDS),
        )
