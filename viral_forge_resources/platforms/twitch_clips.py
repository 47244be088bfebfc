"""Reads clips of Twitch, and parts the time that they are asked for."""

from datetime import datetime, timedelta

from viral_forge_resources.contracts.scanning import ScannedVideo, Unusable
from viral_forge_resources.platforms.reading import (
    count,
    inside,
    moment,
    one_line,
    seconds,
    video_id,
    web_address,
)

_SHORTEST_WINDOW = timedelta(days=1)


def windows(since: datetime, now: datetime, *, most: int) -> list[tuple[datetime, datetime]]:
    """The time from ``since`` to ``now`` in at most ``most`` equal parts of a day or more.

    The newest comes first. Twitch gives about 1,000 clips an answer, the most seen ones: asked for
    a whole month, it gives hardly any of today.
    """
    span = now - since
    parts = max(1, min(most, span // _SHORTEST_WINDOW))
    step = span / parts
    return [(now - step * (number + 1), now - step * number) for number in range(parts)]


def from_clip(clip: object, *, seen_at: datetime) -> ScannedVideo | Unusable:
    """One clip; its author is the channel that it was cut from."""
    found_id, title = video_id(inside(clip, "id")), one_line(inside(clip, "title"))
    if found_id is None or title is None:
        return Unusable(reason="has no id" if found_id is None else f"{found_id} has no title")
    page_url = web_address(inside(clip, "url"))
    if page_url is None:
        return Unusable(reason=f"{found_id} has no address")
    return ScannedVideo(
        platform="twitch",
        platform_video_id=found_id,
        locator=page_url,
        page_url=page_url,
        title=title,
        seen_at=seen_at,
        author=one_line(inside(clip, "broadcaster_name")),
        author_id=one_line(inside(clip, "broadcaster_id")),
        thumbnail_url=web_address(inside(clip, "thumbnail_url")),
        published_at=moment(inside(clip, "created_at")),
        duration_s=seconds(inside(clip, "duration")),
        language=one_line(inside(clip, "language")),
        views=count(inside(clip, "view_count")),
    )
