"""Facebook: Pages of the person who consents; a personal profile cannot be posted to.

Source: https://developers.facebook.com/docs/video-api/guides/reels-publishing
"""

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, Manners
from viral_forge_resources.oauth._meta_pages import PagesApp
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.platforms.credentials import needed
from viral_forge_resources.settings import settings_config

_NEEDS = {
    "pages_show_list": "finding the Page",
    "pages_read_engagement": "looking up what was posted, and reading results",
    "pages_manage_posts": "posting",
}


class Settings(AppSettings):
    """An app of Meta with Facebook Login for Business."""

    model_config = settings_config("OAUTH_FACEBOOK")

    authorise_url: HttpUrl = Field(
        default=HttpUrl("https://www.facebook.com/v26.0/dialog/oauth"),
        description="Where people consent.",
    )
    graph_url: HttpUrl = Field(
        default=HttpUrl("https://graph.facebook.com/v26.0"),
        description="The Graph API with its version: gives tokens, ends access.",
    )


def open_plugin(settings: Settings) -> "FacebookLogin":
    """Facebook's login with the app of these settings."""
    return FacebookLogin(settings)


class FacebookLogin:
    """Logs in to a Page."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.manners = Manners(scopes=_NEEDS, redirect_url=settings.redirect_url)

    def authorisation_url(self, attempt: Attempt) -> str:
        """Where a person consents."""
        return self._app().authorisation_url(attempt)

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """Trade the code in."""
        return self._app().exchange(code, attempt)

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """Every Page that the person gave."""
        return self._app().accounts(grant)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """The Page's token anew."""
        return self._app().refresh(account_id, grant)

    def revoke(self, grant: Grant) -> None:
        """Takes all Pages of that person back from us."""
        self._app().revoke(grant)

    def _app(self) -> PagesApp:
        client_id, client_secret = needed(self._settings, "client_id", "client_secret")
        return PagesApp(
            platform="facebook",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(self._settings.authorise_url),
            graph_url=str(self._settings.graph_url).rstrip("/"),
            scopes=tuple(_NEEDS),
        )
