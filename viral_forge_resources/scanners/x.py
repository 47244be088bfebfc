"""X: the API's search of the last seven days, with an app's bearer token.

Every post that is read costs money ($0.005 in November 2026), so posts are counted by the month and
few are asked for. Accounts may be watched as well; they are searched for in the same way.
"""

import re
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    QuotaSpent,
    ViralForgeError,
)
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScanRequest, ScanTools
from viral_forge_resources.contracts.web import WebAnswer, WebRequest
from viral_forge_resources.platforms.credentials import needed, variable
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.platforms.refusals import in_its_words, said, wait_until
from viral_forge_resources.platforms.x_posts import MEDIA_FIELDS, POST_FIELDS, from_page
from viral_forge_resources.settings import settings_config

_FILTERS = "has:video_link -is:retweet"
_LONGEST_QUERY = 512
_MOST_PER_PAGE = 100
_LEAST_PER_PAGE = 10
_REACH = timedelta(days=7)
_MARGIN = timedelta(minutes=1)  # the request takes its time, and X refuses an older start
_OK = 200
_SAYS_WHY = frozenset({400, 401, 402, 403, 429})
_ACCOUNT = re.compile(r"(?:@|https?://(?:www\.)?(?:x|twitter)\.com/)?(\w{1,15})/?")


class Settings(BaseSettings):
    """How X is asked, and how much may be spent on it."""

    model_config = settings_config("SCANNER_X")

    api_url: HttpUrl = Field(default=HttpUrl("https://api.x.com"), description="The API.")
    bearer_token: SecretStr | None = Field(default=None, description="Token of an app.")
    posts_per_month: int = Field(
        default=1_000, ge=0, description="Posts that may be read in a month; 1,000 cost about $5."
    )
    requests_per_15_minutes: int = Field(
        default=450, ge=0, description="Searches that X allows an app in 15 minutes."
    )
    posts_per_query: int = Field(
        default=_LEAST_PER_PAGE,
        ge=_LEAST_PER_PAGE,
        le=_MOST_PER_PAGE,
        description="Posts that a page of a search has; each one is paid.",
    )
    most_pages: int = Field(default=1, ge=1, description="Pages of a search.")
    names: Literal["post", "tweet"] = Field(
        default="post",
        description="How X calls a post's fields: post.fields, or tweet.fields as it used to.",
    )
    order: Literal["relevancy", "recency"] = Field(
        default="relevancy", description="Which posts come first: relevancy or recency."
    )
    reads_authors: bool = Field(
        default=False,
        description="Ask for the authors' names, too; X may charge $0.01 for each author.",
    )


def open_plugin(settings: Settings) -> "XScanner":
    """The scanner of posts with videos."""
    return XScanner(settings)


class XScanner:
    """Searches posts that hold a video of X's own.

    ``watched``: accounts, as ``name``, ``@name`` or the address of their page.
    """

    platform = "x"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what the watched accounts posted, then what the queries find.

        Raises:
            NoCredentials: no token is set.
            QuotaSpent: the month's posts are used up, or X's credits are.
        """
        (token,) = needed(self._settings, "bearer_token")
        sources = [self._search(query, request, tools, token) for query in request.queries]
        if request.watched:
            sources.insert(0, self._watched(request, tools, token))
        async with aclosing(gathered(request, *sources)) as found:
            async for item in found:
                yield item

    async def _watched(self, request: ScanRequest, tools: ScanTools, token: str) -> Found:
        accounts = " OR ".join(map(_from, request.watched))
        async for item in self._search(accounts, request, tools, token):
            yield item

    async def _search(
        self, asked: str, request: ScanRequest, tools: ScanTools, token: str
    ) -> Found:
        params = self._params(_query(asked, request), request)
        per_page = int(params["max_results"])
        for _ in range(self._settings.most_pages):
            answer = await tools.web.send(
                WebRequest(
                    url=f"{str(self._settings.api_url).rstrip('/')}/2/tweets/search/recent",
                    params=params,
                    headers={"authorization": f"Bearer {token}"},
                    uses=self._uses(posts=per_page),
                    accepts=_SAYS_WHY,
                )
            )
            if answer.status != _OK:
                raise self._refused(answer)
            page = answer.json()
            for item in from_page(page, name=answer.name, seen_at=datetime.now(UTC)):
                yield item
            params["next_token"] = inside(page, "meta", "next_token") or ""
            if not params["next_token"]:
                return

    def _params(self, query: str, request: ScanRequest) -> dict[str, str | int]:
        since = max(request.since, datetime.now(UTC) - _REACH + _MARGIN)
        per_page = min(self._settings.posts_per_query, request.limit)
        params: dict[str, str | int] = {
            "query": query,
            "max_results": max(per_page, _LEAST_PER_PAGE),
            "start_time": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "sort_order": self._settings.order,
            f"{self._settings.names}.fields": POST_FIELDS,
            "expansions": "attachments.media_keys",
            "media.fields": MEDIA_FIELDS,
        }
        if self._settings.reads_authors:
            params |= {
                "expansions": "attachments.media_keys,author_id",
                "user.fields": "name,username",
            }
        return params

    def _uses(self, *, posts: int) -> tuple[Use, ...]:
        paid, asked = self._settings.posts_per_month, self._settings.requests_per_15_minutes
        month = Bucket(platform="x", name="posts", limit=paid, window=Window.MONTH)
        quarter = Bucket(platform="x", name="requests", limit=asked, window=Window.QUARTER_HOUR)
        if not self._settings.reads_authors:
            return Use(bucket=month, units=posts), Use(bucket=quarter)
        authors = Bucket(platform="x", name="authors", limit=None, window=Window.DAY)
        return (
            Use(bucket=month, units=posts),
            Use(bucket=quarter),
            Use(bucket=authors, units=posts),  # as many as there are posts at most
        )

    def _refused(self, answer: WebAnswer) -> ViralForgeError:
        document = said(answer)
        words = inside(document, "detail") or inside(document, "title")
        token = variable(self._settings, "bearer_token")
        kinds: dict[int, tuple[type[ViralForgeError], str]] = {
            401: (Misconfigured, f"Check {token}."),
            402: (QuotaSpent, "Buy credits in X's developer console, or disable the scanner."),
        }
        kind, remedy = kinds.get(answer.status, (None, ""))
        wait = wait_until(answer.headers.get("x-rate-limit-reset"))
        return in_its_words(answer, words, kind=kind, remedy=remedy, retry_after=wait)


def _from(watched: str) -> str:
    account = _ACCOUNT.fullmatch(watched.strip())
    if account is None:
        raise BadInput(
            watched,
            reason="names no account on X",
            remedy="Give its name, with or without '@', or the address of its page.",
        )
    return f"from:{account[1]}"


def _query(asked: str, request: ScanRequest) -> str:
    languages = " OR ".join(f"lang:{language}" for language in request.languages)
    query = " ".join(filter(None, (f"({asked})", _FILTERS, languages and f"({languages})")))
    if len(query) > _LONGEST_QUERY:
        raise BadInput(
            asked,
            reason=f"makes a search of more than {_LONGEST_QUERY} characters, which X refuses",
            remedy="Shorten the query, or watch fewer accounts.",
        )
    return query
