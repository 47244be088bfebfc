"""What is read of video pins: of days that Pinterest is done with, and of the pin's whole life.

Source: Pinterest's API description 5.23.0, ``/pins/{pin_id}/analytics``
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from viral_forge_resources.contracts import metrics
from viral_forge_resources.contracts.errors import UnexpectedAnswer
from viral_forge_resources.contracts.publishing import PostMetric, Publication
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._numbers import Number, Read, Sheet, counted
from viral_forge_resources.publishers._pinterest_calls import PinterestCalls

AT_ONCE = 10
"""Pins in one reading: each is a question."""

_LONGEST = timedelta(days=89)
_LIFETIME = frozenset({"TOTAL_COMMENTS", "TOTAL_REACTIONS"})
_DONE = "READY"
_NO_DAY = "Pinterest is done with no day of this pin yet, which is not 0"
_TOO_OLD = "Pinterest tells days of the last 90 days, and this pin is older"
_LEFT_OUT = "Pinterest's answer leaves it out"
_NO_UNIT = "Pinterest's description does not say in which unit it tells times"

SHEET = Sheet(
    platform="pinterest",
    source="Pinterest API v5 pins/analytics",
    numbers=(
        Number(
            name="VIDEO_MRC_VIEW",
            metric=metrics.VIEWS,
            meaning="video views as Pinterest calls them (MRC), on days that it is done with",
        ),
        Number(
            name="VIDEO_10S_VIEW",
            metric=metrics.ENGAGED_VIEWS,
            meaning="views of ten seconds or more, on days that it is done with",
        ),
        Number(
            name="IMPRESSION",
            metric=metrics.IMPRESSIONS,
            meaning="times the pin was shown, on days that it is done with",
        ),
        Number(
            name="SAVE", metric=metrics.SAVES, meaning="times saved, on days that it is done with"
        ),
        Number(
            name="PIN_CLICK",
            metric=metrics.CLICKS,
            meaning="clicks on the pin, on days that it is done with",
        ),
        Number(
            name="OUTBOUND_CLICK",
            metric=metrics.LINK_CLICKS,
            meaning="clicks that left for the pin's address, on days that it is done with",
        ),
        Number(
            name="TOTAL_COMMENTS", metric=metrics.COMMENTS, meaning="comments in the pin's life"
        ),
        Number(
            name="TOTAL_REACTIONS", metric=metrics.REACTIONS, meaning="reactions in the pin's life"
        ),
    ),
    untold=(
        (metrics.WATCH_TIME, _NO_UNIT),
        (metrics.AVERAGE_VIEW_DURATION, _NO_UNIT),
        (metrics.AUDIENCE_WATCH_RATIO, "Pinterest's API has no retention curve"),
    ),
)


def read(
    api: PinterestCalls, publications: Sequence[Publication], now: datetime
) -> tuple[PostMetric, ...]:
    """Every number of pins of one account.

    Raises:
        Refused: Pinterest does not answer this.
        UnexpectedAnswer: it answers in another form.
    """
    return tuple(row for each in publications for row in _of(api, each, now))


def _of(api: PinterestCalls, publication: Publication, now: datetime) -> tuple[PostMetric, ...]:
    today = now.astimezone(UTC).date()
    made_on = (publication.published_at or now).astimezone(UTC).date()
    start = max(made_on, today - _LONGEST)
    names = [number.name for number in SHEET.numbers]
    told = inside(
        api.analytics(str(publication.post_id), start=start, end=today, names=names), "all"
    )
    if not isinstance(told, dict):
        raise UnexpectedAnswer("Pinterest tells the numbers of a pin in another form")
    days = [day for day in told.get("daily_metrics") or () if inside(day, "data_status") == _DONE]

    def read_one(number: Number) -> Read:
        if number.name in _LIFETIME:
            value = counted(inside(told, "lifetime_metrics", number.name))
            return value, _LEFT_OUT
        if start > made_on:
            return None, _TOO_OLD
        return _summed(days, number.name)

    rows = SHEET.rows(publication.publication_id, now, read_one)
    return tuple(_dated(row, _end_of(days, now)) for row in rows)


def _summed(days: Sequence[Any], name: str) -> Read:
    if not days:
        return None, _NO_DAY
    values = [counted(inside(day, "metrics", name)) for day in days]
    known = [value for value in values if value is not None]
    return (sum(known), None) if len(known) == len(days) else (None, _LEFT_OUT)


def _end_of(days: Sequence[Any], now: datetime) -> datetime:
    """Up to when the days reach that Pinterest is done with."""
    dates = [date.fromisoformat(str(inside(day, "date"))) for day in days]
    if not dates:
        return now
    return min(datetime.combine(max(dates) + timedelta(days=1), time(), UTC), now)


def _dated(row: PostMetric, as_of: datetime) -> PostMetric:
    is_daily = row.value is not None and row.metric not in {metrics.COMMENTS, metrics.REACTIONS}
    return replace(row, as_of=as_of) if is_daily else row
