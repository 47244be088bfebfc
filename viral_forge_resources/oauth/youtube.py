"""YouTube: Google's login; one consent opens one channel.

Source: https://developers.google.com/identity/protocols/oauth2
"""

from datetime import timedelta

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, GrantEnded, Manners
from viral_forge_resources.contracts.quota import Use
from viral_forge_resources.oauth._asking import Asking, asked_now, grant_in
from viral_forge_resources.oauth._google import (
    GoogleApp,
    exchanged,
    permission_address,
    refreshed,
)
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.platforms.credentials import needed
from viral_forge_resources.platforms.youtube_api import YoutubeSettings, units_of
from viral_forge_resources.settings import settings_config

_SCOPE = "https://www.googleapis.com/auth/"
_NEEDS = {
    f"{_SCOPE}youtube.upload": "uploading videos and covers",
    f"{_SCOPE}youtube.force-ssl": "captions, and looking up what was posted",
    f"{_SCOPE}yt-analytics.readonly": "reading results",
}
_TESTING_LIFE = timedelta(days=7)
_UNUSED = timedelta(days=80)  # Google ends what was unused for six months


class Settings(AppSettings):
    """A Google Cloud project's OAuth client of the type Desktop app, or Web application."""

    model_config = settings_config("OAUTH_YOUTUBE")

    authorise_url: HttpUrl = Field(
        default=HttpUrl("https://accounts.google.com/o/oauth2/v2/auth"),
        description="Where people consent.",
    )
    token_url: HttpUrl = Field(
        default=HttpUrl("https://oauth2.googleapis.com/token"), description="Gives tokens."
    )
    revoke_url: HttpUrl = Field(
        default=HttpUrl("https://oauth2.googleapis.com/revoke"), description="Ends access."
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://www.googleapis.com/youtube/v3"),
        description="Says which channel was chosen.",
    )
    may_read_revenue: bool = Field(
        default=False, description="Ask for revenue, too; channels of the Partner Program only."
    )


def open_plugin(settings: Settings) -> "YoutubeLogin":
    """Google's login with the app of these settings."""
    return YoutubeLogin(settings)


class YoutubeLogin:
    """Logs in to a YouTube channel."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        needs = dict(_NEEDS)
        if settings.may_read_revenue:
            needs[f"{_SCOPE}yt-analytics-monetary.readonly"] = "reading revenue"
        self.manners = Manners(
            scopes=needs,
            redirect_url=settings.redirect_url,
            takes_any_port=True,
            idle=_UNUSED,
            testing_life=_TESTING_LIFE,
            naming=(Use(bucket=units_of(YoutubeSettings())),),  # channels.list
        )

    def authorisation_url(self, attempt: Attempt) -> str:
        """Asks for offline access anew each time: only then does Google give a refresh token."""
        return permission_address(self._app(), self.manners.scopes, attempt)

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """Trade the code in."""
        asked_at = asked_now()
        document = exchanged(self._app(), self.manners.scopes, code, attempt)
        scopes = self.manners.scopes
        return grant_in(document, platform="youtube", asked_at=asked_at, scopes=scopes)

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """The channel that was chosen at the consent."""
        asking = Asking("youtube", secrets=[grant.access_token])
        address = f"{str(self._settings.api_url).rstrip('/')}/channels"
        answer = asking.get(address, {"part": "snippet", "mine": "true"}, bearer=grant.access_token)
        items = answer.get("items") or []
        if not items:
            raise BadInput(
                "this Google account",
                reason="has no YouTube channel",
                remedy="Make a channel at youtube.com/create_channel, or choose another account.",
            )
        channel_id = str(items[0]["id"])
        name = str(items[0].get("snippet", {}).get("title") or channel_id)
        return ((Account(account_id=channel_id, name=name, grantor_id=channel_id), grant),)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """Google gives no new refresh token with it: the old one stays good."""
        asked_at = asked_now()
        document = refreshed(self._app(), grant.refresh_token or "")
        scopes = grant.scopes
        return grant_in(document, platform="youtube", asked_at=asked_at, scopes=scopes)

    def revoke(self, grant: Grant) -> None:
        """Ends the refresh token and all that came from it."""
        token = grant.refresh_token or grant.access_token
        try:
            Asking("youtube", secrets=[token]).post(
                str(self._settings.revoke_url), {"token": token}
            )
        except GrantEnded:
            return

    def _app(self) -> GoogleApp:
        client_id, client_secret = needed(self._settings, "client_id", "client_secret")
        return GoogleApp(
            client_id=client_id,
            client_secret=client_secret,
            authorise_url=str(self._settings.authorise_url),
            token_url=str(self._settings.token_url),
        )
