"""Bilibili: its search, and the creators that a niche watches, read with yt-dlp.

Bilibili opens no search to apps; yt-dlp asks the one of its pages. The list has ids alone, so a few
videos are asked for one by one. Where Bilibili takes us for a robot it answers 412: ask for fewer
videos, or name a cookie file in VIRAL_FORGE_YTDLP_COOKIE_FILE. Licences are not told.
"""

import re
from contextlib import aclosing
from dataclasses import replace

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest, ScanTools, Unusable
from viral_forge_resources.platforms.gathering import Found
from viral_forge_resources.platforms.watching import (
    Addresses,
    Hosts,
    Look,
    WatchingScanner,
    watched_or_refused,
)
from viral_forge_resources.settings import settings_config

_CREATOR_PATHS = re.compile(r"/\d+(?:/upload)?(?:/video)?/?")
_ID = re.compile(r"(BV[0-9A-Za-z]+)(?:_p(\d+))?")
_VIDEO_PATHS = re.compile(r"/video/(?:[bB][vV]\w+|[aA][vV]\d+)/?")


class Settings(BaseSettings):
    """How Bilibili is asked."""

    model_config = settings_config("SCANNER_BILIBILI")

    hosts: Hosts = ("bilibili.com",)
    most_per_search: int = Field(
        default=8, ge=1, description="Videos of a search or of a creator; each is asked for."
    )
    deadline_seconds: float = Field(
        default=90, gt=0, description="A search or a creator that takes longer is ended."
    )


def open_plugin(settings: Settings) -> "BilibiliScanner":
    """The scanner of Bilibili."""
    return BilibiliScanner(
        Addresses(
            hosts=settings.hosts,
            videos=_VIDEO_PATHS,
            lists=_CREATOR_PATHS,
            most=settings.most_per_search,
            deadline_s=settings.deadline_seconds,
            wrong="is no address of a creator or a video on Bilibili",
            remedy="Give one like https://space.bilibili.com/3985676.",
        )
    )


class BilibiliScanner(WatchingScanner):
    """Lists the newest videos of watched creators, and searches for the queries.

    ``watched``: addresses of creators (``https://space.bilibili.com/<id>``), and of single videos,
    which were chosen by hand.
    """

    platform = "bilibili"
    nothing_watched = (
        "there is nothing to ask Bilibili. Give the niche queries, or addresses of creators or "
        "videos to watch under 'bilibili'."
    )

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what each watched address gives, then what the queries find."""
        sources = [self.watched(each, request, tools) for each in request.watched]
        sources += [self._searched(each, request, tools) for each in request.queries]
        return watched_or_refused(
            request, *map(_at_their_own_addresses, sources), otherwise=self.nothing_watched
        )

    async def _searched(self, query: str, request: ScanRequest, tools: ScanTools) -> Found:
        most = min(request.limit, self._addresses.most)
        search = Look(
            url=f"bilisearch{most}:{query}", limit=most, deadline_s=self._addresses.deadline_s
        )
        for item in await search.videos(self.platform, tools):
            yield item


async def _at_their_own_addresses(found: Found) -> Found:
    async with aclosing(found):
        async for item in found:
            yield _at_its_own_address(item)


def _at_its_own_address(item: ScannedVideo | Unusable) -> ScannedVideo | Unusable:
    """The same address however it was found: a search names videos by another, older number."""
    own = _ID.fullmatch(item.platform_video_id) if isinstance(item, ScannedVideo) else None
    if isinstance(item, Unusable) or own is None:
        return item
    part = f"?p={own[2]}" if own[2] else ""
    page_url = f"https://www.bilibili.com/video/{own[1]}{part}"
    return replace(item, locator=page_url, page_url=page_url)
