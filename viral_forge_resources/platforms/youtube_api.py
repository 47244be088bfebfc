"""Asks YouTube's Data API: the official client builds the requests, ``Web`` sends them."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    QuotaSpent,
    RateLimited,
    ViralForgeError,
)
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScanRequest
from viral_forge_resources.contracts.web import Web, WebAnswer, WebRequest
from viral_forge_resources.platforms.reading import entries, inside
from viral_forge_resources.platforms.refusals import in_its_words, said
from viral_forge_resources.settings import settings_config

MOST_IDS = 50
"""That one ``videos.list`` answers for; a page of a search has as many."""

_PARTS = "snippet,contentDetails,statistics,status"
_COUNTS = ["statistics"]
_OK = 200
_SAYS_WHY = frozenset({400, 403})
_SPENT = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_FAST = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
_KEY_REFUSED = frozenset(
    {
        "API_KEY_INVALID",
        "keyInvalid",
        "keyExpired",
        "accessNotConfigured",
        "API_KEY_SERVICE_BLOCKED",
    }
)


class YoutubeSettings(BaseSettings):
    """How YouTube is asked, by the scanners of Shorts and of long videos alike.

    Each of the two makes one search a query: 20 niches with a query each, scanned twice a day, take
    80 of the day's 100. Watched channels take none.
    """

    model_config = settings_config("YOUTUBE")

    api_key: SecretStr | None = Field(
        default=None, description="Key of the YouTube Data API v3, from Google's cloud console."
    )
    project: str = Field(
        default="default", description="Name of the key's cloud project: quota counts by project."
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://youtube.googleapis.com/"), description="The Data API."
    )
    feed_url: HttpUrl = Field(
        default=HttpUrl("https://www.youtube.com/feeds/videos.xml"),
        description="Feeds of channels and playlists.",
    )
    searches_per_day: int = Field(default=100, ge=0, description="Quota of search.list.")
    units_per_day: int = Field(default=10_000, ge=0, description="Quota of all other methods.")
    stats_per_day: int = Field(
        default=10_000, ge=0, description="Quota of videos.batchGetStats, which counts anew."
    )
    most_recounted: int = Field(
        default=200,
        ge=0,
        description="Known videos, the youngest first, that a scan of a niche counts anew; 50 of "
        "them are one call.",
    )
    most_pages: int = Field(default=1, ge=1, description="Result pages a query; each is a search.")
    order: str = Field(
        default="viewCount",
        pattern="^(date|rating|relevance|title|viewCount)$",
        description="Which videos come first: date, rating, relevance, title or viewCount.",
    )
    region: str | None = Field(
        default=None, description="Country whose viewers may see the videos, such as US."
    )
    searches_with_ytdlp: bool = Field(
        default=False,
        description="Search with yt-dlp where no key is set or its searches are spent; otherwise "
        "DuckDuckGo stands in, if it is enabled.",
    )
    ytdlp_results: int = Field(
        default=10, ge=1, description="Videos of a search with yt-dlp; each is a page to fetch."
    )
    ytdlp_deadline_seconds: float = Field(
        default=120, gt=0, description="A search with yt-dlp that takes longer is ended."
    )


@dataclass(slots=True)
class YoutubeApi:
    """The Data API under one key. Its requests are checked against Google's own description."""

    settings: YoutubeSettings
    key: SecretStr
    _service: Any = field(default=None, init=False)

    async def search(
        self, web: Web, query: str, request: ScanRequest, *, duration: str
    ) -> AsyncGenerator[list[str | None], None]:
        """Ids of the videos that match ``query``, page by page; None where an entry has none."""
        wanted: dict[str, object] = {
            "part": "snippet",
            "type": "video",
            "q": query,
            "order": self.settings.order,
            "publishedAfter": f"{request.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "videoDuration": duration,
            "maxResults": MOST_IDS,
        }
        if request.reusable_only:
            wanted["videoLicense"] = "creativeCommon"
        if request.languages:
            wanted["relevanceLanguage"] = request.languages[0]
        if self.settings.region:
            wanted["regionCode"] = self.settings.region
        bucket = _bucket(self.settings, "search", self.settings.searches_per_day)
        service = await self._opened()
        for _ in range(self.settings.most_pages):
            name, page = await self._send(web, service.search().list(**wanted), bucket)
            found = entries(page, "items", name=name)
            yield [inside(item, "id", "videoId") for item in found]
            wanted["pageToken"] = inside(page, "nextPageToken")
            if not found or wanted["pageToken"] is None:
                return

    async def details(self, web: Web, video_ids: Sequence[str]) -> Sequence[Any]:
        """What YouTube tells of at most ``MOST_IDS`` videos; nothing of those that are gone."""
        service = await self._opened()
        call = service.videos().list(part=_PARTS, id=",".join(video_ids))
        bucket = units_of(self.settings)
        name, page = await self._send(web, call, bucket)
        return entries(page, "items", name=name)

    async def statistics(self, web: Web, video_ids: Sequence[str]) -> Sequence[Any]:
        """The counts of at most ``MOST_IDS`` videos now; nothing of those that are gone."""
        service = await self._opened()
        call = service.videos().batchGetStats(part=_COUNTS, id=list(video_ids))
        bucket = _bucket(self.settings, "stats", self.settings.stats_per_day)
        name, page = await self._send(web, call, bucket)
        return entries(page, "items", name=name)

    async def _opened(self) -> Any:  # noqa: ANN401  the client makes its classes as it runs
        if self._service is None:
            self._service = await asyncio.to_thread(self._open)
        return self._service

    def _open(self) -> Any:  # noqa: ANN401  see _opened
        from googleapiclient.discovery import build  # half a second, once a process
        from googleapiclient.http import build_http

        return build(
            "youtube",
            "v3",
            http=build_http(),  # never used; without one it looks for credentials on this machine
            static_discovery=True,
            client_options={"api_endpoint": f"{str(self.settings.api_url).rstrip('/')}/"},
        )

    async def _send(self, web: Web, call: Any, bucket: Bucket) -> tuple[str, Any]:  # noqa: ANN401
        answer = await web.send(
            WebRequest(
                url=call.uri,
                # Not in the address, which clients log.
                # Source: https://cloud.google.com/apis/docs/system-parameters
                headers={"x-goog-api-key": self.key.get_secret_value()},
                uses=(Use(bucket=bucket),),
                accepts=_SAYS_WHY,
            )
        )
        if answer.status != _OK:
            raise _refused(answer)
        return answer.name, answer.json()


def _refused(answer: WebAnswer) -> ViralForgeError:
    """The error that Google's answer stands for."""
    error = inside(said(answer), "error")
    told = [inside(error, key) for key in ("errors", "details")]
    listed = [each for found in told if isinstance(found, list) for each in found]
    reasons = {str(inside(each, "reason")) for each in listed}
    words = inside(error, "message")
    if reasons & _SPENT:
        remedy = "The allowance starts anew at midnight in Los Angeles."
        return in_its_words(answer, words, kind=QuotaSpent, remedy=remedy)
    if reasons & _TOO_FAST:
        return in_its_words(answer, words, kind=RateLimited, remedy="It asks us to wait.")
    if reasons & _KEY_REFUSED or "API key" in str(words):
        remedy = "Check VIRAL_FORGE_YOUTUBE_API_KEY."
        return in_its_words(answer, words, kind=Misconfigured, remedy=remedy)
    return in_its_words(answer, words, remedy="The same request would be refused again.")


def units_of(settings: YoutubeSettings) -> Bucket:
    """The allowance that all methods share which have none of their own."""
    return _bucket(settings, "units", settings.units_per_day)


def _bucket(settings: YoutubeSettings, name: str, limit: int) -> Bucket:
    return Bucket(
        platform="youtube",
        project=settings.project,
        name=name,
        limit=limit,
        window=Window.DAY,
        zone="America/Los_Angeles",
    )
