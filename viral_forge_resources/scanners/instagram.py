"""Instagram: its API's hashtags, for an app that Meta reviewed and a professional account.

30 different hashtags in seven days. The API tells neither views nor authors, and of recent media
only the last day's.
"""

import unicodedata
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from itertools import takewhile

from pydantic import Field

from viral_forge_resources.contracts.errors import UnexpectedAnswer, printable
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest, ScanTools, Unusable
from viral_forge_resources.platforms.credentials import needed
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.meta import Graph, MetaSettings
from viral_forge_resources.platforms.reading import (
    count,
    entries,
    inside,
    moment,
    one_line,
    video_id,
    web_address,
)
from viral_forge_resources.settings import settings_config

_EDGES = ("top_media", "recent_media")
_PER_PAGE = 50


class Settings(MetaSettings):
    """How Instagram is asked."""

    model_config = settings_config("SCANNER_INSTAGRAM")

    user_id: str | None = Field(
        default=None, description="Id of the professional Instagram account that searches."
    )
    fields: str = Field(
        default="id,caption,media_type,media_url,permalink,timestamp,like_count,comments_count",
        description="Fields asked of each medium.",
    )
    hashtags_per_week: int = Field(
        default=30, ge=0, description="Different hashtags that the account may search in 7 days."
    )
    most_pages: int = Field(
        default=1, ge=1, description="Pages of 50 media, of the top and of the recent ones."
    )


def open_plugin(settings: Settings) -> "InstagramScanner":
    """The scanner of hashtags."""
    return InstagramScanner(settings)


class InstagramScanner:
    """Lists a hashtag's top and recent videos. A query is the hashtag of its letters and digits.

    ``watched``: further hashtags, with or without ``#``.
    """

    platform = "instagram"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield each hashtag's top videos, then its recent ones.

        Raises:
            NoCredentials: there is no token, or no account to search as.
            QuotaSpent: a new hashtag would be one too many this week.
        """
        _, user_id = needed(self._settings, "access_token", "user_id")
        graph = Graph(self._settings, tools.web)
        tags = _hashtags([*request.watched, *request.queries])
        sources = (self._tagged(tag, user_id, graph) for tag in tags)
        async with aclosing(gathered(request, *sources)) as found:
            async for item in found:
                yield item

    async def _tagged(self, tag: str, user_id: str, graph: Graph) -> Found:
        use = Use(bucket=self._bucket(user_id), item=tag)
        asked = {"user_id": user_id, "q": tag}
        name, document = await graph.get("ig_hashtag_search", asked, uses=(use,))
        for found in entries(document, "data", name=name):
            hashtag_id = inside(found, "id")
            if not isinstance(hashtag_id, str) or not hashtag_id.isdecimal():
                raise UnexpectedAnswer(f"{printable(name)}: names a hashtag without its id.")
            for edge in _EDGES:
                async for item in self._media(f"{hashtag_id}/{edge}", user_id, graph):
                    yield item

    async def _media(
        self, path: str, user_id: str, graph: Graph
    ) -> AsyncIterator[ScannedVideo | Unusable]:
        asked: dict[str, str | int] = {
            "user_id": user_id,
            "fields": self._settings.fields,
            "limit": _PER_PAGE,
        }
        async with aclosing(graph.pages(path, asked, most=self._settings.most_pages)) as pages:
            async for name, page in pages:
                for item in _items(entries(page, "data", name=name)):
                    yield item

    def _bucket(self, user_id: str) -> Bucket:
        return Bucket(
            platform="instagram",
            project=user_id,
            name="hashtags",
            limit=self._settings.hashtags_per_week,
            window=Window.WEEK,
        )


def _hashtags(words: Iterable[str]) -> list[str]:
    """Each once, in small letters; what no hashtag may hold falls away."""
    bare = ("".join(filter(_may_tag, each)).lower() for each in words)
    return list(dict.fromkeys(filter(None, bare)))


def _tags(caption: str) -> tuple[str, ...]:
    found = ("".join(takewhile(_may_tag, each)) for each in caption.split("#")[1:])
    return tuple(dict.fromkeys(filter(None, found)))


def _may_tag(character: str) -> bool:
    """Whether it is a letter, a digit, ``_``, or a mark, without which Hindi has no vowels."""
    return character == "_" or unicodedata.category(character)[0] in "LNM"


def _items(media: Iterable[object]) -> Iterator[ScannedVideo | Unusable]:
    seen_at = datetime.now(UTC)
    for medium in media:
        if inside(medium, "media_type") in ("VIDEO", None):
            yield _video(medium, seen_at=seen_at)


def _video(medium: object, *, seen_at: datetime) -> ScannedVideo | Unusable:
    found_id = video_id(inside(medium, "id"))
    if found_id is None:
        return Unusable(reason="has no id")
    if inside(medium, "media_type") is None:
        return Unusable(reason=f"{found_id} does not say that it is a video")
    page_url = web_address(inside(medium, "permalink"))
    # The page shows its video to people with an account alone; the file has no such wish.
    locator = web_address(inside(medium, "media_url")) or page_url
    if locator is None:
        return Unusable(reason=f"{found_id} has no address")
    caption = one_line(inside(medium, "caption"))
    return ScannedVideo(
        platform="instagram",
        platform_video_id=found_id,
        locator=locator,
        page_url=page_url,
        title=caption or found_id,
        seen_at=seen_at,
        published_at=moment(inside(medium, "timestamp")),
        tags=_tags(caption or ""),
        likes=count(inside(medium, "like_count")),
        comments=count(inside(medium, "comments_count")),
    )
