"""What X takes of a post, in its own counting.

Source: X's OpenAPI document 2.167; https://docs.x.com/x-api/getting-started/pricing
"""

from collections.abc import Iterator
from typing import Any

from viral_forge_resources.contracts.counting_text import Unit, addresses, counted
from viral_forge_resources.contracts.publishing import Post, PostText
from viral_forge_resources.publishers._post_files import hashtags

MOST_WEIGHT = 280
_MOST_BYTES = 512_000_000
_SHORTEST_S = 0.5
_MOST_FPS = 60


def text_of(text: PostText) -> str:
    """The words of the post in X's single field, with as many hashtags as there is room for."""
    words = "\n\n".join(part for part in (text.title, text.description) if part)
    for most in range(len(text.tags), 0, -1):
        told = f"{words}\n\n{hashtags(text.tags[:most])}".strip()
        if counted(told, Unit.WEIGHTED) <= MOST_WEIGHT:
            return told
    return words


def problems(post: Post, *, pays_for_links: bool, longest_s: float) -> Iterator[str]:
    """Every reason why X would refuse the post, or why it is not sent to X."""
    text = text_of(post.text)
    weight = counted(text, Unit.WEIGHTED)
    if weight > MOST_WEIGHT:
        yield f"X's posts weigh {MOST_WEIGHT} characters; this weighs {weight}"
    if not pays_for_links and (links := addresses(text)):
        yield (
            f"X makes a link of '{links[0]}' and takes thirteen times as much for the post ($0.20):"
            " set VIRAL_FORGE_PUBLISHER_X_PAYS_FOR_LINKS=true to pay that"
        )
    if not _SHORTEST_S <= post.duration_s <= longest_s:
        yield f"X takes videos of {_SHORTEST_S} to {longest_s:.0f} s, not {post.duration_s:.1f} s"
    size = post.video.stat().st_size
    if not 0 < size <= _MOST_BYTES:
        yield f"X takes files of 1 to {_MOST_BYTES:,} bytes; this has {size:,}"
    if post.picture is not None and post.picture.fps > _MOST_FPS:
        yield f"X takes up to {_MOST_FPS} pictures a second; this has {float(post.picture.fps):.0f}"


def tweet(post: Post, media_id: str) -> dict[str, Any]:
    """What X is told of the post."""
    return {
        "text": text_of(post.text),
        "media": {"media_ids": [media_id]},
        "made_with_ai": post.disclosure.is_synthetic,
        "paid_partnership": post.disclosure.is_paid,
    }
