"""Facebook: Pages of the person who consents; a personal profile cannot be posted to.

Source: https://developers.facebook.com/docs/video-api/guides/reels-publishing
"""

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.oauth import Manners
from viral_forge_resources.oauth._app_login import AppLogin
from viral_forge_resources.oauth._meta_pages import PagesApp
from viral_forge_resources.oauth._settings import AppSettings
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


def open_plugin(settings: Settings) -> AppLogin:
    """Facebook's login with the app of these settings."""

    def app(client_id: str, client_secret: str) -> PagesApp:
        return PagesApp(
            platform="facebook",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(settings.authorise_url),
            graph_url=str(settings.graph_url).rstrip("/"),
            scopes=tuple(_NEEDS),
        )

    manners = Manners(scopes=_NEEDS, redirect_url=settings.redirect_url)
    return AppLogin(manners=manners, settings=settings, open_app=app)
