"""Reads posts of Reddit, from the API's listings and from its feeds: those with a video."""

import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError

from viral_forge_resources.contracts.errors import UnexpectedAnswer, printable
from viral_forge_resources.contracts.scanning import ScannedVideo, Unusable
from viral_forge_resources.contracts.web import WebAnswer
from viral_forge_resources.platforms.reading import (
    count,
    inside,
    moment,
    one_line,
    seconds,
    video_id,
    web_address,
)

_SITE = "https://www.reddit.com"
_OWN_DOMAIN = "v.redd.it"
_VIDEO_DOMAINS = frozenset(
    {
        _OWN_DOMAIN,
        "clips.twitch.tv",
        "dailymotion.com",
        "m.youtube.com",
        "streamable.com",
        "tiktok.com",
        "vimeo.com",
        "youtu.be",
        "youtube.com",
    }
)
_DELETED = "[deleted]"
_ATOM = "{http://www.w3.org/2005/Atom}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_LINK = re.compile(r'<a href="([^"]+)">\[link\]</a>')
_NO_ID = Unusable(reason="has no id")


def from_post(
    post: object, *, seen_at: datetime, takes_adult: bool
) -> ScannedVideo | Unusable | None:
    """One post of a listing; None for one without a video, or one for adults unless they are taken.

    Likes are its up-votes; Reddit tells no views.
    """
    if not _has_video(post) or (inside(post, "over_18") is True and not takes_adult):
        return None
    found_id, title = video_id(inside(post, "id")), one_line(inside(post, "title"))
    if found_id is None or title is None:
        return _NO_ID if found_id is None else Unusable(reason=f"{found_id} has no title")
    page_url = _page(inside(post, "permalink"))
    video = _own_video(post)
    locator = _locator(post, video) or page_url
    if locator is None:
        return Unusable(reason=f"{found_id} has no address")
    author = one_line(inside(post, "author"))
    return ScannedVideo(
        platform="reddit",
        platform_video_id=found_id,
        locator=locator,
        page_url=page_url,
        title=title,
        seen_at=seen_at,
        author=None if author == _DELETED else author,
        author_id=one_line(inside(post, "author_fullname")),
        thumbnail_url=_thumbnail(post),
        published_at=moment(inside(post, "created_utc")),
        duration_s=seconds(inside(video, "duration")),
        likes=count(inside(post, "ups")),
        comments=count(inside(post, "num_comments")),
    )


def from_feed(answer: WebAnswer, *, seen_at: datetime) -> Iterator[ScannedVideo | Unusable]:
    """The entries of a feed that link a video; a feed has no counts and tells no adult posts apart.

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
        found = _from_entry(entry, seen_at=seen_at)
        if found is not None:
            yield found


def _from_entry(entry: Element, *, seen_at: datetime) -> ScannedVideo | Unusable | None:
    link = _LINK.search(entry.findtext(f"{_ATOM}content") or "")
    linked = web_address(unescape(link[1])) if link else None
    if linked is None or _domain(linked) not in _VIDEO_DOMAINS:
        return None
    found_id = video_id((entry.findtext(f"{_ATOM}id") or "").removeprefix("t3_"))
    title = one_line(entry.findtext(f"{_ATOM}title"))
    if found_id is None or title is None:
        return _NO_ID if found_id is None else Unusable(reason=f"{found_id} has no title")
    page = entry.find(f"{_ATOM}link")
    thumbnail = entry.find(f"{_MEDIA}thumbnail")
    author = one_line(entry.findtext(f"{_ATOM}author/{_ATOM}name"))
    return ScannedVideo(
        platform="reddit",
        platform_video_id=found_id,
        # Whoever asks for this playlist needs no account; the post's page wants one.
        locator=f"{linked.rstrip('/')}/HLSPlaylist.m3u8"
        if _domain(linked) == _OWN_DOMAIN
        else linked,
        page_url=None if page is None else web_address(page.get("href")),
        title=title,
        seen_at=seen_at,
        author=author.removeprefix("/u/") if author else None,
        thumbnail_url=None if thumbnail is None else web_address(thumbnail.get("url")),
        published_at=moment(entry.findtext(f"{_ATOM}published")),
    )


def _has_video(post: object) -> bool:
    domain = inside(post, "domain")
    is_known = isinstance(domain, str) and domain.removeprefix("www.") in _VIDEO_DOMAINS
    return inside(post, "is_video") is True or is_known


def _own_video(post: object) -> object:
    """What Reddit says of a video of its own; of a crosspost, where it was first posted."""
    for holder in (post, inside(post, "crosspost_parent_list", 0)):
        for key in ("media", "secure_media"):
            found = inside(holder, key, "reddit_video")
            if found is not None:
                return found
    return None


def _locator(post: object, video: object) -> str | None:
    """What can be fetched with its sound.

    ``fallback_url`` has the picture alone, and yt-dlp reads a post's page only with an account; the
    HLS playlist names picture and sound and is open to all.
    """
    if video is not None:
        whole = inside(video, "fallback_url") if inside(video, "has_audio") is False else None
        return web_address(inside(video, "hls_url")) or web_address(whole)
    linked = web_address(inside(post, "url_overridden_by_dest"))
    return linked if linked and _domain(linked) != _OWN_DOMAIN else None


def _domain(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _page(permalink: object) -> str | None:
    is_path = isinstance(permalink, str) and permalink.startswith("/")
    return web_address(f"{_SITE}{permalink}") if is_path else None


def _thumbnail(post: object) -> str | None:
    preview = inside(post, "preview", "images", 0, "source", "url")
    return web_address(preview) or web_address(inside(post, "thumbnail"))
