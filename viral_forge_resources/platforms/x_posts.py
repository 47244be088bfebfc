"""Reads a page of posts of X; of a post with several videos, the first."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from viral_forge_resources.contracts.errors import UnexpectedAnswer, printable
from viral_forge_resources.contracts.scanning import ScannedVideo, Unusable
from viral_forge_resources.platforms.reading import (
    count,
    entries,
    inside,
    moment,
    one_line,
    video_id,
    web_address,
)

POST_FIELDS = "attachments,author_id,created_at,entities,lang,public_metrics"
MEDIA_FIELDS = "duration_ms,height,media_key,preview_image_url,public_metrics,type,variants,width"

_LINK = re.compile(r"https?://t\.co/\w+")
_NO_LANGUAGES = frozenset({"art", "qam", "qct", "qht", "qme", "qst", "und", "zxx"})
"""What X says of a post without words, or in none that it knows."""


def from_page(page: object, *, name: str, seen_at: datetime) -> Iterator[ScannedVideo | Unusable]:
    """The posts of one answer, in its order.

    Raises:
        UnexpectedAnswer: it has none and does not say that there are none.
    """
    if inside(page, "data") is None:
        if inside(page, "meta", "result_count") == 0:
            return
        words = inside(page, "errors", 0, "detail") or "neither posts nor that there are none"
        raise UnexpectedAnswer(f"{printable(name)}: says {printable(str(words))}.")
    media, users = _included(page, "media", "media_key"), _included(page, "users", "id")
    for post in entries(page, "data", name=name):
        yield _video(post, media, users, seen_at=seen_at)


def _included(page: object, kind: str, key: str) -> dict[str, Any]:
    """What the posts refer to, by its key."""
    listed = inside(page, "includes", kind)
    return {str(inside(each, key)): each for each in (listed if isinstance(listed, list) else [])}


def _video(
    post: object, media: Mapping[str, Any], users: Mapping[str, Any], *, seen_at: datetime
) -> ScannedVideo | Unusable:
    found_id, text = video_id(inside(post, "id")), one_line(inside(post, "text"))
    if found_id is None or text is None:
        return Unusable(reason="has no id" if found_id is None else f"{found_id} has no text")
    shown = _first_video(post, media)
    if shown is None:
        return Unusable(reason=f"{found_id} comes without its video")
    author = one_line(inside(users.get(str(inside(post, "author_id"))), "username"))
    page_url = f"https://x.com/{author or 'i'}/status/{found_id}"
    metrics = inside(post, "public_metrics")
    duration_ms = count(inside(shown, "duration_ms"))
    return ScannedVideo(
        platform="x",
        platform_video_id=found_id,
        locator=_file(shown) or page_url,
        page_url=page_url,
        title=one_line(_LINK.sub("", text)) or text,
        seen_at=seen_at,
        author=author,
        author_id=one_line(inside(post, "author_id")),
        thumbnail_url=web_address(inside(shown, "preview_image_url")),
        published_at=moment(inside(post, "created_at")),
        duration_s=duration_ms / 1000 if duration_ms else None,
        language=_language(post),
        tags=_tags(post),
        views=count(inside(shown, "public_metrics", "view_count")),
        likes=count(inside(metrics, "like_count")),
        comments=count(inside(metrics, "reply_count")),
        shares=_reposts(metrics),
    )


def _first_video(post: object, media: Mapping[str, Any]) -> object | None:
    keys = inside(post, "attachments", "media_keys")
    found = (media.get(str(key)) for key in (keys if isinstance(keys, list) else []))
    return next((each for each in found if inside(each, "type") == "video"), None)


def _file(media: object) -> str | None:
    """The MP4 of the highest bit rate: X makes none above 1080p for its players."""
    listed = inside(media, "variants")
    found = [
        (count(inside(each, "bit_rate")) or 0, url)
        for each in (listed if isinstance(listed, list) else [])
        if inside(each, "content_type") == "video/mp4"
        and (url := web_address(inside(each, "url"))) is not None
    ]
    return max(found)[1] if found else None


def _language(post: object) -> str | None:
    language = one_line(inside(post, "lang"))
    return None if language in _NO_LANGUAGES else language


def _tags(post: object) -> tuple[str, ...]:
    listed = inside(post, "entities", "hashtags")
    tags = (one_line(inside(each, "tag")) for each in (listed if isinstance(listed, list) else []))
    return tuple(filter(None, tags))


def _reposts(metrics: object) -> int | None:
    """As the API's description names them, or as they used to be named."""
    new, old = inside(metrics, "repost_count"), inside(metrics, "retweet_count")
    return count(old if new is None else new)
