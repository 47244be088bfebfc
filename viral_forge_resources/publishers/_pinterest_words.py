"""What Pinterest takes of a video pin, in its own counting, and what it is told of it.

Source: Pinterest's API description 5.23.0, ``PinCreate``
"""

from collections.abc import Iterator
from typing import Any

from viral_forge_resources.contracts.counting_text import counted
from viral_forge_resources.contracts.publishing import Disclosure, PostText
from viral_forge_resources.contracts.publishing import Post as Pin
from viral_forge_resources.publishers._meta_words import with_notice
from viral_forge_resources.publishers._post_files import hashtags

_MOST_TITLE, _MOST_DESCRIPTION = 100, 800
_SHORTEST_S, _LONGEST_S = 4.0, 900.0
_MOST_BYTES = 2_000_000_000
_COVER_AT_S = 1


def description(text: PostText, disclosure: Disclosure, *, synthetic_notice: str) -> str:
    """All words of the pin but its title."""
    words = "\n\n".join(part for part in (text.description, hashtags(text.tags)) if part)
    return with_notice(words, disclosure, synthetic=synthetic_notice)


def problems(pin: Pin, *, synthetic_notice: str) -> Iterator[str]:
    """Every reason why Pinterest would refuse the pin."""
    told = description(pin.text, pin.disclosure, synthetic_notice=synthetic_notice)
    for name, words, most in (
        ("title", pin.text.title, _MOST_TITLE),
        ("description", told, _MOST_DESCRIPTION),
    ):
        if counted(words) > most:
            yield f"the {name} of a pin has {most} characters; this has {counted(words):,}"
    if not _SHORTEST_S <= pin.duration_s <= _LONGEST_S:
        yield (
            f"Pinterest takes videos of {_SHORTEST_S:.0f} to {_LONGEST_S:.0f} s,"
            f" not {pin.duration_s:.1f} s"
        )
    size = pin.video.stat().st_size
    if not 0 < size <= _MOST_BYTES:
        yield f"Pinterest takes files of 1 to {_MOST_BYTES:,} bytes; this has {size:,}"


def body(pin: Pin, *, board: str, media_id: str, synthetic_notice: str) -> dict[str, Any]:
    """What Pinterest is told of the pin; without a cover it makes none of a video."""
    return {
        "board_id": board,
        "title": pin.text.title,
        "description": description(pin.text, pin.disclosure, synthetic_notice=synthetic_notice),
        "alt_text": pin.text.title,
        "media_source": {
            "source_type": "video_id",
            "media_id": media_id,
            "cover_image_key_frame_time": min(_COVER_AT_S, int(pin.duration_s)),
        },
    }
