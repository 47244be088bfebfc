"""What results say of the days to come: what still grows, when posts do best, what rises."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from viral_forge_assets.domain.growth import Growth, Reading, at_age, growth
from viral_forge_assets.domain.slot_results import ChannelSlots, TimedResult, slots_of
from viral_forge_assets.domain.terms import TermKind
from viral_forge_assets.domain.trends import RECENT, Trend, Trends
from viral_forge_resources.contracts.results import ReportedPost

SLOT_AGE = timedelta(hours=24)
"""Old enough that a post's first wave is over, young enough that its hour still shows."""

_NO_SOUNDS = (
    f"no sound is told of any video that was counted twice in the last {RECENT.days} days; TikTok"
    " tells them, and YouTube to yt-dlp's search"
)
_NO_SOUND_RISES = (
    "sounds are told on {where}, and none rises there: that takes three videos by two authors, and"
    " nine days of watching"
)
_NOTHING_RISES = "no keyword or channel rises on two platforms that were watched for nine days"
_MOST_SHOWN = 10
_MOST_SLOTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PostGrowth:
    """A live post and what its views won lately."""

    publication_id: str
    channel_id: str
    title: str
    growth: Growth


@dataclass(frozen=True, slots=True, kw_only=True)
class Rising:
    """A term or sound that rises in scans, and how many times its earlier share it has."""

    kind: str
    term: str
    strength: float
    platforms: tuple[str, ...]
    videos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Of one niche, or of all.

    Attributes:
        growth: of every live post, the fastest first, then those that have none.
        slots: by channel.
        rising: the strongest first; empty: ``rising_reason`` says why.
        sounds: the same, of sounds; empty: ``sounds_reason`` says why.
    """

    growth: tuple[PostGrowth, ...]
    slots: tuple[ChannelSlots, ...]
    rising: tuple[Rising, ...] = ()
    rising_reason: str | None = None
    sounds: tuple[Rising, ...] = ()
    sounds_reason: str | None = None


def outlook(
    posts: Sequence[ReportedPost],
    read: Mapping[str, Sequence[Reading]],
    *,
    zones: Mapping[str, str],
    trends: Trends,
) -> Outlook:
    """Of these posts, whose views were read as ``read`` says, by publication id.

    ``zones`` holds the time zone of each channel's rhythm; a channel without one goes by UTC.
    """
    sounds = tuple(_rising(each) for each in trends.found if each.kind is TermKind.SOUND)
    terms = tuple(_rising(each) for each in trends.found if each.kind is not TermKind.SOUND)
    return Outlook(
        growth=_growing(posts, read),
        slots=_slots(posts, read, zones),
        rising=terms,
        rising_reason=None if terms else _NOTHING_RISES,
        sounds=sounds,
        sounds_reason=None if sounds else _why_no_sounds(trends),
    )


def _rising(trend: Trend) -> Rising:
    return Rising(
        kind=trend.kind.value,
        term=trend.term,
        strength=round(trend.strength, 2),
        platforms=tuple(name for name, _ in trend.rises),
        videos=len(trend.videos),
    )


def _why_no_sounds(trends: Trends) -> str:
    where = ", ".join(sorted(trends.sounds_told_on))
    return _NO_SOUND_RISES.format(where=where) if where else _NO_SOUNDS


def _growing(
    posts: Sequence[ReportedPost], read: Mapping[str, Sequence[Reading]]
) -> tuple[PostGrowth, ...]:
    found = [
        PostGrowth(
            publication_id=post.publication_id,
            channel_id=post.channel_id,
            title=post.title,
            growth=growth(read.get(post.publication_id, ())),
        )
        for post in posts
    ]
    return tuple(sorted(found, key=_fastest_first))


def _fastest_first(post: PostGrowth) -> tuple[bool, float, str]:
    pace = post.growth.per_hour
    return pace is None, -(pace or 0), post.publication_id


def _slots(
    posts: Sequence[ReportedPost],
    read: Mapping[str, Sequence[Reading]],
    zones: Mapping[str, str],
) -> tuple[ChannelSlots, ...]:
    by_channel: defaultdict[str, list[ReportedPost]] = defaultdict(list)
    for post in posts:
        by_channel[post.channel_id].append(post)
    return tuple(
        channel_slots(channel, its, read, zone=zones.get(channel, "UTC"))
        for channel, its in sorted(by_channel.items())
    )


def channel_slots(
    channel_id: str,
    posts: Sequence[ReportedPost],
    read: Mapping[str, Sequence[Reading]],
    *,
    zone: str,
) -> ChannelSlots:
    """What the channel's ``posts`` say of its times of day, by the clock of ``zone``."""
    results: dict[str, TimedResult] = {}
    for post in posts:
        value = at_age(read.get(post.publication_id, ()), post.published_at, SLOT_AGE)
        if value is not None:
            results[post.publication_id] = TimedResult(
                publication_id=post.publication_id, published_at=post.published_at, value=value
            )
    return slots_of(channel_id, results, zone=zone)


def growth_rows(found: Outlook) -> list[dict[str, object]]:
    """The fastest posts, for a table; absent is None, with the reason beside it."""
    return [
        {
            "post": each.publication_id,
            "title": each.title,
            "channel": each.channel_id,
            "views per hour": _pace(each.growth.per_hour),
            "over hours": each.growth.hours and round(each.growth.hours, 1),
            "until": _moment(each.growth.until),
            "reason": each.growth.reason,
        }
        for each in found.growth[:_MOST_SHOWN]
    ]


def slot_rows(found: Outlook) -> list[dict[str, object]]:
    """The best slots of each channel, for a table."""
    rows: list[dict[str, object]] = []
    for channel in found.slots:
        base: dict[str, object] = {"channel": channel.channel_id, "zone": channel.zone}
        none = {"slot": None, "rank": None, "posts": channel.results, "reason": channel.reason}
        rows += [
            {
                **base,
                "slot": slot.name,
                "rank": f"{slot.estimate:.0%}",
                "posts": slot.posts,
                "reason": None,
            }
            for slot in channel.slots[:_MOST_SLOTS]
        ] or [base | none]
    return rows


def rising_rows(found: Sequence[Rising], *, otherwise: str | None) -> list[dict[str, object]]:
    """What rises, for a table; where nothing does, one row that says why."""
    return [
        {
            "kind": each.kind,
            "term": each.term,
            "times its earlier share": f"{each.strength:.1f}",
            "on": ", ".join(each.platforms),
            "videos": each.videos,
        }
        for each in found[:_MOST_SHOWN]
    ] or [{"nothing": otherwise}]


def _pace(per_hour: float | None) -> str | None:
    if per_hour is None:
        return None
    return f"{per_hour:,.0f}" if abs(per_hour) >= 10 else f"{per_hour:.2g}"  # noqa: PLR2004


def _moment(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
