"""What TikTok takes of a post, in its own counting, and what it is told of it.

Source: https://developers.tiktok.com/doc/content-posting-api-reference-direct-post
"""

from collections.abc import Iterator
from typing import Any

from viral_forge_resources.contracts.counting_text import Unit, counted
from viral_forge_resources.contracts.errors import Misconfigured, Rejected
from viral_forge_resources.contracts.publishing import Post
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._post_files import caption
from viral_forge_resources.publishers._tiktok_chunks import MOST_BYTES

MOST_TITLE_UNITS = 2_200
LONGEST_S = 600.0
_COVER_AT_MS = 1_000


def problems(post: Post, *, privacy: str) -> Iterator[str]:
    """Every reason why TikTok would refuse the post, by its limits and its guidelines."""
    units = counted(caption(post.text), Unit.UTF16_UNITS)
    if units > MOST_TITLE_UNITS:
        yield f"TikTok's captions have {MOST_TITLE_UNITS:,} UTF-16 units; this has {units:,}"
    if post.has_overlay:
        yield "TikTok allows no watermark on a video: render it with a recipe without one"
    if post.duration_s > LONGEST_S:
        yield f"TikTok takes videos of {LONGEST_S:.0f} s; this has {post.duration_s:.0f} s"
    size = post.video.stat().st_size
    if not 0 < size <= MOST_BYTES:
        yield f"TikTok takes files of 1 to {MOST_BYTES:,} bytes; this has {size:,}"
    if post.disclosure.is_paid and privacy == "SELF_ONLY":
        yield "TikTok lets no paid partnership be private"


def post_info(
    post: Post,
    creator: Any,  # noqa: ANN401  what TikTok says of the account
    *,
    privacy: str,
    is_own_brand: bool,
) -> dict[str, Any]:
    """What a direct post is to be, inside what its account may choose now.

    Raises:
        Misconfigured: the account does not offer the privacy of the settings.
        Rejected: the account may not post so long a video.
    """
    offered = inside(creator, "privacy_level_options") or []
    if privacy not in offered:
        raise Misconfigured(
            f"this TikTok account offers {', '.join(map(str, offered))}, and not {privacy}:"
            " set VIRAL_FORGE_PUBLISHER_TIKTOK_PRIVACY to one of them"
        )
    longest = inside(creator, "max_video_post_duration_sec")
    if isinstance(longest, int) and post.duration_s > longest:
        raise Rejected(f"this TikTok account may post {longest} s, not {post.duration_s:.0f} s")
    return {
        "title": caption(post.text),
        "privacy_level": privacy,
        "disable_comment": bool(inside(creator, "comment_disabled")),
        "disable_duet": bool(inside(creator, "duet_disabled")),
        "disable_stitch": bool(inside(creator, "stitch_disabled")),
        "video_cover_timestamp_ms": min(_COVER_AT_MS, int(post.duration_s * 500)),
        "brand_content_toggle": post.disclosure.is_paid,
        "brand_organic_toggle": is_own_brand,
        "is_aigc": post.disclosure.is_synthetic,
    }
