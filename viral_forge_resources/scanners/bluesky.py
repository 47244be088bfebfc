"""Bluesky: the search of posts, with an account of ours and an app password.

Strangers are refused, and the maintainers ask not to collect in bulk: few pages are asked for, and
logins are counted. Views, durations and licences are not told.
"""

from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NoCredentials,
    RateLimited,
    UnexpectedAnswer,
    ViralForgeError,
)
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScanRequest, ScanTools
from viral_forge_resources.contracts.web import Pace, WebAnswer, WebRequest
from viral_forge_resources.platforms.bluesky_posts import from_post
from viral_forge_resources.platforms.credentials import needed, variable
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import entries, inside, one_line
from viral_forge_resources.platforms.refusals import in_its_words, said, wait_until
from viral_forge_resources.settings import settings_config

_PAGE = 100
_GENTLY = Pace(at_once=1)
_OK = 200
_SAYS_WHY = frozenset({400, 401, 403, 429})
_EXPIRED = "ExpiredToken"
_REFUSALS: dict[str, type[ViralForgeError]] = {
    "AccountTakedown": Misconfigured,
    "AuthFactorTokenRequired": Misconfigured,
    "AuthMissing": NoCredentials,
    "AuthenticationRequired": Misconfigured,
    "InvalidToken": Misconfigured,
    "RateLimitExceeded": RateLimited,
}


class Settings(BaseSettings):
    """Whose account asks, and how."""

    model_config = settings_config("SCANNER_BLUESKY")

    handle: str | None = Field(
        default=None, description="Handle of the account that asks, such as cats.bsky.social."
    )
    app_password: SecretStr | None = Field(
        default=None, description="App password of that account, from its settings on Bluesky."
    )
    service_url: HttpUrl = Field(
        default=HttpUrl("https://bsky.social"), description="The account's server."
    )
    order: Literal["top", "latest"] = Field(
        default="top", description="Which posts come first: top or latest."
    )
    most_pages: int = Field(default=1, ge=1, description="Pages of 100 posts for each query.")
    logins_per_day: int = Field(default=300, ge=0, description="Logins that Bluesky allows a day.")
    takes_adult: bool = Field(
        default=False, description="Take posts that are labelled as adult or graphic."
    )


def open_plugin(settings: Settings) -> "BlueskyScanner":
    """The scanner of Bluesky."""
    return BlueskyScanner(settings)


class BlueskyScanner:
    """Searches posts with a video; a niche of several languages asks once for each.

    ``watched``: further searches in Bluesky's own words, such as ``from:cats.bsky.social``.
    """

    platform = "bluesky"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token: str | None = None  # kept for the next niche: logins are few

    async def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what the searches find.

        Raises:
            NoCredentials: no handle or no app password is set.
        """
        needed(self._settings, "handle", "app_password")
        sources = (
            self._searched(query, language, request, tools)
            for query in (*request.watched, *request.queries)
            for language in request.languages or (None,)
        )
        async with aclosing(gathered(request, *sources)) as found:
            async for item in found:
                yield item

    async def _searched(
        self, query: str, language: str | None, request: ScanRequest, tools: ScanTools
    ) -> Found:
        params: dict[str, str | int] = {
            "q": query,
            "sort": self._settings.order,
            "since": f"{request.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "limit": _PAGE,
        }
        if language is not None:
            params["lang"] = language
        for _ in range(self._settings.most_pages):
            answer = await self._asked(params, tools)
            page = answer.json()
            for post in entries(page, "posts", name=answer.name):
                item = from_post(
                    post, seen_at=datetime.now(UTC), takes_adult=self._settings.takes_adult
                )
                if item is not None:
                    yield item
            cursor = one_line(inside(page, "cursor"))
            if cursor is None:
                return
            params["cursor"] = cursor

    async def _asked(self, params: dict[str, str | int], tools: ScanTools) -> WebAnswer:
        """A page of results; a token that is over is replaced once."""
        request = WebRequest(
            url=self._method("app.bsky.feed.searchPosts"),
            params=params,
            accepts=_SAYS_WHY,
            pace=_GENTLY,
        )
        answer = await self._with_token(request, tools)
        if answer.status != _OK and inside(said(answer), "error") == _EXPIRED:
            self._token = None
            answer = await self._with_token(request, tools)
        if answer.status != _OK:
            raise self._refused(answer)
        return answer

    async def _with_token(self, request: WebRequest, tools: ScanTools) -> WebAnswer:
        token = self._token = self._token or await self._login(tools)
        headers = {"authorization": f"Bearer {token}"}
        return await tools.web.send(replace(request, headers=headers))

    async def _login(self, tools: ScanTools) -> str:
        handle, password = needed(self._settings, "handle", "app_password")
        answer = await tools.web.send(
            WebRequest(
                url=self._method("com.atproto.server.createSession"),
                method="POST",
                json={"identifier": handle, "password": password},
                uses=(Use(bucket=self._bucket(handle)),),
                accepts=_SAYS_WHY,
            )
        )
        if answer.status != _OK:
            raise self._refused(answer)
        token = inside(answer.json(), "accessJwt")
        if not isinstance(token, str) or not token:
            raise UnexpectedAnswer(f"{answer.name}: gives no token. Bluesky may have changed.")
        return token

    def _method(self, name: str) -> str:
        return f"{str(self._settings.service_url).rstrip('/')}/xrpc/{name}"

    def _bucket(self, handle: str) -> Bucket:
        limit = self._settings.logins_per_day
        return Bucket(
            platform="bluesky", project=handle, name="logins", limit=limit, window=Window.DAY
        )

    def _refused(self, answer: WebAnswer) -> ViralForgeError:
        document = said(answer)
        code, words = inside(document, "error"), inside(document, "message")
        kind = _REFUSALS.get(code) if isinstance(code, str) else None
        names = [variable(self._settings, field) for field in ("handle", "app_password")]
        is_ours = kind is not None and issubclass(kind, Misconfigured)
        return in_its_words(
            answer,
            words or code,
            kind=kind,
            remedy=f"Check {' and '.join(names)}." if is_ours else "",
            retry_after=wait_until(answer.headers.get("ratelimit-reset")),
        )
