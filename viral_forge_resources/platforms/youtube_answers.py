"""Reads what YouTube tells of videos: its Data API, the feeds of channels, and yt-dlp."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from viral_forge_resources.contracts.scanning import ScannedVideo, Unusable
from viral_forge_resources.platforms.reading import (
    Stated,
    count,
    inside,
    iso_seconds,
    moment,
    one_line,
    seconds,
    web_address,
)
from viral_forge_resources.platforms.ytdlp_entries import sound_of

LONGEST_SHORT_S = 180.0
REUSABLE = "Creative Commons Attribution license (reuse allowed)"
"""How YouTube's pages word the only open licence that it offers; they give it no version."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_YOUTUBE = "{http://www.youtube.com/xml/schemas/2015}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
NO_ID = Unusable(reason="has no id")
NO_TITLE = Unusable(reason="has no title")
_ID = re.compile(r"[A-Za-z0-9_-]{5,20}")
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]+")
_PLAYLIST = re.compile(r"(?:PL|UU)[A-Za-z0-9_-]+")
_ADDRESS = re.compile(
    r"https?://(?:(?:(?:www|m)\.)?youtube(?:-nocookie)?\.com/"
    r"(?:watch\?(?:[^#]*&)?v=|shorts/|embed/|live/|v/)|youtu\.be/)"
    r"(?P<id>[A-Za-z0-9_-]{5,20})(?![A-Za-z0-9_-])"
)
_LICENCES = {"creativeCommon": REUSABLE, "youtube": "Standard YouTube licence"}
_THUMBNAILS = ("maxres", "standard", "high", "medium", "default")
_NOT_YET_A_VIDEO = frozenset({"is_live", "is_upcoming", "post_live"})
_ROUNDING = timedelta(days=1)
"""YouTube rounds ages down, so yt-dlp's estimate is late, but for its own rounding to the day."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """A video of YouTube, before it is known which of the two scanners it belongs to.

    Attributes:
        is_short: what its link says, or YouTube itself; None where neither is known.
    """

    video: ScannedVideo
    is_short: bool | None = None


class Splitter:
    """Gives every video to one of two scanners: Shorts, or all the others.

    A link, or YouTube's own word for it, decides where one is known. The Data API tells neither:
    there a video of up to three minutes counts as a Short, whatever the shape of its picture. One
    without a duration, such as a live stream, is none.
    """

    def __init__(self) -> None:
        self._told: dict[str, bool] = {}

    def is_short(self, spotted: Spotted) -> bool:
        """Whether it is a Short; what was told of a video once holds for the whole scan."""
        video = spotted.video
        if spotted.is_short is not None:
            return self._told.setdefault(video.platform_video_id, spotted.is_short)
        lasts_s = video.duration_s
        by_duration = lasts_s is not None and lasts_s <= LONGEST_SHORT_S
        return self._told.get(video.platform_video_id, by_duration)


def watch_url(video_id: str) -> str:
    """The address of a video, the same for Shorts."""
    return f"https://www.youtube.com/watch?v={video_id}"


def known_id(value: object) -> str | None:
    """A video's id, None for anything else."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def id_in(address: object) -> str | None:
    """The id of the video that an address of YouTube leads to, None for other addresses."""
    match = _ADDRESS.match(address) if isinstance(address, str) else None
    return match["id"] if match else None


def from_api(item: object, *, platform: str, seen_at: datetime) -> Spotted | Unusable:
    """One item of ``videos.list``."""
    video_id, title = known_id(inside(item, "id")), one_line(inside(item, "snippet", "title"))
    if video_id is None or title is None:
        return NO_ID if video_id is None else NO_TITLE
    snippet = inside(item, "snippet")
    counts = inside(item, "statistics")
    licence = inside(item, "status", "license")
    language = snippet.get("defaultAudioLanguage") or snippet.get("defaultLanguage")
    return Spotted(
        ScannedVideo(
            platform=platform,
            platform_video_id=video_id,
            locator=watch_url(video_id),
            page_url=watch_url(video_id),
            title=title,
            seen_at=seen_at,
            author=one_line(snippet.get("channelTitle")),
            author_id=one_line(snippet.get("channelId")),
            thumbnail_url=_thumbnail(snippet),
            published_at=moment(snippet.get("publishedAt")),
            duration_s=iso_seconds(inside(item, "contentDetails", "duration")),
            language=one_line(language),
            tags=_tags(snippet),
            views=count(inside(counts, "viewCount")),
            likes=count(inside(counts, "likeCount")),
            comments=count(inside(counts, "commentCount")),
            **Stated(
                _LICENCES.get(str(licence), licence), f"status.license of {watch_url(video_id)}"
            ).fields,
        )
    )


def counted_anew(video: ScannedVideo, item: object, *, seen_at: datetime) -> ScannedVideo:
    """``video`` with what an item of ``videos.batchGetStats`` counts; the rest is as it was."""
    counts = inside(item, "statistics")
    return replace(
        video,
        seen_at=seen_at,
        views=count(inside(counts, "viewCount")),
        likes=count(inside(counts, "likeCount")),
        comments=count(inside(counts, "commentCount")),
    )


def _thumbnail(snippet: Mapping[str, Any]) -> str | None:
    found = (web_address(inside(snippet, "thumbnails", size, "url")) for size in _THUMBNAILS)
    return next(filter(None, found), None)


def _tags(snippet: Mapping[str, Any]) -> tuple[str, ...]:
    tags = snippet.get("tags")
    return tuple(filter(None, map(one_line, tags))) if isinstance(tags, list) else ()


def from_ytdlp(
    entry: object, *, platform: str, since: datetime, seen_at: datetime
) -> Spotted | Unusable | None:
    """One result of a search with yt-dlp, None for one that is too old or not there yet.

    An entry that is only listed (``_type`` of an address) has rounded counts and an estimated
    date: neither is taken over.
    """
    video_id, title = known_id(inside(entry, "id")), one_line(inside(entry, "title"))
    if video_id is None or title is None:
        return NO_ID if video_id is None else NO_TITLE
    is_listed = inside(entry, "_type") not in (None, "video")  # a full one is called a video
    published_at = moment(inside(entry, "timestamp"))
    is_old = published_at is not None and published_at < since - _ROUNDING * is_listed
    if is_old or str(inside(entry, "live_status")) in _NOT_YET_A_VIDEO:
        return None
    licence = inside(entry, "license")
    return Spotted(
        ScannedVideo(
            platform=platform,
            platform_video_id=video_id,
            locator=watch_url(video_id),
            page_url=watch_url(video_id),
            title=title,
            seen_at=seen_at,
            author=one_line(inside(entry, "channel")),
            author_id=one_line(inside(entry, "channel_id")),
            thumbnail_url=web_address(inside(entry, "thumbnail")),
            published_at=None if is_listed else published_at,
            duration_s=seconds(inside(entry, "duration")),
            views=None if is_listed else count(inside(entry, "view_count")),
            likes=None if is_listed else count(inside(entry, "like_count")),
            comments=None if is_listed else count(inside(entry, "comment_count")),
            sound=sound_of(entry),
            **Stated(licence, f"licence on {watch_url(video_id)}").fields,
        ),
        is_short=_is_short(entry),
    )


def _is_short(entry: object) -> bool | None:
    kind = inside(entry, "media_type")
    if kind is not None:
        return bool(kind == "short")
    links = (inside(entry, "webpage_url"), inside(entry, "original_url"), inside(entry, "url"))
    return True if any("/shorts/" in str(link) for link in links) else None
