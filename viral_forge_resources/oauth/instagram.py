"""Instagram: professional accounts, by Facebook's login (takes files) or by its own (takes URLs).

Source: https://developers.facebook.com/docs/instagram-platform/overview
"""

from datetime import timedelta
from typing import Literal

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.errors import NotSupported
from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, Manners
from viral_forge_resources.oauth._meta_pages import PagesApp
from viral_forge_resources.oauth._meta_users import UsersApp
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.platforms.credentials import needed
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
_A_DAY = timedelta(days=1)
_A_MONTH = timedelta(days=30)


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


def open_plugin(settings: Settings) -> "FacebooksInstagramLogin | InstagramLogin":
    """Instagram's login with the app of these settings."""
    if settings.login == "facebook":
        return FacebooksInstagramLogin(settings)
    return InstagramLogin(settings)


class FacebooksInstagramLogin:
    """Logs in to a professional account that is linked with a Page, by Facebook."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.manners = Manners(scopes=_NEEDS_BY_FACEBOOK, redirect_url=settings.redirect_url)

    def authorisation_url(self, attempt: Attempt) -> str:
        """Where a person consents."""
        return self._app().authorisation_url(attempt)

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """Trade the code in."""
        return self._app().exchange(code, attempt)

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """Every Instagram account that is linked with a Page that the person gave."""
        return self._app().accounts(grant)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """The account's token anew."""
        return self._app().refresh(account_id, grant)

    def revoke(self, grant: Grant) -> None:
        """Takes all accounts of that person back from us."""
        self._app().revoke(grant)

    def _app(self) -> PagesApp:
        client_id, client_secret = needed(self._settings, "client_id", "client_secret")
        return PagesApp(
            platform="instagram",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(self._settings.facebook_authorise_url),
            graph_url=str(self._settings.facebook_graph_url).rstrip("/"),
            scopes=tuple(_NEEDS_BY_FACEBOOK),
        )


class InstagramLogin:
    """Logs in to a professional account by itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.manners = Manners(
            scopes=_NEEDS_BY_INSTAGRAM,
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
        raise NotSupported(f"instagram ends access by hand alone: {_BY_HAND}")

    def _app(self) -> UsersApp:
        client_id, client_secret = needed(self._settings, "client_id", "client_secret")
        return UsersApp(
            platform="instagram",
            prefix="ig",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(self._settings.authorise_url),
            token_url=str(self._settings.token_url),
            graph_url=str(self._settings.graph_url).rstrip("/"),
            user_url=str(self._settings.user_url),
            user_id="user_id",
            scopes=tuple(_NEEDS_BY_INSTAGRAM),
        )
