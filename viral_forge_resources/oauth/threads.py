"""Threads: a login of its own; tokens of sixty days that are refreshed by themselves.

Source: https://developers.facebook.com/docs/threads/get-started/long-lived-tokens
"""

from pydantic import Field, HttpUrl

from viral_forge_resources.oauth._app_login import AppLogin
from viral_forge_resources.oauth._meta_users import UsersApp, users_manners
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.settings import settings_config

_NEEDS = {
    "threads_basic": "knowing which account it is",
    "threads_content_publish": "posting",
    "threads_manage_insights": "reading results",
}
_BY_HAND = "https://www.threads.net/settings/account"


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


def open_plugin(settings: Settings) -> AppLogin:
    """Threads' login with the app of these settings."""

    def app(client_id: str, client_secret: str) -> UsersApp:
        return UsersApp(
            platform="threads",
            prefix="th",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(settings.authorise_url),
            token_url=str(settings.token_url),
            graph_url=str(settings.graph_url).rstrip("/"),
            user_url=str(settings.user_url),
            user_id="id",
            scopes=tuple(_NEEDS),
            by_hand=_BY_HAND,
        )

    manners = users_manners(_NEEDS, settings, by_hand=_BY_HAND)
    return AppLogin(manners=manners, settings=settings, open_app=app)
