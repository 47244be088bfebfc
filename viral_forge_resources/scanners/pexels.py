"""Pexels: free stock videos, through its API with a free key.

200 requests an hour and 20,000 a month. It tells neither dates nor counts. Its licence asks for a
link to Pexels, and for the author's name where possible.
"""

from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import NoCredentials
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.contracts.web import WebRequest
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import (
    Stated,
    count,
    entries,
    inside,
    one_line,
    seconds,
    video_id,
    web_address,
)
from viral_forge_resources.platforms.video_files import VideoFile, best_file
from viral_forge_resources.settings import settings_config

_PER_PAGE = 80  # the most that it gives
_LICENCE = Stated("Pexels License", "https://www.pexels.com/license/")


class Settings(BaseSettings):
    """How Pexels is asked."""

    model_config = settings_config("SCANNER_PEXELS")

    api_url: HttpUrl = Field(
        default=HttpUrl("https://api.pexels.com/v1/videos"),
        description="Address of the video API; https://api.pexels.com/videos is the older one.",
    )
    api_key: SecretStr | None = Field(default=None, description="Key of a free Pexels account.")
    orientation: Literal["portrait", "landscape", "square", "any"] = Field(
        default="portrait", description="Which videos are searched for."
    )
    most_pages: int = Field(default=1, ge=1, description="Most pages of 80 videos per query.")
    hourly_requests: int = Field(default=200, ge=0, description="What the key may ask in an hour.")
    monthly_requests: int = Field(
        default=20_000, ge=0, description="What the key may ask in a month."
    )


def open_plugin(settings: Settings) -> "PexelsScanner":
    """The scanner of Pexels."""
    return PexelsScanner(settings)


class PexelsScanner:
    """Lists what Pexels finds for the niche's queries; what it watches is not looked at."""

    platform = "pexels"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        hourly, monthly = settings.hourly_requests, settings.monthly_requests
        self._uses = (
            Use(bucket=Bucket(platform="pexels", name="hour", limit=hourly, window=Window.HOUR)),
            Use(bucket=Bucket(platform="pexels", name="month", limit=monthly, window=Window.MONTH)),
        )

    async def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield the best matches of every query; the platform tells no dates.

        Raises:
            NoCredentials: no key is set.
        """
        if self._settings.api_key is None:
            raise NoCredentials("Pexels asks for a key: set VIRAL_FORGE_SCANNER_PEXELS_API_KEY.")
        key = self._settings.api_key.get_secret_value()
        sources = (self._searched(query, key, tools) for query in request.queries)
        async with aclosing(gathered(request, *sources)) as found:
            async for item in found:
                yield item

    async def _searched(self, query: str, key: str, tools: ScanTools) -> Found:
        for page in range(1, self._settings.most_pages + 1):
            answer = await tools.web.send(self._asking(query, key, page))
            document = answer.json()
            seen_at = datetime.now(UTC)
            for video in entries(document, "videos", name=answer.name):
                yield _video(video, seen_at=seen_at)
            if web_address(inside(document, "next_page")) is None:
                return

    def _asking(self, query: str, key: str, page: int) -> WebRequest:
        params: dict[str, str | int] = {"query": query, "per_page": _PER_PAGE, "page": page}
        if self._settings.orientation != "any":
            params["orientation"] = self._settings.orientation
        return WebRequest(
            url=f"{str(self._settings.api_url).rstrip('/')}/search",
            params=params,
            headers={"authorization": key},
            uses=self._uses,
        )


def _video(video: object, *, seen_at: datetime) -> ScannedVideo | Unusable:
    number = count(inside(video, "id"))
    if number is None:
        return Unusable(reason="has no id")
    file = best_file(_files(video))
    if file is None:
        return Unusable(reason="has no mp4 file")
    page_url = web_address(inside(video, "url"))
    return ScannedVideo(
        platform=PexelsScanner.platform,
        platform_video_id=str(number),
        locator=file.url,
        title=_title(page_url, number),
        seen_at=seen_at,
        author=one_line(inside(video, "user", "name")),
        author_id=video_id(inside(video, "user", "id")),
        page_url=page_url,
        thumbnail_url=web_address(inside(video, "image")),
        duration_s=seconds(inside(video, "duration")),
        **_LICENCE.fields,
    )


def _title(page_url: str | None, number: int) -> str:
    """The words of the page's address: Pexels gives its videos no other title."""
    name = urlsplit(page_url or "").path.rstrip("/").rpartition("/")[2]
    words = one_line(name.removesuffix(str(number)).replace("-", " "))
    return words.capitalize() if words else f"Pexels {number}"


def _files(video: object) -> Iterator[VideoFile]:
    files = inside(video, "video_files")
    for file in files if isinstance(files, list) else ():
        width, height = count(inside(file, "width")), count(inside(file, "height"))
        link = web_address(inside(file, "link"))
        if inside(file, "file_type") == "video/mp4" and link and width and height:
            yield VideoFile(url=link, width_px=width, height_px=height)
