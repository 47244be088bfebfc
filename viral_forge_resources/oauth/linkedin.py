"""LinkedIn: access for sixty days; only approved partners get a refresh token.

Source: https://learn.microsoft.com/linkedin/shared/authentication/authorization-code-flow
"""

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, Manners
from viral_forge_resources.oauth._asking import Asking
from viral_forge_resources.oauth._authlib import StandardApp
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.platforms.credentials import needed
from viral_forge_resources.settings import settings_config

_NEEDS = {
    "openid": "knowing which member it is",
    "profile": "the member's name",
    "w_member_social": "posting",
}
_READS_ANALYTICS = {"r_member_postAnalytics": "reading results"}
_READS_POSTS = {"r_member_social": "looking up what was posted"}


class Settings(AppSettings):
    """An app with the products Share on LinkedIn and Sign In with LinkedIn using OpenID Connect."""

    model_config = settings_config("OAUTH_LINKEDIN")

    authorise_url: HttpUrl = Field(
        default=HttpUrl("https://www.linkedin.com/oauth/v2/authorization"),
        description="Where people consent.",
    )
    token_url: HttpUrl = Field(
        default=HttpUrl("https://www.linkedin.com/oauth/v2/accessToken"),
        description="Gives tokens.",
    )
    revoke_url: HttpUrl = Field(
        default=HttpUrl("https://www.linkedin.com/oauth/v2/revoke"), description="Ends access."
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://api.linkedin.com/v2"), description="Says which member it is."
    )
    pkce: bool = Field(
        default=False, description="Send a PKCE challenge; LinkedIn wants none of web apps."
    )
    reads_analytics: bool = Field(
        default=False, description="LinkedIn granted the app r_member_postAnalytics: ask for it."
    )
    reads_posts: bool = Field(
        default=False, description="LinkedIn granted the app r_member_social: ask for it."
    )


def open_plugin(settings: Settings) -> "LinkedinLogin":
    """LinkedIn's login with the app of these settings."""
    return LinkedinLogin(settings)


class LinkedinLogin:
    """Logs in to a member's account on LinkedIn."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        scopes = (
            _NEEDS
            | (_READS_ANALYTICS if settings.reads_analytics else {})
            | (_READS_POSTS if settings.reads_posts else {})
        )
        self.manners = Manners(scopes=scopes, redirect_url=settings.redirect_url, refreshes=False)

    def authorisation_url(self, attempt: Attempt) -> str:
        """Where a person consents."""
        return self._app().authorisation_url(attempt)

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """Trade the code in."""
        return self._app().exchange(code, attempt)

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """The member who consented."""
        asking = Asking("linkedin", secrets=[grant.access_token])
        address = f"{str(self._settings.api_url).rstrip('/')}/userinfo"
        member = asking.get(address, bearer=grant.access_token)
        member_id = str(member["sub"])
        name = str(member.get("name") or member_id)
        return ((Account(account_id=member_id, name=name, grantor_id=member_id), grant),)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """A new access token; the end of the refresh token is fixed."""
        return self._app().refresh(grant)

    def revoke(self, grant: Grant) -> None:
        """Ends the access token."""
        self._app().revoke(str(self._settings.revoke_url), grant.access_token)

    def _app(self) -> StandardApp:
        client_id, client_secret = needed(self._settings, "client_id", "client_secret")
        return StandardApp(
            platform="linkedin",
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(self._settings.authorise_url),
            token_url=str(self._settings.token_url),
            authentication="client_secret_post",
            scopes=" ".join(self.manners.scopes),
            has_pkce=self._settings.pkce,
        )
