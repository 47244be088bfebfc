"""DuckDuckGo's video search, in place of YouTube's where that has no quota or no key.

No official interface: the library ddgs asks the pages for people. The figures are Bing's reading of
each platform, taken over as they stand; there are no likes, comments or licences.
"""

from datetime import UTC, datetime, timedelta

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import (
    LicenceFields,
    Stated,
    clock_seconds,
    count,
    entries,
    inside,
    moment,
    one_line,
    video_id,
    web_address,
)
from viral_forge_resources.platforms.youtube_answers import REUSABLE, id_in, watch_url
from viral_forge_resources.settings import settings_config

_FILTER = "creativeCommon"
_AGES = (("d", 1), ("w", 7), ("m", 30), ("y", 365))
_THUMBNAILS = ("large", "medium", "small")


class Settings(BaseSettings):
    """How DuckDuckGo is asked."""

    model_config = settings_config("SCANNER_DUCKDUCKGO")

    results: int = Field(default=60, ge=1, description="Most results a query; a page has 60.")
    deadline_seconds: float = Field(
        default=60, gt=0, description="A search that takes longer is ended."
    )


def open_plugin(settings: Settings) -> "DuckduckgoScanner":
    """The scanner of DuckDuckGo."""
    return DuckduckgoScanner(settings)


class DuckduckgoScanner:
    """Lists videos of every site that DuckDuckGo knows, YouTube's under their own ids."""

    platform = "duckduckgo"
    stands_in_for = ("youtube_shorts", "youtube_long")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what DuckDuckGo finds for the queries."""
        return gathered(
            request, *(self._searched(query, request, tools) for query in request.queries)
        )

    async def _searched(self, query: str, request: ScanRequest, tools: ScanTools) -> Found:
        asked_at = datetime.now(UTC)
        licence = _FILTER if request.reusable_only else None
        answer = await tools.workers.run(
            "ddgs",
            {
                "query": query,
                "limit": min(self._settings.results, request.limit),
                "timelimit": _age(asked_at - request.since),
                "licence": licence,
                "duration": None,
            },
            deadline_s=self._settings.deadline_seconds,
        )
        seen_at = datetime.now(UTC)
        for result in entries(answer, name="DuckDuckGo's answer"):
            yield _video(result, licence=licence, seen_at=seen_at)


def _age(age: timedelta) -> str | None:
    """The least of DuckDuckGo's limits that loses nothing; None for no limit."""
    return next((letter for letter, days in _AGES if age <= timedelta(days=days)), None)


def _video(result: object, *, licence: str | None, seen_at: datetime) -> ScannedVideo | Unusable:
    address, title = web_address(inside(result, "content")), one_line(inside(result, "title"))
    if address is None or title is None:
        return Unusable(reason="has no address" if address is None else "has no title")
    youtube_id = id_in(address)
    page_url = watch_url(youtube_id) if youtube_id else address
    images = (web_address(inside(result, "images", size)) for size in _THUMBNAILS)
    return ScannedVideo(
        platform=DuckduckgoScanner.platform,
        platform_video_id=youtube_id or video_id(address) or "",
        locator=page_url,
        page_url=page_url,
        title=title,
        seen_at=seen_at,
        author=one_line(inside(result, "uploader")),
        thumbnail_url=next(filter(None, images), None),
        published_at=moment(inside(result, "published")),
        duration_s=clock_seconds(inside(result, "duration")),
        views=count(inside(result, "statistics", "viewCount")),
        **_licence(licence, is_on_youtube=youtube_id is not None),
    )


def _licence(licence: str | None, *, is_on_youtube: bool) -> LicenceFields:
    """What the filter says of its results; on YouTube there is just one such licence."""
    words = REUSABLE if licence and is_on_youtube else licence
    return Stated(words, f"found with DuckDuckGo's filter videoLicense:{licence}").fields
