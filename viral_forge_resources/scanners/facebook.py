"""Facebook: the pages and videos that a niche watches; Facebook has no search for videos.

A page's videos are listed by the Graph API, whose token needs the page's consent or a review by
Meta. Single public videos are read with yt-dlp, without a token.
"""

import re
from collections.abc import Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from urllib.parse import urljoin

from pydantic import Field

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest, ScanTools, Unusable
from viral_forge_resources.platforms.gathering import Found
from viral_forge_resources.platforms.meta import Graph, MetaSettings
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
from viral_forge_resources.platforms.watching import Look, watched_or_refused
from viral_forge_resources.settings import settings_config

_PER_PAGE = 25
_SITE_URL = "https://www.facebook.com/"
_SITE = r"https?://(?:www\.|m\.|web\.)?facebook\.com"
_VIDEO = re.compile(
    rf"https?://fb\.watch/[\w-]+/?|{_SITE}/(?:reel/\d+|watch/?\?v=\d+|share/[rv]/[\w-]+|"
    rf"video\.php\?v=\d+|[\w.-]+/videos/(?:[^/?#\s]+/)?\d+)/?(?:[?&][^\s#]*)?"
)
_PAGE = re.compile(rf"(?:{_SITE}/)?([\w.-]+)/?")


class Settings(MetaSettings):
    """How Facebook is asked."""

    model_config = settings_config("SCANNER_FACEBOOK")

    fields: str = Field(
        default="id,title,description,created_time,length,permalink_url,picture,source,views,"
        "from,likes.summary(true).limit(0),comments.summary(true).limit(0)",
        description="Fields asked of each video of a page.",
    )
    most_pages: int = Field(
        default=1, ge=1, description="Answers of 25 videos for each watched page."
    )
    deadline_seconds: float = Field(
        default=60, gt=0, description="Reading a single video that takes longer is ended."
    )


def open_plugin(settings: Settings) -> "FacebookScanner":
    """The scanner of watched pages and videos."""
    return FacebookScanner(settings)


class FacebookScanner:
    """Lists the videos of watched pages, and reads watched videos anew.

    ``watched``: pages, by id, name or address, and the addresses of single videos, which were
    chosen by hand. Queries are not asked.
    """

    platform = "facebook"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what each watched thing gives, in the niche's order.

        Raises:
            NotSupported: nothing is watched.
            NoCredentials: a page is watched, and there is no token.
        """
        return watched_or_refused(
            request,
            *(self._watched(each.strip(), tools) for each in request.watched),
            otherwise="Facebook has no search for videos. Give pages or addresses of videos to "
            "watch under 'facebook' in the niche.",
        )

    def _watched(self, watched: str, tools: ScanTools) -> Found:
        if _VIDEO.fullmatch(watched):
            return self._single(watched, tools)
        return self._of_page(watched, Graph(self._settings, tools.web))

    async def _single(self, url: str, tools: ScanTools) -> Found:
        look = Look(url=url, deadline_s=self._settings.deadline_seconds, is_single=True)
        for item in await look.videos(self.platform, tools):
            yield item

    async def _of_page(self, watched: str, graph: Graph) -> Found:
        page = _PAGE.fullmatch(watched)
        if page is None:
            raise BadInput(
                watched,
                reason="names no page or video on Facebook",
                remedy="Give a page's id, name or address, or the address of a video.",
            )
        asked: Mapping[str, str | int] = {"fields": self._settings.fields, "limit": _PER_PAGE}
        answers = graph.pages(f"{page[1]}/videos", asked, most=self._settings.most_pages)
        async with aclosing(answers):
            async for name, answer in answers:
                for video in entries(answer, "data", name=name):
                    yield self._video(video, seen_at=datetime.now(UTC))

    def _video(self, video: object, *, seen_at: datetime) -> ScannedVideo | Unusable:
        found_id = video_id(inside(video, "id"))
        if found_id is None:
            return Unusable(reason="has no id")
        permalink = inside(video, "permalink_url")  # often without the host
        is_there = isinstance(permalink, str) and permalink
        page_url = web_address(urljoin(_SITE_URL, permalink)) if is_there else None
        locator = web_address(inside(video, "source")) or page_url
        if locator is None:
            return Unusable(reason=f"{found_id} has no address")
        description = one_line(inside(video, "description"))
        return ScannedVideo(
            platform=self.platform,
            platform_video_id=found_id,
            locator=locator,
            page_url=page_url,
            title=one_line(inside(video, "title")) or description or found_id,
            seen_at=seen_at,
            author=one_line(inside(video, "from", "name")),
            author_id=one_line(inside(video, "from", "id")),
            thumbnail_url=web_address(inside(video, "picture")),
            published_at=moment(inside(video, "created_time")),
            duration_s=seconds(inside(video, "length")),
            views=count(inside(video, "views")),
            likes=count(inside(video, "likes", "summary", "total_count")),
            comments=count(inside(video, "comments", "summary", "total_count")),
        )
