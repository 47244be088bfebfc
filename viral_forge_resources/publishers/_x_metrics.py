"""What is read of posts on X: up to a hundred in one question, at $0.001 each.

Source: https://docs.x.com/x-api/fundamentals/metrics
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from viral_forge_resources.contracts import metrics
from viral_forge_resources.contracts.publishing import PostMetric, Publication
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._numbers import Number, Read, Sheet, counted
from viral_forge_resources.publishers._x_calls import XCalls

AT_ONCE = 100
_PRIVATE_FOR = timedelta(days=29)
"""X tells an author's own numbers of posts of the last 30 days; an hour more may be too many."""

_STARTED = "playback_0_count"
_OLD = "X tells this only of posts of the last 30 days"
_HIDDEN = "X did not tell it, which is not 0: its own numbers are for the author's login alone"
_GONE = "X shows no such post: it was deleted, or is hidden"
_NO_START = "nobody has started the video yet, so there is no share of its starts"
_ALL, _OWN = "public_metrics", "non_public_metrics"
_SHARES = tuple(
    Number(
        name=f"media.{_OWN}.playback_{part}_count",
        metric=metrics.curve_point(part / 100),
        meaning=f"starts of the video that got to {part} % of it, by all starts",
    )
    for part in (25, 50, 75, 100)
)

SHEET = Sheet(
    platform="x",
    source="X API v2 tweets",
    numbers=(
        Number(
            name=f"media.{_ALL}.view_count",
            metric=metrics.VIEWS,
            meaning="views of the video, as X shows them",
        ),
        Number(
            name=f"post.{_ALL}.impression_count",
            metric=metrics.IMPRESSIONS,
            meaning="times the post was seen",
        ),
        Number(name=f"post.{_ALL}.like_count", metric=metrics.LIKES, meaning="likes"),
        Number(name=f"post.{_ALL}.reply_count", metric=metrics.COMMENTS, meaning="replies"),
        Number(name=f"post.{_ALL}.retweet_count", metric=metrics.REPOSTS, meaning="times reposted"),
        Number(name=f"post.{_ALL}.quote_count", metric=metrics.QUOTES, meaning="times quoted"),
        Number(name=f"post.{_ALL}.bookmark_count", metric=metrics.SAVES, meaning="bookmarks"),
        Number(
            name=f"post.{_OWN}.url_link_clicks",
            metric=metrics.LINK_CLICKS,
            meaning="clicks on addresses in the post",
        ),
        Number(
            name=f"post.{_OWN}.user_profile_clicks",
            metric=metrics.PROFILE_VISITS,
            meaning="clicks on the profile from the post",
        ),
        *_SHARES,
    ),
    untold=tuple(
        (metric, "X's API tells no times watched")
        for metric in (metrics.WATCH_TIME, metrics.AVERAGE_VIEW_DURATION)
    ),
)


def read(api: XCalls, publications: Sequence[Publication], now: datetime) -> tuple[PostMetric, ...]:
    """Every number of posts of one account.

    Raises:
        Refused: X does not answer this.
    """
    young = [each for each in publications if _is_young(each, now)]
    old = [each for each in publications if not _is_young(each, now)]
    found = _found(api, young, has_own=True)
    # Where its own numbers are refused, X leaves a post out altogether.
    found |= _found(api, [*old, *(p for p in young if p.post_id not in found)], has_own=False)
    return tuple(
        row
        for each in publications
        for row in SHEET.rows(each.publication_id, now, _reading(each, found, now))
    )


def _is_young(publication: Publication, now: datetime) -> bool:
    published_at = publication.published_at
    return published_at is not None and now - published_at < _PRIVATE_FOR


def _found(
    api: XCalls, publications: Sequence[Publication], *, has_own: bool
) -> dict[str, dict[str, Any]]:
    """Posts with their videos, by their ids."""
    ids = [each.post_id for each in publications if each.post_id]
    if not ids:
        return {}
    told = api.numbers(ids, fields=f"{_ALL},{_OWN}" if has_own else _ALL)
    videos = {inside(each, "media_key"): each for each in inside(told, "includes", "media") or ()}
    return {
        str(inside(post, "id")): {
            "post": post,
            "media": videos.get(inside(post, "attachments", "media_keys", 0)),
        }
        for post in inside(told, "data") or ()
    }


def _reading(publication: Publication, found: Mapping[str, dict[str, Any]], now: datetime) -> Any:  # noqa: ANN401  what a sheet reads by
    post = found.get(publication.post_id or "")
    is_young = _is_young(publication, now)

    def read_one(number: Number) -> Read:
        path = number.name.split(".")
        value = counted(inside(post, *path))
        if post is None:
            return None, _GONE
        if value is None:
            return None, _OLD if _OWN in path and not is_young else _HIDDEN
        if number not in _SHARES:
            return value, None
        starts = counted(inside(post, *path[:-1], _STARTED))
        return (value / starts, None) if starts else (None, _NO_START)

    return read_one
