"""Meta's logins without Facebook: Instagram's and Threads'. One token, which is its own refresh.

Source: https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from viral_forge_resources.contracts.errors import NotSupported, UnexpectedAnswer
from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, Manners
from viral_forge_resources.oauth._asking import Asking, asked_now, grant_in, split_scopes
from viral_forge_resources.oauth._settings import AppSettings

_A_DAY = timedelta(days=1)
_A_MONTH = timedelta(days=30)


def users_manners(needs: dict[str, str], settings: AppSettings, *, by_hand: str) -> Manners:
    """How accounts of these logins are kept: a token is refreshed at a day's age at the soonest."""
    return Manners(
        scopes=needs,
        redirect_url=settings.redirect_url,
        idle=_A_MONTH,
        youngest=_A_DAY,
        revoke_by_hand=by_hand,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersApp:
    """An app of ours at Instagram or Threads.

    Attributes:
        prefix: of the names of its grants: ``ig`` or ``th``.
        graph_url: without a slash at its end; tokens are traded there.
        user_url: says who a token belongs to.
        user_id: what it calls that.
        by_hand: where the account's owner ends our access.
    """

    platform: Literal["instagram", "threads"]
    prefix: Literal["ig", "th"]
    client_id: str
    client_secret: str = field(repr=False)
    authorise_url: str
    token_url: str
    graph_url: str
    user_url: str
    user_id: Literal["user_id", "id"]
    scopes: Collection[str]
    by_hand: str

    def authorisation_url(self, attempt: Attempt) -> str:
        """Where a person consents."""
        asked = {
            "client_id": self.client_id,
            "redirect_uri": attempt.redirect_uri,
            "state": attempt.state,
            "response_type": "code",
            "scope": ",".join(self.scopes),
        }
        return f"{self.authorise_url}?{urlencode(asked, safe=',')}"

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """The token of sixty days, by way of one of an hour."""
        short = self._short(code, attempt)
        token = str(short["access_token"])
        trade = {
            "grant_type": f"{self.prefix}_exchange_token",
            "client_secret": self.client_secret,
            "access_token": token,
        }
        long = self._long("access_token", trade, token)
        said = short.get("permissions")
        if said is None:
            return long
        granted = split_scopes(said) if isinstance(said, str) else frozenset(map(str, said))
        return replace(long, scopes=granted)

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """The account that consented."""
        asking = Asking(self.platform, secrets=[grant.access_token])
        fields = {"fields": f"{self.user_id},username"}
        user = asking.get(self.user_url, fields, bearer=grant.access_token)
        account_id = str(user[self.user_id])
        name = f"@{user['username']}" if user.get("username") else account_id
        return ((Account(account_id=account_id, name=name, grantor_id=account_id), grant),)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """Another sixty days; the token must be a day old, and may not have ended."""
        token = grant.refresh_token or ""
        trade = {"grant_type": f"{self.prefix}_refresh_token", "access_token": token}
        return replace(self._long("refresh_access_token", trade, token), scopes=grant.scopes)

    def revoke(self, grant: Grant) -> None:
        """There is no call for that."""
        raise NotSupported(f"{self.platform} ends access by hand alone: {self.by_hand}")

    def _short(self, code: str, attempt: Attempt) -> dict[str, Any]:
        asking = Asking(self.platform, secrets=[code, self.client_secret])
        form = {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "grant_type": "authorization_code",
            "redirect_uri": attempt.redirect_uri,
            "code": code,
        }
        answer = asking.post(self.token_url, form)
        if isinstance(answer, dict) and isinstance(answer.get("data"), list):
            (answer,) = answer["data"]  # as newer versions wrap it
        if not isinstance(answer, dict) or not answer.get("access_token"):
            raise UnexpectedAnswer(
                f"{self.platform} answered without a token. It may have changed."
            )
        return answer

    def _long(self, path: str, trade: dict[str, str], token: str) -> Grant:
        asking = Asking(self.platform, secrets=[token, self.client_secret])
        asked_at = asked_now()
        grant = grant_in(
            asking.get(f"{self.graph_url}/{path}", trade),
            platform=self.platform,
            asked_at=asked_at,
            scopes=self.scopes,
        )
        return replace(grant, refresh_token=grant.access_token, refresh_expires_at=grant.expires_at)
