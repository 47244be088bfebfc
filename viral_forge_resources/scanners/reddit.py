"""Reddit: the API for an approved app, or else the feeds of the watched subreddits.

An app has 100 requests a minute and learns up-votes and comments; a feed has no counts and often
asks to wait. Neither tells views or licences.
"""

import re
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Literal

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import BadInput, RateLimited, printable
from viral_forge_resources.contracts.quota import DEFAULT_PROJECT, Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScanRequest, ScanTools
from viral_forge_resources.contracts.web import Pace, WebAnswer, WebRequest
from viral_forge_resources.platforms.credentials import app_token, needed, variable
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import entries, inside
from viral_forge_resources.platforms.reddit_posts import from_feed, from_post
from viral_forge_resources.platforms.refusals import in_its_words, said, wait_for
from viral_forge_resources.settings import settings_config

_PER_PAGE = 100
_OK = 200
_SAYS_WHY = frozenset({401, 403, 429})
_NONE_LEFT = frozenset({"0", "0.0"})
_SUBREDDIT = re.compile(r"(?:https?://(?:www\.|old\.)?reddit\.com)?/?(?:r/)?([A-Za-z0-9_]{2,21})/?")
_PERIODS = (
    ("hour", timedelta(hours=1)),
    ("day", timedelta(days=1)),
    ("week", timedelta(days=7)),
    ("month", timedelta(days=31)),
    ("year", timedelta(days=366)),
)


class Settings(BaseSettings):
    """How Reddit is asked."""

    model_config = settings_config("SCANNER_REDDIT")

    client_id: str | None = Field(default=None, description="Id of an app that Reddit approved.")
    client_secret: SecretStr | None = Field(default=None, description="Secret of that app.")
    user: str | None = Field(
        default=None, description="Your Reddit name: Reddit wants to know whose app it is."
    )
    feed: SecretStr | None = Field(
        default=None,
        description="Token of your private feeds, from reddit.com/prefs/feeds; with your name, "
        "feeds are refused less often.",
    )
    token_url: HttpUrl = Field(
        default=HttpUrl("https://www.reddit.com/api/v1/access_token"),
        description="Where an app logs in.",
    )
    api_url: HttpUrl = Field(default=HttpUrl("https://oauth.reddit.com"), description="The API.")
    feed_url: HttpUrl = Field(default=HttpUrl("https://www.reddit.com"), description="The feeds.")
    order: Literal["hot", "top", "new", "relevance", "comments"] = Field(
        default="top", description="Which posts a search gives first."
    )
    most_pages: int = Field(default=2, ge=1, description="Pages of 100 posts for each question.")
    requests_a_minute: int = Field(default=100, ge=1, description="What Reddit allows an app.")
    feeds_apart_seconds: float = Field(
        default=2, ge=0, description="Pause between two feeds: Reddit is strict about them."
    )
    takes_adult: bool = Field(default=False, description="Take posts that Reddit marks as over 18.")


def open_plugin(settings: Settings) -> "RedditScanner":
    """The scanner of posts with videos."""
    return RedditScanner(settings)


class RedditScanner:
    """Lists what watched subreddits find best, and searches all of Reddit for the queries.

    ``watched``: subreddits, as ``name``, ``r/name`` or the address of their page. Without an app
    they are all that is listed, and queries are not asked.
    """

    platform = "reddit"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what stands in the watched subreddits, then what the queries find.

        Raises:
            NoCredentials: no app is set, and no subreddit is watched.
        """
        is_app = self._settings.client_id or self._settings.client_secret
        if not is_app and request.watched:
            sources = [self._fed(each, request, tools) for each in request.watched]
        else:
            sources = await self._by_api(request, tools)
        async with aclosing(gathered(request, *sources)) as found:
            async for item in found:
                yield item

    async def _by_api(self, request: ScanRequest, tools: ScanTools) -> list[Found]:
        app = needed(
            self._settings,
            "client_id",
            "client_secret",
            otherwise="Without an app only watched subreddits are listed, by their feeds.",
        )
        login = WebRequest(
            url=str(self._settings.token_url),
            method="POST",
            form={"grant_type": "client_credentials"},
            headers=self._who_we_are(),
            basic_auth=(app[0], app[1]),
        )
        names = [variable(self._settings, field) for field in ("client_id", "client_secret")]
        token = await app_token(tools.web, login, variables=names)
        asking = _Asking(
            self._settings,
            tools,
            headers={**self._who_we_are(), "authorization": f"Bearer {token}"},
            params={"t": _period(request.since), "limit": _PER_PAGE, "raw_json": 1},
        )
        return [
            *(asking.top(each) for each in request.watched),
            *(
                asking.pages("/search", {"q": query, "sort": self._settings.order, "type": "link"})
                for query in request.queries
            ),
        ]

    async def _fed(self, watched: str, request: ScanRequest, tools: ScanTools) -> Found:
        params: dict[str, str | int] = {"t": _period(request.since), "limit": _PER_PAGE}
        if self._settings.feed is not None and self._settings.user is not None:
            params |= {
                "feed": self._settings.feed.get_secret_value(),
                "user": self._settings.user,
            }
        address = str(self._settings.feed_url).rstrip("/")
        answer = await tools.web.send(
            WebRequest(
                url=f"{address}/r/{_subreddit(watched)}/top/.rss",
                params=params,
                headers=self._who_we_are(),
                pace=Pace(at_once=1, apart_s=self._settings.feeds_apart_seconds),
                is_conditional=True,
            )
        )
        for item in from_feed(answer, seen_at=datetime.now(UTC)):
            yield item

    def _who_we_are(self) -> dict[str, str]:
        """As Reddit's rules for apps want it; a name that many share is refused."""
        if self._settings.user is None:
            return {}
        ours = f"viral-forge:v{version('viral-forge')}"
        return {"user-agent": f"script:{ours} (by /u/{self._settings.user})"}


@dataclass(frozen=True, slots=True)
class _Asking:
    """What all questions of one scan to the API have in common."""

    settings: Settings
    tools: ScanTools
    headers: Mapping[str, str]
    params: Mapping[str, str | int]

    async def top(self, watched: str) -> Found:
        """The videos that a subreddit finds best."""
        async for item in self.pages(f"/r/{_subreddit(watched)}/top", {}):
            yield item

    async def pages(self, path: str, asked: Mapping[str, str]) -> Found:
        """The videos of a listing, page by page."""
        params = {**self.params, **asked}
        for _ in range(self.settings.most_pages):
            answer = await self._send(path, params)
            listing = answer.json()
            for child in entries(listing, "data", "children", name=answer.name):
                item = from_post(
                    inside(child, "data"),
                    seen_at=datetime.now(UTC),
                    takes_adult=self.settings.takes_adult,
                )
                if item is not None:
                    yield item
            params["after"] = inside(listing, "data", "after") or ""
            if not params["after"]:
                return
            _check_what_is_left(answer)

    async def _send(self, path: str, params: Mapping[str, str | int]) -> WebAnswer:
        answer = await self.tools.web.send(
            WebRequest(
                url=f"{str(self.settings.api_url).rstrip('/')}{path}",
                params=params,
                headers=self.headers,
                uses=(Use(bucket=self._bucket()),),
                pace=Pace(at_once=2, apart_s=60 / self.settings.requests_a_minute),
                accepts=_SAYS_WHY,
            )
        )
        if answer.status != _OK:
            words = inside(said(answer), "message")
            wait = wait_for(answer.headers.get("x-ratelimit-reset"))
            raise in_its_words(answer, words, retry_after=wait)
        return answer

    def _bucket(self) -> Bucket:
        return Bucket(
            platform="reddit",
            project=self.settings.client_id or DEFAULT_PROJECT,
            name="requests",
            limit=self.settings.requests_a_minute,
            window=Window.MINUTE,
        )


def _check_what_is_left(answer: WebAnswer) -> None:
    """Stop before Reddit does: who asks on after the last request is locked out for longer."""
    if answer.headers.get("x-ratelimit-remaining") in _NONE_LEFT:
        raise RateLimited(
            f"{printable(answer.name)}: allows no further request now.",
            retry_after=wait_for(answer.headers.get("x-ratelimit-reset")),
        )


def _subreddit(watched: str) -> str:
    found = _SUBREDDIT.fullmatch(watched.strip())
    if found is None:
        raise BadInput(
            watched,
            reason="names no subreddit",
            remedy="Give its name, such as r/cats, or the address of its page.",
        )
    return found[1]


def _period(since: datetime) -> str:
    """The shortest of Reddit's periods that reaches back to ``since``."""
    age = datetime.now(UTC) - since
    return next((name for name, length in _PERIODS if age <= length), "all")
