"""Dailymotion: the public Data API, which needs no key; at most 1,000 results a question.

It tells no licence, so nothing of it is openly licensed.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.contracts.web import WebAnswer, WebRequest
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import (
    count,
    entries,
    inside,
    moment,
    one_line,
    seconds,
    video_id,
    web_address,
)
from viral_forge_resources.platforms.refusals import in_its_words, said
from viral_forge_resources.settings import settings_config

_PAGE = 100
_MOST_RESULTS = 1_000
_SAYS_WHY = frozenset({400, 403})
_OK = 200


class Settings(BaseSettings):
    """How Dailymotion is asked."""

    model_config = settings_config("SCANNER_DAILYMOTION")

    api_url: HttpUrl = Field(
        default=HttpUrl("https://api.dailymotion.com/"), description="The Data API."
    )
    order: str = Field(
        default="visited",
        description="Which videos come first: recent, visited, trending or relevance.",
    )
    fields: str = Field(
        default="id,title,url,thumbnail_720_url,created_time,duration,language,views_total,"
        "likes_total,comments_total,owner.id,owner.screenname",
        description="What is asked of each video; take out what Dailymotion refuses.",
    )
    most_pages: int = Field(
        default=1, ge=1, le=_MOST_RESULTS // _PAGE, description="Result pages a query."
    )


def open_plugin(settings: Settings) -> "DailymotionScanner":
    """The scanner of Dailymotion."""
    return DailymotionScanner(settings)


class DailymotionScanner:
    """Lists videos, neither live nor premium, that match the queries."""

    platform = "dailymotion"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = f"{str(settings.api_url).rstrip('/')}/videos"

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what Dailymotion finds for the queries."""
        return gathered(
            request, *(self._searched(query, request, tools) for query in request.queries)
        )

    async def _searched(self, query: str, request: ScanRequest, tools: ScanTools) -> Found:
        for page in range(1, self._settings.most_pages + 1):
            params: dict[str, str | int] = {
                "search": query,
                "fields": self._settings.fields,
                "created_after": int(request.since.timestamp()),
                "sort": self._settings.order,
                "flags": "no_live,no_premium",
                "limit": _PAGE,
                "page": page,
            }
            answer = await tools.web.send(
                WebRequest(url=self._url, params=params, accepts=_SAYS_WHY)
            )
            told = _told(answer)
            for item in entries(told, "list", name=answer.name):
                yield _video(item, seen_at=datetime.now(UTC))
            if inside(told, "has_more") is not True:
                return


def _told(answer: WebAnswer) -> Any:  # noqa: ANN401  the answer's JSON
    if answer.status == _OK:
        return answer.json()
    raise in_its_words(
        answer,
        inside(said(answer), "error", "message"),
        remedy="What it refuses can be changed with VIRAL_FORGE_SCANNER_DAILYMOTION_ORDER and "
        "VIRAL_FORGE_SCANNER_DAILYMOTION_FIELDS.",
    )


def _video(item: Mapping[str, Any], *, seen_at: datetime) -> ScannedVideo | Unusable:
    found_id, title = video_id(inside(item, "id")), one_line(inside(item, "title"))
    page_url = web_address(inside(item, "url"))
    if found_id is None or title is None or page_url is None:
        missing = "id" if found_id is None else "title" if title is None else "address"
        return Unusable(reason=f"has no {missing}")
    return ScannedVideo(
        platform=DailymotionScanner.platform,
        platform_video_id=found_id,
        locator=page_url,
        page_url=page_url,
        title=title,
        seen_at=seen_at,
        author=one_line(inside(item, "owner.screenname")),
        author_id=one_line(inside(item, "owner.id")),
        thumbnail_url=web_address(inside(item, "thumbnail_720_url")),
        published_at=moment(inside(item, "created_time")),
        duration_s=seconds(inside(item, "duration")),
        language=one_line(inside(item, "language")),
        views=count(inside(item, "views_total")),
        likes=count(inside(item, "likes_total")),
        comments=count(inside(item, "comments_total")),
    )
