"""Reads what the job ``ytdlp`` lists."""

from collections.abc import Sequence
from datetime import datetime

from viral_forge_resources.contracts.scanning import ScannedVideo, Unusable
from viral_forge_resources.contracts.used_sounds import UsedSound
from viral_forge_resources.platforms.reading import (
    Stated,
    count,
    inside,
    moment,
    one_line,
    seconds,
    used_sound,
    video_id,
    web_address,
)


def from_ytdlp(
    entry: object, *, platform: str, seen_at: datetime, titles: Sequence[str] = ("title",)
) -> ScannedVideo | Unusable:
    """One entry.

    Args:
        entry: as yt-dlp says it.
        platform: name of the scanner.
        seen_at: when it was listed.
        titles: which fields may name it, the first that does; if none does, its id stands there.
    """
    found_id = video_id(inside(entry, "id"))
    if found_id is None:
        return Unusable(reason="has no id")
    page = web_address(inside(entry, "webpage_url")) or web_address(inside(entry, "url"))
    if page is None:
        return Unusable(reason=f"{found_id} has no address")
    named = (one_line(inside(entry, field)) for field in titles)
    return ScannedVideo(
        platform=platform,
        platform_video_id=found_id,
        locator=page,
        page_url=page,
        title=next(filter(None, named), found_id),
        seen_at=seen_at,
        author=one_line(inside(entry, "uploader")) or one_line(inside(entry, "channel")),
        author_id=one_line(inside(entry, "uploader_id")) or one_line(inside(entry, "channel_id")),
        thumbnail_url=_thumbnail(entry),
        published_at=moment(inside(entry, "timestamp")),
        duration_s=seconds(inside(entry, "duration")),
        language=one_line(inside(entry, "language")),
        tags=_tags(entry),
        views=count(inside(entry, "view_count")),
        likes=count(inside(entry, "like_count")),
        comments=count(inside(entry, "comment_count")),
        shares=count(inside(entry, "repost_count")),
        sound=sound_of(entry),
        **Stated(inside(entry, "license"), f"licence on {page}").fields,
    )


def sound_of(entry: object) -> UsedSound | None:
    """By its names alone: yt-dlp hands no platform's id of a sound on."""
    artists = inside(entry, "artists")
    names = [name for name in artists if isinstance(name, str)] if isinstance(artists, list) else []
    return used_sound(title=inside(entry, "track"), author=", ".join(names))


def _thumbnail(entry: object) -> str | None:
    several = inside(entry, "thumbnails")
    listed = several[::-1] if isinstance(several, list) else []  # the best comes last
    found = (web_address(inside(each, "url")) for each in listed)
    return web_address(inside(entry, "thumbnail")) or next(filter(None, found), None)


def _tags(entry: object) -> tuple[str, ...]:
    tags = inside(entry, "tags")
    listed = tags if isinstance(tags, list) else []
    words = (one_line(tag.lstrip("#")) for tag in listed if isinstance(tag, str))
    return tuple(filter(None, words))
