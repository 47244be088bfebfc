"""TikTok's Login Kit: its own names, scopes between commas, a hexadecimal challenge, flat errors.

Source: https://developers.tiktok.com/doc/oauth-get-a-user-access-token
"""

from datetime import timedelta
from urllib.parse import urlencode

from pydantic import Field, HttpUrl

from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, GrantEnded, Manners
from viral_forge_resources.oauth._asking import Asking, asked_now, grant_in
from viral_forge_resources.oauth._pkce import challenge, hex_challenge
from viral_forge_resources.oauth._settings import AppSettings, Pkce
from viral_forge_resources.platforms.credentials import needed
from viral_forge_resources.settings import settings_config

_NEEDS = {
    "user.info.basic": "knowing which account it is",
    "video.upload": "putting drafts into the account's inbox",
    "video.publish": "posting directly",
    "video.list": "looking up what was posted, and reading results",
}
_IDLE = timedelta(days=60)


class Settings(AppSettings):
    """An app of TikTok for Developers; its client key is the id."""

    model_config = settings_config("OAUTH_TIKTOK")

    authorise_url: HttpUrl = Field(
        default=HttpUrl("https://www.tiktok.com/v2/auth/authorize/"),
        description="Where people consent.",
    )
    token_url: HttpUrl = Field(
        default=HttpUrl("https://open.tiktokapis.com/v2/oauth/token/"), description="Gives tokens."
    )
    revoke_url: HttpUrl = Field(
        default=HttpUrl("https://open.tiktokapis.com/v2/oauth/revoke/"), description="Ends access."
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://open.tiktokapis.com/v2"), description="Says which account it is."
    )
    pkce: Pkce = Field(
        default="hex",
        description="How the PKCE challenge is spelt: hex as TikTok's desktop apps want it, S256 as"
        " the standard does, or none.",
    )


def open_plugin(settings: Settings) -> "TiktokLogin":
    """TikTok's login with the app of these settings."""
    return TiktokLogin(settings)


class TiktokLogin:
    """Logs in to an account on TikTok."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.manners = Manners(
            scopes=_NEEDS,
            redirect_url=settings.redirect_url,
            takes_any_port=True,
            rotates=True,
            idle=_IDLE,
        )

    def authorisation_url(self, attempt: Attempt) -> str:
        """Where a person consents."""
        client_key, _ = self._app()
        asked = {
            "client_key": client_key,
            "scope": ",".join(_NEEDS),
            "response_type": "code",
            "redirect_uri": attempt.redirect_uri,
            "state": attempt.state,
        }
        if self._settings.pkce != "none":
            spelt = hex_challenge if self._settings.pkce == "hex" else challenge
            asked["code_challenge"] = spelt(attempt.verifier)
            asked["code_challenge_method"] = "S256"
        return f"{self._settings.authorise_url}?{urlencode(asked, safe=',')}"

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """Trade the code in."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.redirect_uri,
        }
        if self._settings.pkce != "none":
            form["code_verifier"] = attempt.verifier
        return self._granted(form, secrets=[code, attempt.verifier])

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """The account that consented."""
        asking = Asking("tiktok", secrets=[grant.access_token])
        user = asking.get(
            f"{str(self._settings.api_url).rstrip('/')}/user/info/",
            {"fields": "open_id,display_name"},
            bearer=grant.access_token,
        )["data"]["user"]
        open_id = str(user["open_id"])
        name = str(user.get("display_name") or open_id)
        return ((Account(account_id=open_id, name=name, grantor_id=open_id), grant),)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """A new pair; the old refresh token ends with this."""
        token = grant.refresh_token or ""
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return self._granted(form, secrets=[token])

    def revoke(self, grant: Grant) -> None:
        """Ends the access token and its refresh token."""
        client_key, secret = self._app()
        asking = Asking("tiktok", secrets=[secret, grant.access_token])
        form = {"client_key": client_key, "client_secret": secret, "token": grant.access_token}
        try:
            asking.post(str(self._settings.revoke_url), form)
        except GrantEnded:
            return

    def _granted(self, form: dict[str, str], *, secrets: list[str]) -> Grant:
        client_key, secret = self._app()
        asking = Asking("tiktok", secrets=[*secrets, secret])
        asked_at = asked_now()
        answer = asking.post(
            str(self._settings.token_url),
            {"client_key": client_key, "client_secret": secret, **form},
        )
        return grant_in(
            answer,
            platform="tiktok",
            asked_at=asked_at,
            scopes=_NEEDS,
            refresh_life="refresh_expires_in",
        )

    def _app(self) -> tuple[str, str]:
        client_key, secret = needed(self._settings, "client_id", "client_secret")
        return client_key, secret
