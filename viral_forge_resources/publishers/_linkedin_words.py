"""What LinkedIn takes of a post, in its own counting and its own format of texts.

Source: https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format
"""

import re
from collections.abc import Iterator
from typing import Any

from viral_forge_resources.contracts.publishing import Post
from viral_forge_resources.publishers._meta_words import with_notice

_MOST_TEXT = 3_000
_SHORTEST_S, _LONGEST_S = 3.0, 1_800.0
_MOST_BYTES = 500_000_000
_RESERVED = re.compile(r"[\\|{}@\[\]()<>#*_~]")


def escaped(text: str) -> str:
    """``text`` as plain text: LinkedIn cuts a post off at a reserved character, without a word."""
    return _RESERVED.sub(r"\\\g<0>", text)


def commentary(post: Post, *, synthetic_notice: str) -> str:
    """All words of the post in LinkedIn's format, with hashtags that can be clicked."""
    text = post.text
    tags = " ".join(rf"{{hashtag|\#|{escaped(tag.lstrip('#'))}}}" for tag in text.tags)
    parts = (escaped(text.title), escaped(text.description), tags)
    words = "\n\n".join(part for part in parts if part)
    return with_notice(words, post.disclosure, synthetic=escaped(synthetic_notice))


def problems(post: Post, *, synthetic_notice: str, smallest_bytes: int) -> Iterator[str]:
    """Every reason why LinkedIn would refuse the post."""
    length = len(commentary(post, synthetic_notice=synthetic_notice))
    if length > _MOST_TEXT:
        yield f"LinkedIn's posts have {_MOST_TEXT:,} characters; this has {length:,}"
    if not _SHORTEST_S <= post.duration_s <= _LONGEST_S:
        yield (
            f"LinkedIn takes videos of {_SHORTEST_S:.0f} to {_LONGEST_S:.0f} s,"
            f" not {post.duration_s:.1f} s"
        )
    size = post.video.stat().st_size
    if not smallest_bytes <= size <= _MOST_BYTES:
        yield (
            f"LinkedIn takes files of {smallest_bytes:,} to {_MOST_BYTES:,} bytes;"
            f" this has {size:,}"
        )


def body(
    post: Post, *, author: str, video: str, visibility: str, synthetic_notice: str
) -> dict[str, Any]:
    """What LinkedIn is told of the post."""
    return {
        "author": author,
        "commentary": commentary(post, synthetic_notice=synthetic_notice),
        "visibility": visibility,
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "content": {"media": {"title": post.text.title, "id": video}},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
