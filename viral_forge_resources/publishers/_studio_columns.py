"""Every column that we know of the studios' exports: what it counts, in which unit.

Only names of English exports; a studio's language is changed in its settings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from viral_forge_resources.publishers import _studio_numbers as numbers


class Use(StrEnum):
    """What a column is read for; ``TOTAL`` marks the row that adds all others up."""

    METRIC = "metric"
    PUBLICATION_ID = "publication_id"
    CHANNEL = "channel"
    TEXT = "text"
    AS_OF = "as_of"
    DATE = "date"
    TOTAL = "total"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit and how a cell is brought to it."""

    unit: str
    convert: Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one studio's export.

    Attributes:
        header: as the studio writes it.
        metric: our name; empty for columns that hold no number.
        meaning: what is counted, as the studio defines it.
    """

    studio: str
    header: str
    metric: str = ""
    measure: Measure = Measure("count", numbers.count)
    meaning: str = ""
    use: Use = Use.METRIC


YOUTUBE = "YouTube Studio"
TIKTOK = "TikTok Studio"
META = "Meta Business Suite"
OWN = "own table"

_COUNT = Measure("count", numbers.count)
_NET_COUNT = Measure("count", numbers.net_count)
_SECONDS = Measure("s", numbers.seconds)
_HOURS = Measure("s", numbers.hours)
_PERCENT = Measure("ratio", numbers.percent)
_SHARE = Measure("ratio", numbers.share)
_MONEY = Measure("¤", numbers.number)


def _read_for(use: Use, studio: str, *headers: str) -> tuple[Column, ...]:
    return tuple(Column(studio, header, use=use) for header in headers)


# The first studio that has one of its columns in a file is the one it comes from.
MARKERS = {
    YOUTUBE: ("Video publish time", "Content"),
    TIKTOK: ("Video link",),
    META: ("Permalink", "Post ID"),
    OWN: ("publication_id",),
}

_EVERYWHERE = tuple(
    Column(studio, header, use=use)
    for studio in MARKERS
    for header, use in (
        ("publication_id", Use.PUBLICATION_ID),
        ("channel", Use.CHANNEL),
        ("As of", Use.AS_OF),
        ("Date", Use.AS_OF if studio == OWN else Use.DATE),
    )
)

_YOUTUBE_COLUMNS = (
    *_read_for(Use.TEXT, YOUTUBE, "Video title"),
    *_read_for(Use.TOTAL, YOUTUBE, "Content"),
    *_read_for(Use.IGNORED, YOUTUBE, "Video publish time", "Duration"),
    Column(YOUTUBE, "Views", "views", _COUNT, "views that count for the public number"),
    Column(YOUTUBE, "Engaged views", "engaged_views", _COUNT, "Shorts that were not swiped away"),
    Column(YOUTUBE, "Watch time (hours)", "watch_time", _HOURS, "time that all views lasted"),
    Column(YOUTUBE, "Average view duration", "average_view_duration", _SECONDS, "time of a view"),
    Column(
        YOUTUBE,
        "Average percentage viewed (%)",
        "average_share_viewed",
        _PERCENT,
        "part of the video that a view lasted",
    ),
    Column(YOUTUBE, "Stayed to watch (%)", "share_stayed", _PERCENT, "Shorts not swiped away"),
    Column(YOUTUBE, "Subscribers", "followers", _NET_COUNT, "subscribers gained less those lost"),
    Column(YOUTUBE, "Subscribers gained", "followers_gained", _COUNT, "new subscribers"),
    Column(YOUTUBE, "Subscribers lost", "followers_lost", _COUNT, "subscribers that left"),
    Column(YOUTUBE, "Likes", "likes", _COUNT, "likes added less those taken back"),
    Column(YOUTUBE, "Dislikes", "dislikes", _COUNT, "dislikes added less those taken back"),
    Column(YOUTUBE, "Likes (vs. dislikes) (%)", "share_liked", _PERCENT, "likes of all ratings"),
    Column(YOUTUBE, "Comments added", "comments", _COUNT, "comments and replies"),
    Column(YOUTUBE, "Shares", "shares", _COUNT, "uses of the share button"),
    Column(YOUTUBE, "Unique viewers", "viewers", _COUNT, "estimated people who watched"),
    Column(YOUTUBE, "New viewers", "new_viewers", _COUNT, "people who watched for the first time"),
    Column(YOUTUBE, "Returning viewers", "returning_viewers", _COUNT, "people who came back"),
    Column(YOUTUBE, "Impressions", "impressions", _COUNT, "times the thumbnail was shown"),
    Column(
        YOUTUBE, "Thumbnail impressions", "impressions", _COUNT, "times the thumbnail was shown"
    ),
    Column(
        YOUTUBE,
        "Impressions click-through rate (%)",
        "click_through_rate",
        _PERCENT,
        "views of impressions",
    ),
    Column(
        YOUTUBE,
        "Thumbnail click-through rate (%)",
        "click_through_rate",
        _PERCENT,
        "views of impressions",
    ),
    Column(YOUTUBE, "Estimated revenue (¤)", "estimated_revenue", _MONEY, "net revenue"),
    Column(YOUTUBE, "Your estimated revenue (¤)", "estimated_revenue", _MONEY, "net revenue"),
    Column(YOUTUBE, "RPM (¤)", "revenue_per_mille", _MONEY, "revenue per 1,000 views"),
    Column(YOUTUBE, "CPM (¤)", "cost_per_mille", _MONEY, "advertisers' cost per 1,000 showings"),
)

_TIKTOK_COLUMNS = (
    *_read_for(Use.TEXT, TIKTOK, "Video title"),
    *_read_for(Use.IGNORED, TIKTOK, "Video link", "Post time", "Time"),
    Column(TIKTOK, "Total views", "views", _COUNT, "times the video started"),
    Column(TIKTOK, "Total likes", "likes", _COUNT, "likes"),
    Column(TIKTOK, "Total comments", "comments", _COUNT, "comments"),
    Column(TIKTOK, "Total shares", "shares", _COUNT, "shares"),
    Column(TIKTOK, "Add to favorites", "saves", _COUNT, "times put among favourites"),
    Column(TIKTOK, "Total play time", "watch_time", _SECONDS, "time that all views lasted"),
    Column(TIKTOK, "Average watch time", "average_view_duration", _SECONDS, "time of a view"),
    Column(TIKTOK, "Watched full video", "share_completed", _SHARE, "views up to the end"),
    Column(TIKTOK, "Reached audience", "reach", _COUNT, "people who watched"),
    Column(TIKTOK, "New followers", "followers_gained", _COUNT, "followers won by the video"),
)

_META_COLUMNS = (
    *_read_for(Use.TEXT, META, "Title", "Description"),
    *_read_for(Use.IGNORED, META, "Post ID", "Account ID", "Account username", "Account name"),
    *_read_for(Use.IGNORED, META, "Page ID", "Page name", "Duration (sec)", "Publish time"),
    *_read_for(Use.IGNORED, META, "Caption type", "Permalink", "Is crosspost", "Is share"),
    *_read_for(Use.IGNORED, META, "Post type", "Languages", "Custom labels", "Data comment"),
    *_read_for(Use.IGNORED, META, "Funded content status", "Reactions, Comments and Shares"),
    Column(META, "Views", "views", _COUNT, "times played or shown"),
    Column(META, "Reach", "reach", _COUNT, "accounts that saw it"),
    Column(META, "Impressions", "impressions", _COUNT, "times shown"),
    Column(META, "Likes", "likes", _COUNT, "likes"),
    Column(META, "Reactions", "reactions", _COUNT, "reactions of every kind"),
    Column(META, "Comments", "comments", _COUNT, "comments"),
    Column(META, "Shares", "shares", _COUNT, "shares"),
    Column(META, "Saves", "saves", _COUNT, "times saved"),
    Column(META, "Follows", "followers_gained", _COUNT, "followers won by the post"),
    Column(META, "Total clicks", "clicks", _COUNT, "clicks of every kind"),
    Column(META, "Link clicks", "link_clicks", _COUNT, "clicks on links"),
    Column(META, "Other clicks", "other_clicks", _COUNT, "clicks on anything but links"),
    Column(META, "Seconds viewed", "watch_time", _SECONDS, "time that all views lasted"),
    Column(META, "Average seconds viewed", "average_view_duration", _SECONDS, "time of a view"),
    Column(META, "Estimated earnings (¤)", "estimated_revenue", _MONEY, "estimated earnings"),
)

_OWN_COLUMNS = (
    *_read_for(Use.TEXT, OWN, "title"),
    Column(OWN, "views", "views", _COUNT, "as typed in"),
    Column(OWN, "likes", "likes", _COUNT, "as typed in"),
    Column(OWN, "comments", "comments", _COUNT, "as typed in"),
    Column(OWN, "shares", "shares", _COUNT, "as typed in"),
    Column(OWN, "saves", "saves", _COUNT, "as typed in"),
    Column(OWN, "reach", "reach", _COUNT, "as typed in"),
    Column(OWN, "followers_gained", "followers_gained", _COUNT, "as typed in"),
    Column(OWN, "watch_time", "watch_time", _SECONDS, "as typed in"),
    Column(OWN, "average_view_duration", "average_view_duration", _SECONDS, "as typed in"),
    Column(OWN, "share_completed", "share_completed", _SHARE, "as typed in"),
    Column(OWN, "estimated_revenue (¤)", "estimated_revenue", _MONEY, "as typed in"),
)

COLUMNS = (*_EVERYWHERE, *_YOUTUBE_COLUMNS, *_TIKTOK_COLUMNS, *_META_COLUMNS, *_OWN_COLUMNS)
"""The one place that says what a header means."""
