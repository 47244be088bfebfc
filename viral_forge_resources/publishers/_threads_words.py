"""What Threads takes of a post, in its own counting.

Source: https://developers.facebook.com/docs/threads/posts
"""

import unicodedata
from collections.abc import Iterator

from viral_forge_resources.contracts.publishing import Picture, Post
from viral_forge_resources.publishers._meta_words import with_notice
from viral_forge_resources.publishers._post_files import caption

_MOST_TEXT = 500
_LONGEST_S = 300.0
_MOST_BYTES = 1_000_000_000
_SLOWEST_FPS, _FASTEST_FPS = 23, 60
_ROUNDED_FPS = 0.05
_WIDEST_PX = 1_920
_FIRST_EMOJI = 0x1F000
_PARTS_OF_EMOJI = frozenset("\u200d\ufe0f\u20e3")


def counted(text: str) -> int:
    """Length of ``text`` as Threads counts it: of emoji the bytes, of all else the characters."""
    return sum(len(each.encode(errors="replace")) if _is_emoji(each) else 1 for each in text)


def _is_emoji(character: str) -> bool:
    return (
        ord(character) >= _FIRST_EMOJI
        or character in _PARTS_OF_EMOJI
        or unicodedata.category(character) == "So"
    )


def text_of(post: Post, *, synthetic_notice: str) -> str:
    """All words of the post."""
    return with_notice(caption(post.text), post.disclosure, synthetic=synthetic_notice)


def problems(post: Post, *, synthetic_notice: str) -> Iterator[str]:
    """Every reason why Threads would refuse the post."""
    size = counted(text_of(post, synthetic_notice=synthetic_notice))
    if size > _MOST_TEXT:
        yield f"posts on Threads have {_MOST_TEXT} characters; this has {size:,}"
    if not 0 < post.duration_s <= _LONGEST_S:
        yield f"videos on Threads have at most {_LONGEST_S:.0f} s, not {post.duration_s:.1f} s"
    bytes_of_it = post.video.stat().st_size
    if not 0 < bytes_of_it <= _MOST_BYTES:
        yield f"Threads takes files of 1 to {_MOST_BYTES:,} bytes; this has {bytes_of_it:,}"
    if post.picture is not None:
        yield from _picture_problems(post.picture)


def _picture_problems(picture: Picture) -> Iterator[str]:
    if picture.width_px > _WIDEST_PX:
        yield f"videos on Threads are at most {_WIDEST_PX} px wide, not {picture.width_px} px"
    if not _SLOWEST_FPS - _ROUNDED_FPS <= picture.fps <= _FASTEST_FPS + _ROUNDED_FPS:
        yield (
            f"videos on Threads have {_SLOWEST_FPS} to {_FASTEST_FPS} pictures a second,"
            f" not {float(picture.fps):.2f}"
        )
