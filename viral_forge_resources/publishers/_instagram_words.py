"""What Instagram takes of a Reel, in its own counting.

Source: https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media
"""

from collections.abc import Iterator

from viral_forge_resources.contracts.counting_text import counted
from viral_forge_resources.contracts.publishing import Post
from viral_forge_resources.publishers._post_files import caption

_MOST_CAPTION, _MOST_HASHTAGS, _MOST_MENTIONS = 2_200, 30, 20
_SHORTEST_S, _LONGEST_S = 3.0, 900.0
_MOST_BYTES = 300_000_000


def problems(post: Post) -> Iterator[str]:
    """Every reason why Instagram would refuse the post."""
    text = caption(post.text)
    size = counted(text)
    if size > _MOST_CAPTION:
        yield f"Instagram's captions have {_MOST_CAPTION:,} characters; this has {size:,}"
    for sign, most in (("#", _MOST_HASHTAGS), ("@", _MOST_MENTIONS)):
        if text.count(sign) > most:
            yield f"Instagram's captions have {most} {sign}; this has {text.count(sign)}"
    if not _SHORTEST_S <= post.duration_s <= _LONGEST_S:
        yield f"Reels have {_SHORTEST_S:.0f} to {_LONGEST_S:.0f} s, not {post.duration_s:.1f} s"
    size = post.video.stat().st_size
    if not 0 < size <= _MOST_BYTES:
        yield f"Instagram takes files of 1 to {_MOST_BYTES:,} bytes; this has {size:,}"
