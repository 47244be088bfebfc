"""Reads posts of Bluesky: those with a video."""

import re
from datetime import datetime

from viral_forge_resources.contracts.scanning import ScannedVideo, Unusable
from viral_forge_resources.platforms.reading import (
    count,
    inside,
    moment,
    one_line,
    video_id,
    web_address,
)

_POST = re.compile(r"at://(?P<author>did:[a-z]+:[^/]+)/app\.bsky\.feed\.post/(?P<key>[^/]+)")
_USUAL = "did:plc:"
_VIDEO = "app.bsky.embed.video#view"
_HASHTAG = "app.bsky.richtext.facet#tag"
_ADULT = frozenset({"graphic-media", "nudity", "porn", "sexual"})


def from_post(
    post: object, *, seen_at: datetime, takes_adult: bool
) -> ScannedVideo | Unusable | None:
    """One post; None for one without a video, or one for adults unless they are taken."""
    embed = _embedded(post)
    if embed is None or (_is_adult(post) and not takes_adult):
        return None
    named = _POST.fullmatch(str(inside(post, "uri")))
    playlist = web_address(inside(embed, "playlist"))
    if named is None or playlist is None:
        return Unusable(reason="has no id" if named is None else "has no file")
    found_id = video_id(f"{named['author'].removeprefix(_USUAL)}-{named['key']}")
    if found_id is None:
        return Unusable(reason="has no id")
    record = inside(post, "record")
    author = inside(post, "author")
    text = one_line(inside(record, "text")) or one_line(inside(embed, "alt"))
    return ScannedVideo(
        platform="bluesky",
        platform_video_id=found_id,
        locator=playlist,
        page_url=web_address(f"https://bsky.app/profile/{named['author']}/post/{named['key']}"),
        title=text or found_id,
        seen_at=seen_at,
        author=one_line(inside(author, "displayName")) or one_line(inside(author, "handle")),
        author_id=named["author"],
        thumbnail_url=web_address(inside(embed, "thumbnail")),
        published_at=_published_at(post),
        language=one_line(inside(record, "langs", 0)),
        tags=_tags(record),
        likes=count(inside(post, "likeCount")),
        comments=count(inside(post, "replyCount")),
        shares=count(inside(post, "repostCount")),
    )


def _embedded(post: object) -> object | None:
    """The video of a post, also of one that quotes another post beside it."""
    embed = inside(post, "embed")
    both = (embed, inside(embed, "media"))
    return next((each for each in both if inside(each, "$type") == _VIDEO), None)


def _is_adult(post: object) -> bool:
    labels = inside(post, "labels")
    listed = labels if isinstance(labels, list) else []
    return any(inside(label, "val") in _ADULT for label in listed)


def _published_at(post: object) -> datetime | None:
    """When it was written, as its author's app says, or when it arrived, if that was earlier."""
    stated = moment(inside(post, "record", "createdAt")), moment(inside(post, "indexedAt"))
    return min(filter(None, stated), default=None)


def _tags(record: object) -> tuple[str, ...]:
    """Hashtags of the text, and those beside it."""
    facets, beside = inside(record, "facets"), inside(record, "tags")
    features = [
        feature
        for facet in (facets if isinstance(facets, list) else [])
        if isinstance(several := inside(facet, "features"), list)
        for feature in several
    ]
    written = [
        inside(feature, "tag") for feature in features if inside(feature, "$type") == _HASHTAG
    ]
    named = written + (beside if isinstance(beside, list) else [])
    return tuple(dict.fromkeys(filter(None, map(one_line, named))))
