"""Connects accounts in a browser: sends people to a platform, and takes what it sends back.

A cookie ties an attempt to the browser that began it: nobody connects an account of theirs in the
name of the person who sits here, and no other page begins anything.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from viral_forge_assets.domain.redirects import CONSOLE_PATH, console_redirect
from viral_forge_assets.domain.standing import Standing, standing
from viral_forge_assets.watching import wanted_channel
from viral_forge_resources.accounts.connecting import Connector, Wanted
from viral_forge_resources.contracts.errors import Misconfigured, ViralForgeError
from viral_forge_resources.contracts.publishing import Channel
from viral_forge_resources.state import channels, niches, oauth_tokens

_COOKIE = "viral_forge_browser"
_COOKIE_BYTES = 32
_MOST_FORM_BYTES = 10_000

Page = Callable[..., Response]
"""Renders a template of that name with what it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """A channel with its account; ``standing`` is None where it has none."""

    channel: Channel
    standing: Standing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPages:
    """What browsers see of accounts.

    Attributes:
        platforms: that accounts can be connected on.
        public_url: where browsers reach the console from outside; None: nowhere.
    """

    state: sa.Engine
    connector: Connector
    platforms: tuple[str, ...]
    public_url: str | None

    def listed(self, request: Request, page: Page) -> Response:
        """Every channel with its account, and what connects one."""
        browser = request.cookies.get(_COOKIE) or secrets.token_urlsafe(_COOKIE_BYTES)
        with self.state.connect() as connection:
            rows = [self._row(connection, each) for each in channels.in_use(connection)]
            known = [each.name for each in niches.all_niches(connection)]
        response = page(
            "accounts.html",
            rows=[row for row in rows if row.channel.publisher in self.platforms],
            niches=known,
            platforms=self.platforms,
            public_url=self.public_url,
            has_key=bool(self.connector.vault.key_ids),
            connected=_connected(rows, request.query_params.get("connected", "")),
            proof=_proof(browser),
        )
        response.set_cookie(
            _COOKIE,
            browser,
            httponly=True,
            samesite="lax",
            secure=(self.public_url or "").startswith("https:"),
        )
        return response

    async def begin(self, request: Request, page: Page) -> Response:
        """Where the person goes next."""
        form = await _form(request)
        browser = request.cookies.get(_COOKIE, "")
        proof = form.get("proof", "")
        if not browser or not hmac.compare_digest(proof.encode(), _proof(browser).encode()):
            raise HTTPException(403, "This was not asked for by a page of ours. Open /accounts.")
        with _told():
            address = await run_in_threadpool(self._begin, form, browser)
        host = urlsplit(address).hostname
        return page("leaving.html", address=address, host=host, platform=form["platform"])

    def finish(self, request: Request) -> Response:
        """What came of it."""
        browser = request.cookies.get(_COOKIE, "")
        returned = f"{(self.public_url or '').rstrip('/')}{CONSOLE_PATH}?{request.url.query}"
        with _told():
            done = self.connector.finish(returned, now=datetime.now(UTC), browser=browser)
        # On to an address without the code.
        return RedirectResponse(f"/accounts?{urlencode({'connected': done.channel_id})}", 303)

    def _begin(self, form: Mapping[str, str], browser: str) -> str:
        platform = form.get("platform", "")
        manners = self.connector.open_login(platform).manners
        redirect_uri = console_redirect(manners, public_url=self.public_url)
        if redirect_uri is None:
            raise Misconfigured(
                f"{platform} cannot send people back here: set VIRAL_FORGE_PUBLIC_URL to where"
                f" browsers reach this page from outside, and register it with {CONSOLE_PATH} at"
                f" its end. Or type `viral-forge connect {platform}`."
            )
        with self.state.connect() as connection:
            channel = wanted_channel(
                connection, form.get("niche") or None, publisher=platform, name=form["channel"]
            )
        wanted = Wanted(
            channel=channel,
            account=form.get("account") or None,
            is_replacing=form.get("replace") == "yes",
        )
        begun = self.connector.begin(
            wanted, redirect_uri=redirect_uri, now=datetime.now(UTC), browser=browser
        )
        return begun.address

    def _row(self, connection: sa.Connection, channel: Channel) -> AccountRow:
        account = oauth_tokens.get(connection, channel.channel_id)
        if account is None:
            return AccountRow(channel=channel, standing=None)
        manners = self.connector.open_login(account.platform).manners
        key_ids = self.connector.vault.key_ids
        found = standing(account, manners, key_ids=key_ids, now=datetime.now(UTC))
        return AccountRow(channel=channel, standing=found)


@contextmanager
def _told() -> Generator[None]:
    """Errors that we raise on purpose become pages that say them."""
    try:
        yield
    except ViralForgeError as error:
        raise HTTPException(400, str(error)) from None


def _connected(rows: list[AccountRow], channel_id: str) -> str:
    """The channel's id if it is true that it is connected: anybody may write an address."""
    return next(
        (channel_id for row in rows if row.standing and row.channel.channel_id == channel_id), ""
    )


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_FORM_BYTES:
            raise HTTPException(413, "That is more than a form of ours holds.")
    return {"channel": "", "platform": ""} | dict(parse_qsl(body.decode("utf-8", "replace")))


def _proof(browser: str) -> str:
    """What a form of ours holds, and no other page knows."""
    return hashlib.sha256(b"viral_forge form " + browser.encode()).hexdigest()
