"""Instagram: professional accounts, by Facebook's login (takes files) or by its own (takes URLs).

Source: https://developers.facebook.com/docs/instagram-platform/overview
"""

from typing import Literal

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.oauth import Manners
from viral_forge_resources.oauth._app_login import AppLogin
from viral_forge_resources.oauth._meta_pages import PagesApp
from viral_forge_resources.oauth._meta_users import UsersApp, users_manners
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.settings import settings_config

_NEEDS_BY_FACEBOOK = {
    "instagram_basic": "knowing which account it is",
    "instagram_content_publish": "posting",
    "instagram_manage_insights": "reading results",
    "pages_show_list": "finding the Page that the account is linked with",
    "pages_read_engagement": "finding the Page that the account is linked with",
}
_NEEDS_BY_INSTAGRAM = {
    "instagram_business_basic": "knowing which account it is",
    "instagram_business_content_publish": "posting",
    "instagram_business_manage_insights": "reading results",
}
_BY_HAND = "https://www.instagram.com/accounts/manage_access/"


class Settings(AppSettings):
    """An app of Meta with the product Instagram."""

    model_config = settings_config("OAUTH_INSTAGRAM")

    login: Literal["facebook", "instagram"] = Field(
        default="facebook",
        description="facebook takes uploads and wants a linked Page; instagram takes addresses of"
        " videos alone.",
    )
    facebook_authorise_url: HttpUrl = Field(
        default=HttpUrl("https://www.facebook.com/v26.0/dialog/oauth"),
        description="Where people consent by Facebook's login.",
    )
    facebook_graph_url: HttpUrl = Field(
        default=HttpUrl("https://graph.facebook.com/v26.0"),
        description="The Graph API with its version: gives tokens, ends access.",
    )
    authorise_url: HttpUrl = Field(
        default=HttpUrl("https://www.instagram.com/oauth/authorize"),
        description="Where people consent by Instagram's own login.",
    )
    token_url: HttpUrl = Field(
        default=HttpUrl("https://api.instagram.com/oauth/access_token"),
        description="Gives tokens of an hour.",
    )
    graph_url: HttpUrl = Field(
        default=HttpUrl("https://graph.instagram.com"), description="Gives tokens of sixty days."
    )
    user_url: HttpUrl = Field(
        default=HttpUrl("https://graph.instagram.com/v26.0/me"),
        description="Says which account it is.",
    )


def open_plugin(settings: Settings) -> AppLogin:
    """Instagram's login with the app of these settings."""
    return _by_facebook(settings) if settings.login == "facebook" else _by_itself(settings)


def _by_facebook(settings: Settings) -> AppLogin:
    """To a professional account that is linked with a Page."""

    def app(client_id: str, client_secret: str) -> PagesApp:
        return PagesApp(
            platform="instagram",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(settings.facebook_authorise_url),
            graph_url=str(settings.facebook_graph_url).rstrip("/"),
            scopes=tuple(_NEEDS_BY_FACEBOOK),
        )

    manners = Manners(scopes=_NEEDS_BY_FACEBOOK, redirect_url=settings.redirect_url)
    return AppLogin(manners=manners, settings=settings, open_app=app)


def _by_itself(settings: Settings) -> AppLogin:
    def app(client_id: str, client_secret: str) -> UsersApp:
        return UsersApp(
            platform="instagram",
            prefix="ig",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(settings.authorise_url),
            token_url=str(settings.token_url),
            graph_url=str(settings.graph_url).rstrip("/"),
            user_url=str(settings.user_url),
            user_id="user_id",
            scopes=tuple(_NEEDS_BY_INSTAGRAM),
            by_hand=_BY_HAND,
        )

    manners = users_manners(_NEEDS_BY_INSTAGRAM, settings, by_hand=_BY_HAND)
    return AppLogin(manners=manners, settings=settings, open_app=app)
