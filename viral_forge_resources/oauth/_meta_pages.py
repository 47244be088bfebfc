"""Meta's Facebook Login: a person's token that ends, and Page tokens that do not.

Source: https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlencode

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, GrantEnded
from viral_forge_resources.oauth._asking import Asking, asked_now, grant_in

_MOST_PAGES = "100"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesApp:
    """An app of ours at Meta that asks for people's Pages.

    Attributes:
        platform: ``facebook`` for the Pages themselves, ``instagram`` for the professional
            accounts that are linked with them.
        graph_url: with its version, without a slash at its end.
    """

    platform: Literal["facebook", "instagram"]
    client_id: str
    client_secret: str = field(repr=False)
    authorise_url: str
    graph_url: str
    scopes: Collection[str]

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
        """The person's token of sixty days, by way of one of an hour."""
        address = f"{self.graph_url}/oauth/access_token"
        app = {"client_id": self.client_id, "client_secret": self.client_secret}
        asking = Asking(self.platform, secrets=[code, self.client_secret])
        short = self._grant(
            asking.get(address, app | {"redirect_uri": attempt.redirect_uri, "code": code})
        )
        asking = Asking(self.platform, secrets=[short.access_token, self.client_secret])
        trade = {"grant_type": "fb_exchange_token", "fb_exchange_token": short.access_token}
        long = self._grant(asking.get(address, app | trade))
        return replace(long, scopes=self._granted(long.access_token))

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """Every Page that the person gave, or every Instagram account that is linked with one."""
        person = str(self._get("me", grant.access_token, fields="id")["id"])
        found = [
            (Account(account_id=account_id, name=name, grantor_id=person), self._of(token, grant))
            for account_id, name, token in self._pages(grant.access_token)
        ]
        if not found:
            raise BadInput(
                "this Facebook account",
                reason=f"gave no {_THINGS[self.platform]}",
                remedy="Connect again and tick it; who connects must administer the Page.",
            )
        return tuple(found)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """The account's token as the person's token gives it now."""
        person_token = grant.refresh_token or ""
        for found, _, token in self._pages(person_token):
            if found == account_id:
                return self._of(token, replace(grant, access_token=person_token))
        raise GrantEnded(f"{self.platform} gives this person no access to {account_id} any more")

    def revoke(self, grant: Grant) -> None:
        """Takes all that the person gave back from us."""
        token = grant.refresh_token or grant.access_token
        try:
            Asking(self.platform, secrets=[token]).delete(
                f"{self.graph_url}/me/permissions", bearer=token
            )
        except GrantEnded:
            return

    def _of(self, page_token: str, person: Grant) -> Grant:
        return Grant(
            access_token=page_token,
            issued_at=asked_now(),
            expires_at=None,
            refresh_token=person.access_token,
            refresh_expires_at=person.expires_at or person.refresh_expires_at,
            scopes=person.scopes,
        )

    def _pages(self, token: str) -> Iterator[tuple[str, str, str]]:
        """Id, name and token of each account."""
        fields = "id,name,access_token,instagram_business_account{id,username}"
        answer = self._get("me/accounts", token, fields=fields, limit=_MOST_PAGES)
        for page in answer["data"]:
            account = page
            if self.platform == "instagram":
                account = page.get("instagram_business_account")
            if account and page.get("access_token"):
                name = account.get("username") or account.get("name") or account["id"]
                yield str(account["id"]), str(name), str(page["access_token"])

    def _granted(self, token: str) -> frozenset[str]:
        answer = self._get("me/permissions", token)
        return frozenset(
            str(each["permission"]) for each in answer["data"] if each.get("status") == "granted"
        )

    def _get(self, path: str, token: str, **params: str) -> Any:  # noqa: ANN401  what Meta sent
        # The token goes in a header: addresses end up in logs.
        asking = Asking(self.platform, secrets=[token])
        return asking.get(f"{self.graph_url}/{path}", params, bearer=token)

    def _grant(self, document: Any) -> Grant:  # noqa: ANN401
        return grant_in(document, platform=self.platform, asked_at=asked_now(), scopes=self.scopes)


_THINGS = {"facebook": "Page", "instagram": "Page with a professional Instagram account"}
