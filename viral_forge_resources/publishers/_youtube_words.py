"""What YouTube takes of a post, in its own counting, and the resource that is sent for it.

Source: https://developers.google.com/youtube/v3/docs/videos
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from viral_forge_resources.contracts.counting_text import Unit, counted, counted_tags
from viral_forge_resources.contracts.publishing import Post

FORBIDDEN = "<>"
MOST_TITLE_CHARACTERS = 100
MOST_DESCRIPTION_BYTES = 5_000
MOST_TAG_CHARACTERS = 500
MOST_BYTES = 274_877_906_944
LONGEST_S = 12 * 3600.0
KEPT_STATUS = (
    "containsSyntheticMedia",
    "embeddable",
    "license",
    "publicStatsViewable",
    "selfDeclaredMadeForKids",
)
"""What may be written of a video's status besides who sees it and when."""

PARTS = "snippet,status,paidProductPlacementDetails"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the operator wants of every video.

    Attributes:
        privacy: public, unlisted or private.
        public_after: videos are private until YouTube itself makes them public so much later.
    """

    privacy: str
    category: str
    notifies: bool
    public_after: timedelta = timedelta()


def marker(publication_id: str) -> str:
    """The tag by which a post is known again, whatever became of what we remember of it."""
    return f"vf{publication_id}"


def problems(post: Post) -> Iterator[str]:
    """Every reason why YouTube would refuse the post."""
    title, description = post.text.title, post.text.description
    if not title.strip() or len(title) > MOST_TITLE_CHARACTERS:
        yield f"YouTube's titles have 1 to {MOST_TITLE_CHARACTERS} characters, not {len(title)}"
    size = counted(description, Unit.UTF8_BYTES)
    if size > MOST_DESCRIPTION_BYTES:
        yield f"YouTube's descriptions have {MOST_DESCRIPTION_BYTES:,} bytes; this has {size:,}"
    for name, text in (("title", title), ("description", description)):
        if any(character in text for character in FORBIDDEN):
            yield f"YouTube's {name}s hold neither < nor >"
    size = counted_tags(_tags(post))
    if size > MOST_TAG_CHARACTERS:
        yield f"YouTube's tags have {MOST_TAG_CHARACTERS} characters together; these have {size}"
    yield from _media_problems(post)


def _media_problems(post: Post) -> Iterator[str]:
    size = post.video.stat().st_size
    if not 0 < size <= MOST_BYTES:
        yield f"YouTube takes files of 1 to {MOST_BYTES:,} bytes; this has {size:,}"
    if post.duration_s > LONGEST_S:
        yield f"YouTube takes videos of {LONGEST_S:.0f} s; this has {post.duration_s:.0f} s"


def resource(post: Post, wishes: Wishes, *, now: datetime) -> dict[str, Any]:
    """The video resource of a post that is announced ``now``.

    What is left out YouTube would choose itself; without a privacy it would make the video public.
    """
    disclosure = post.disclosure
    status: dict[str, Any] = {
        "privacyStatus": wishes.privacy,
        "selfDeclaredMadeForKids": disclosure.is_made_for_kids,
        "containsSyntheticMedia": disclosure.is_synthetic,
        "license": "youtube",
        "embeddable": True,
        "publicStatsViewable": True,
    }
    if wishes.public_after:  # only a private video may have a moment to be published at
        publish_at = (now + wishes.public_after).astimezone(UTC)
        status |= {"privacyStatus": "private", "publishAt": f"{publish_at:%Y-%m-%dT%H:%M:%SZ}"}
    return {
        "snippet": {
            "title": post.text.title,
            "description": post.text.description,
            "tags": list(_tags(post)),
            "categoryId": wishes.category,
        },
        "status": status,
        "paidProductPlacementDetails": {"hasPaidProductPlacement": disclosure.is_paid},
    }


def _tags(post: Post) -> tuple[str, ...]:
    return (*post.text.tags, marker(post.publication_id))
