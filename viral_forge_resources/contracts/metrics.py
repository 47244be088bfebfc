"""Names, units and definitions of what is measured of posts; readers and reports use no others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

AGES = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=72),
    timedelta(days=7),
    timedelta(days=28),
)
"""How old a post is when its results are read."""


class Unit(StrEnum):
    """What a number counts; money has its ISO 4217 code instead."""

    COUNT = "count"
    SECONDS = "s"
    RATIO = "ratio"  # 1 is the whole; may exceed it where people watch again


VIEWS = "views"
ENGAGED_VIEWS = "engaged_views"
WATCH_TIME = "watch_time"
AVERAGE_VIEW_DURATION = "average_view_duration"
AVERAGE_SHARE_VIEWED = "average_share_viewed"
LIKES = "likes"
REACTIONS = "reactions"
COMMENTS = "comments"
SHARES = "shares"
SAVES = "saves"
REPOSTS = "reposts"
QUOTES = "quotes"
REPLIES = "replies"
REACH = "reach"
IMPRESSIONS = "impressions"
CLICKS = "clicks"
LINK_CLICKS = "link_clicks"
INTERACTIONS = "interactions"
PROFILE_VISITS = "profile_visits"
FOLLOWERS_GAINED = "followers_gained"
FOLLOWERS_LOST = "followers_lost"
SHARE_COMPLETED = "share_completed"
SHARE_SKIPPED = "share_skipped"
ESTIMATED_REVENUE = "estimated_revenue"
AUDIENCE_WATCH_RATIO = "audience_watch_ratio"
"""Prefix of a retention curve's points, such as ``audience_watch_ratio@0.25``; a row of this very
name, without a value, says why there is no curve."""

_POINT = re.compile(rf"{AUDIENCE_WATCH_RATIO}@(0\.[0-9]{{2}}|1\.00)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """What one name stands for everywhere.

    Attributes:
        unit: None for money, whose unit is its currency.
        may_be_summed: over posts; averages, and people counted once a post, may not.
        is_comparable: between platforms; others only among posts of one platform, since each
            counts something else under that name.
        meaning: in a few words.
    """

    name: str
    unit: Unit | None
    meaning: str
    may_be_summed: bool = False
    is_comparable: bool = False


def _counted(name: str, meaning: str, *, is_comparable: bool = False) -> Metric:
    return Metric(
        name=name,
        unit=Unit.COUNT,
        meaning=meaning,
        may_be_summed=True,
        is_comparable=is_comparable,
    )


_KNOWN = (
    _counted(VIEWS, "times the video started, as the platform counts starts"),
    _counted(ENGAGED_VIEWS, "views that went beyond the first moment"),
    Metric(
        name=WATCH_TIME,
        unit=Unit.SECONDS,
        meaning="time that all views lasted",
        may_be_summed=True,
        is_comparable=True,
    ),
    Metric(name=AVERAGE_VIEW_DURATION, unit=Unit.SECONDS, meaning="time that a view lasted"),
    Metric(
        name=AVERAGE_SHARE_VIEWED,
        unit=Unit.RATIO,
        meaning="part of the video that a view lasted; above 1 where views loop",
    ),
    _counted(LIKES, "likes", is_comparable=True),
    _counted(REACTIONS, "reactions of every kind"),
    _counted(COMMENTS, "comments and replies", is_comparable=True),
    _counted(SHARES, "uses of the share button", is_comparable=True),
    _counted(SAVES, "times saved for later", is_comparable=True),
    _counted(REPOSTS, "times posted again by others"),
    _counted(QUOTES, "times quoted by others"),
    _counted(REPLIES, "direct replies"),
    Metric(name=REACH, unit=Unit.COUNT, meaning="people or accounts that saw it, each once"),
    _counted(IMPRESSIONS, "times shown, played or not"),
    _counted(CLICKS, "clicks of every kind"),
    _counted(LINK_CLICKS, "clicks on links", is_comparable=True),
    _counted(INTERACTIONS, "all interactions that the platform adds up"),
    _counted(PROFILE_VISITS, "visits of the profile from the post"),
    _counted(FOLLOWERS_GAINED, "followers or subscribers won by the post", is_comparable=True),
    _counted(FOLLOWERS_LOST, "followers or subscribers that left by the post", is_comparable=True),
    Metric(name=SHARE_COMPLETED, unit=Unit.RATIO, meaning="views that lasted up to the end"),
    Metric(name=SHARE_SKIPPED, unit=Unit.RATIO, meaning="views that ended in the first seconds"),
    Metric(
        name=ESTIMATED_REVENUE,
        unit=None,
        meaning="earned, as the platform estimates; added up by currency only",
        may_be_summed=True,
        is_comparable=True,
    ),
    Metric(
        name=AUDIENCE_WATCH_RATIO,
        unit=Unit.RATIO,
        meaning="viewers at a point of the video, of all views; above 1 where people watch again",
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _KNOWN})
"""By name. Exports of studios may hold further columns, under names of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What one platform's API counts under one of our names.

    Attributes:
        version: rises where the platform changes what it counts; numbers of two versions are no
            series.
    """

    platform: str
    metric: str
    version: int
    meaning: str

    def __str__(self) -> str:
        return f"{self.platform} {self.metric} v{self.version}: {self.meaning}"


_YOUTUBE = (
    # Source: https://developers.google.com/youtube/v3/revision_history, 2026-08-27. Version 1 were
    # views as before March 2025 for Shorts, version 2 until August 2026 for other videos.
    (VIEWS, 3, "starts of playback, of videos of every form"),
    (ENGAGED_VIEWS, 1, "views that lasted beyond the first seconds; what views were until 2025"),
    (WATCH_TIME, 1, "minutes watched, as seconds, up to the last processed day"),
    (AVERAGE_VIEW_DURATION, 1, "seconds a view lasted"),
    (AVERAGE_SHARE_VIEWED, 1, "part of the video that a view lasted, loops counted"),
    (LIKES, 1, "likes now, those taken back left out"),
    (COMMENTS, 1, "comments and replies"),
    (SHARES, 1, "uses of the share button"),
    (FOLLOWERS_GAINED, 1, "subscribers won on the video's page"),
    (FOLLOWERS_LOST, 1, "subscribers lost on the video's page"),
    (AUDIENCE_WATCH_RATIO, 1, "views of the moment by views of the video, rewatching counted"),
    (ESTIMATED_REVENUE, 1, "net revenue of all sources, estimated"),
)
_TIKTOK = (
    (VIEWS, 1, "times the video started; 0 is true of what only its owner sees"),
    (LIKES, 1, "likes"),
    (COMMENTS, 1, "comments"),
    (SHARES, 1, "shares"),
)

DEFINITIONS: Mapping[tuple[str, str], Definition] = MappingProxyType(
    {
        (platform, metric): Definition(
            platform=platform, metric=metric, version=version, meaning=meaning
        )
        for platform, rows in (("youtube", _YOUTUBE), ("tiktok", _TIKTOK))
        for metric, version, meaning in rows
    }
)
"""By platform and metric. A reader of another platform keeps its own beside its calls."""


def definition_of(platform: str, metric: str) -> str:
    """What ``platform`` counts under that name, as it is stored with every number.

    Raises:
        KeyError: nothing says so; a curve's point is defined as its curve.
    """
    return str(DEFINITIONS[platform, metric.partition("@")[0]])


def curve_point(position: float) -> str:
    """Name of a retention curve's point at ``position``, from 0.01 to 1 of the video."""
    return f"{AUDIENCE_WATCH_RATIO}@{position:.2f}"


def position_of(metric: str) -> float | None:
    """Where in the video the point lies; None where ``metric`` is none of a curve's."""
    found = _POINT.fullmatch(metric)
    return float(found[1]) if found else None


def is_summable(metric: str) -> bool:
    """Whether numbers of several posts may be added up."""
    known = METRICS.get(metric)
    return known is not None and known.may_be_summed
