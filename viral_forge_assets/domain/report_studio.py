"""Sections of a report on the studio's own doings: funnel, slots, trends, queue."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from viral_forge_assets.domain.outlook import Rising
from viral_forge_assets.domain.report_inputs import ReportInputs
from viral_forge_assets.domain.report_words import count, share
from viral_forge_resources.contracts.metrics import VIEWS
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.reports import (
    Axis,
    Cell,
    Chart,
    ChartKind,
    Point,
    Section,
    Series,
    Table,
)

_MOST_ROWS = 8
_MOST_SLOTS = 3
_WAITS = {
    PublicationState.PLANNED: "wait for approval",
    PublicationState.APPROVED: "approved, wait for their time",
    PublicationState.SUBMITTING: "under way",
    PublicationState.PROCESSING: "under way",
    PublicationState.UNKNOWN: "nobody knows: looked up",
}


def funnel(inputs: ReportInputs) -> Section:
    """From what was seen to what is watched."""
    seen = inputs.steps
    measured = sum((post.publication_id, VIEWS) in inputs.newest for post in inputs.posts)
    rows = (
        ("videos seen", seen.seen),
        ("candidates judged", seen.candidates),
        ("clips made", seen.clips),
        ("contents approved", seen.approved),
        ("posts live", seen.posted),
        ("posts with views read", measured),
    )
    named = Section(
        name="funnel",
        title="From sighting to view",
        sentence="Each line of the scale is ten times the one before."
        " Sightings that had to be forgotten are not counted.",
    )
    if not any(number for _, number in rows):
        return replace(named, absent="Nothing has been seen, made or posted yet.")
    most = max(number for _, number in rows)
    points = tuple(
        Point(at=float(place), value=float(number) if number else None, label=count(number))
        for place, (_, number) in enumerate(rows)
    )
    chart = Chart(
        kind=ChartKind.BARS,
        x=Axis(label="how many (logarithmic)", is_logarithmic=True, low=0.7, high=most**1.2 + 2),
        y=Axis(label=""),
        series=(Series(name="so many", points=points),),
        categories=tuple(name for name, _ in rows),
    )
    return replace(named, chart=chart)


def slots(inputs: ReportInputs) -> Section:
    """When posts do best."""
    named = Section(
        name="slots",
        title="Best times to post",
        sentence="Expected rank among the channel's posts a day later; 50 % is as good as any.",
    )
    rows = tuple(
        (channel.channel_id, slot.name, channel.zone, share(slot.estimate), slot.posts)
        for channel in inputs.outlook.slots
        for slot in channel.slots[:_MOST_SLOTS]
    )
    if not rows:
        reasons = sorted({f"{each.channel_id}: {each.reason}" for each in inputs.outlook.slots})
        why = "; ".join(reasons[:3]) or "nothing is posted"
        return replace(named, absent=f"Not enough results yet ({why}).")
    columns = ("channel", "time of day", "zone", "expected rank", "posts")
    return replace(named, table=Table(name="slots", title="Slots", columns=columns, rows=rows))


def rising(inputs: ReportInputs) -> Section:
    """What rises in the niches' scans."""
    named = Section(
        name="rising",
        title="Rising now",
        sentence="Keywords and channels whose share of new views grew on two platforms at least,"
        " and how many times its earlier share it is.",
    )
    rows = tuple((each.term, each.kind, *_told(each)) for each in inputs.outlook.rising)
    return _risen(named, ("what", "kind"), rows, why=inputs.outlook.rising_reason)


def sounds(inputs: ReportInputs) -> Section:
    """Which sounds rise in the niches' scans."""
    named = Section(
        name="rising_sounds",
        title="Rising sounds",
        sentence="Sounds whose share of new views grew on a platform that tells them."
        " That one rises is no right to use it.",
    )
    rows = tuple((each.term, *_told(each)) for each in inputs.outlook.sounds)
    return _risen(named, ("sound",), rows, why=inputs.outlook.sounds_reason)


def risen(inputs: ReportInputs) -> Table:
    """Every term and sound that rises, for spreadsheets."""
    return Table(
        name="rising",
        title="Rising",
        columns=("what", "kind", "times_earlier_share", "on", "videos"),
        rows=tuple(
            (each.term, each.kind, each.strength, ", ".join(each.platforms), each.videos)
            for each in (*inputs.outlook.rising, *inputs.outlook.sounds)
        ),
    )


def _told(each: Rising) -> tuple[Cell, ...]:
    return f"{each.strength:.1f} times", ", ".join(each.platforms), each.videos


def _risen(
    named: Section, what: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], *, why: str | None
) -> Section:
    if not rows:
        reason = why or "nothing rises"
        return replace(named, absent=f"{reason[:1].upper()}{reason[1:]}.")
    columns = (*what, "rise", "on", "videos")
    shown = tuple(rows[:_MOST_ROWS])
    table = Table(name=named.name, title=named.title, columns=columns, rows=shown)
    return replace(named, table=table)


def queue(inputs: ReportInputs) -> Section:
    """What waits, by channel."""
    named = Section(
        name="queue",
        title="Queue",
        sentence="Posts that have not gone out, by channel, as it stood when this was made.",
    )
    if not inputs.queue:
        return replace(named, absent="No post waits.")
    counted: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in inputs.queue:
        counted[_WAITS[each.state]][each.channel_id] += each.posts
    waiting: defaultdict[str, int] = defaultdict(int)
    for each in inputs.queue:
        waiting[each.channel_id] += each.posts
    channels = sorted(waiting, key=lambda name: (-waiting[name], name))[:_MOST_ROWS]
    series = tuple(
        Series(
            name=words,
            points=tuple(
                Point(at=float(place), value=float(known[channel]), label=count(known[channel]))
                for place, channel in enumerate(channels)
                if known[channel]
            ),
        )
        for words, known in counted.items()
    )
    chart = Chart(
        kind=ChartKind.BARS,
        x=Axis(label="posts", is_whole=True),
        y=Axis(label=""),
        series=series,
        categories=tuple(channels),
    )
    return replace(named, chart=chart)
