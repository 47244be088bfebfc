"""What Facebook takes of a Reel, in its own counting.

Source: https://developers.facebook.com/docs/video-api/guides/reels-publishing
"""

from collections.abc import Iterator

from viral_forge_resources.contracts.publishing import Picture, Post
from viral_forge_resources.publishers._meta_words import with_notice
from viral_forge_resources.publishers._post_files import caption

_SHORTEST_S, _LONGEST_S = 3.0, 90.0
_LEAST_WIDTH_PX, _LEAST_HEIGHT_PX = 540, 960
_SLOWEST_FPS, _FASTEST_FPS = 24, 60
_ROUNDED_FPS = 0.05
"""23.976 is sold as 24, 59.94 as 60."""


def problems(post: Post) -> Iterator[str]:
    """Every reason why Facebook would refuse the post."""
    if not _SHORTEST_S <= post.duration_s <= _LONGEST_S:
        yield (
            f"Facebook's Reels have {_SHORTEST_S:.0f} to {_LONGEST_S:.0f} s,"
            f" not {post.duration_s:.1f} s"
        )
    if post.picture is not None:
        yield from _picture_problems(post.picture)
    if post.video.stat().st_size == 0:
        yield "the video is empty"


def _picture_problems(picture: Picture) -> Iterator[str]:
    width, height = picture.width_px, picture.height_px
    if width * 16 != height * 9:
        yield f"Facebook's Reels are 9:16, not {width} x {height} pixels"
    elif width < _LEAST_WIDTH_PX:
        yield (
            f"Facebook's Reels have {_LEAST_WIDTH_PX} x {_LEAST_HEIGHT_PX} pixels at least,"
            f" not {width} x {height}"
        )
    if not _SLOWEST_FPS - _ROUNDED_FPS <= picture.fps <= _FASTEST_FPS + _ROUNDED_FPS:
        yield (
            f"Facebook's Reels have {_SLOWEST_FPS} to {_FASTEST_FPS} pictures a second,"
            f" not {float(picture.fps):.2f}"
        )


def description(post: Post, *, synthetic_notice: str) -> str:
    """All words of the post."""
    return with_notice(caption(post.text), post.disclosure, synthetic=synthetic_notice)
