"""Reads the feeds of YouTube's channels and playlists: no key, no quota, the newest 15 videos."""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element, ParseError

from viral_forge_resources.contracts.errors import BadInput, UnexpectedAnswer, printable
from viral_forge_resources.contracts.scanning import ScannedVideo, Unusable
from viral_forge_resources.contracts.web import WebAnswer
from viral_forge_resources.platforms.reading import count, moment, one_line, web_address
from viral_forge_resources.platforms.youtube_answers import (
    NO_ID,
    NO_TITLE,
    Spotted,
    known_id,
    watch_url,
)

_ATOM = "{http://www.w3.org/2005/Atom}"
_YOUTUBE = "{http://www.youtube.com/xml/schemas/2015}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]+")
_PLAYLIST = re.compile(r"(?:PL|UU)[A-Za-z0-9_-]+")


def feed_params(watched: str) -> dict[str, str]:
    """What the feed of a watched channel or playlist is asked with.

    Raises:
        BadInput: it names neither.
    """
    parts = urlsplit(watched)
    query = parse_qs(parts.query)
    given = [watched, *parts.path.split("/")]
    given += [each for key in ("channel_id", "playlist_id", "list") for each in query.get(key, ())]
    for each in given:
        if _CHANNEL.fullmatch(each):
            return {"channel_id": each}
        if _PLAYLIST.fullmatch(each):
            return {"playlist_id": each}
    raise BadInput(
        watched,
        reason="names no channel or playlist of YouTube",
        remedy="Give a channel's id (UC…), a playlist's (PL…), or an address that holds one of "
        "them; a handle (@name) does not: the channel's page tells its id under 'Share channel'.",
    )


def from_feed(
    answer: WebAnswer, *, platform: str, seen_at: datetime
) -> Iterator[Spotted | Unusable]:
    """The entries of a channel's or playlist's feed.

    Raises:
        UnexpectedAnswer: it is no feed.
    """
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root = ElementTree.fromstring(answer.body)
    except (ParseError, DefusedXmlException) as error:
        raise UnexpectedAnswer(f"{printable(answer.name)}: answered with no feed.") from error
    if root.tag != f"{_ATOM}feed":
        raise UnexpectedAnswer(f"{printable(answer.name)}: answered with no feed.")
    for entry in root.iterfind(f"{_ATOM}entry"):
        yield _from_entry(entry, platform=platform, seen_at=seen_at)


def _from_entry(entry: Element, *, platform: str, seen_at: datetime) -> Spotted | Unusable:
    video_id = known_id(entry.findtext(f"{_YOUTUBE}videoId"))
    title = one_line(entry.findtext(f"{_ATOM}title"))
    if video_id is None or title is None:
        return NO_ID if video_id is None else NO_TITLE
    links = (each.get("href", "") for each in entry.iterfind(f"{_ATOM}link[@rel='alternate']"))
    link = next(links, "")
    community = f"{_MEDIA}group/{_MEDIA}community"
    views = count(_attribute(entry, f"{community}/{_MEDIA}statistics", "views"))
    likes = count(_attribute(entry, f"{community}/{_MEDIA}starRating", "count"))
    return Spotted(
        ScannedVideo(
            platform=platform,
            platform_video_id=video_id,
            locator=watch_url(video_id),
            page_url=watch_url(video_id),
            title=title,
            seen_at=seen_at,
            author=one_line(entry.findtext(f"{_ATOM}author/{_ATOM}name")),
            author_id=one_line(entry.findtext(f"{_YOUTUBE}channelId")),
            thumbnail_url=web_address(_attribute(entry, f"{_MEDIA}group/{_MEDIA}thumbnail", "url")),
            published_at=moment(entry.findtext(f"{_ATOM}published")),
            # A fresh entry says 0 until YouTube has counted: that is no count.
            views=views or None,
            likes=likes if views else None,
        ),
        is_short="/shorts/" in link if link else None,
    )


def _attribute(entry: Element, path: str, name: str) -> str | None:
    found = entry.find(path)
    return None if found is None else found.get(name)
