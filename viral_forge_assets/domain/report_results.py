"""Sections of a report on what posts did: retention, growth, recipes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from viral_forge_assets.domain.growth import curve
from viral_forge_assets.domain.report_inputs import ReportInputs, Tried
from viral_forge_assets.domain.report_words import age, share
from viral_forge_resources.contracts.metrics import AGES, position_of
from viral_forge_resources.contracts.reports import (
    Axis,
    Chart,
    ChartKind,
    Point,
    Section,
    Series,
    Table,
)
from viral_forge_resources.contracts.results import CurvePoint

_MOST_LINES = 6
_LEAST_POSTS = 3  # of a median: of fewer it is an anecdote
_MOST_GROWING = 10
_GAP = 1.5  # times the least distance of two points: one was left out between


def retention(inputs: ReportInputs) -> Section:
    """How long people watch, by recipe and platform."""
    grouped: defaultdict[tuple[str, str], list[CurvePoint]] = defaultdict(list)
    for point in inputs.retention:
        grouped[point.recipe or "made anew since", point.platform].append(point)
    most = sorted(grouped.items(), key=lambda each: (-_posts(each[1]), each[0]))[:_MOST_LINES]
    named = Section(
        name="retention",
        title="Retention",
        sentence="Viewers that are left at each point of the video, mean by recipe."
        " Above 100 % people watched again. Lines break where no point was told.",
    )
    if not most:
        why = "No platform has told a retention curve yet: YouTube does, a day or two after a post."
        return _absent(named, why)
    are_several = len({platform for _, platform in grouped}) > 1
    chart = Chart(
        kind=ChartKind.LINES,
        x=Axis(label="part of the video", is_share=True, low=0, high=1),
        y=Axis(label="viewers left", is_share=True, low=0),
        series=tuple(
            _curve(f"{recipe} on {platform}" if are_several else recipe, points)
            for (recipe, platform), points in most
        ),
    )
    return _with(named, chart)


def _posts(points: Sequence[CurvePoint]) -> int:
    return max(point.posts for point in points)


def _curve(name: str, points: Sequence[CurvePoint]) -> Series:
    """Only points that all of the curves have: other ones are means of other posts."""
    posts = _posts(points)
    placed = [(position_of(point.metric), point) for point in points if point.posts == posts]
    known = [Point(at=at, value=point.mean) for at, point in sorted(placed) if at is not None]
    return Series(name=f"{name} ({_of(posts, 'post')})", points=tuple(_broken(known)))


def _broken(points: Sequence[Point]) -> Iterator[Point]:
    """The points, and between two that lie further apart than others do, one that nobody knows."""
    apart = [after.at - before.at for before, after in pairwise(points)]
    step = min(apart, default=0)
    for point, gap in zip(points, [*apart, step], strict=True):
        yield point
        if gap > step * _GAP:
            yield Point(at=point.at + gap / 2, value=None)


def _of(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def growth(inputs: ReportInputs) -> Section:
    """How views grow with age, by niche and platform."""
    series = tuple(_growth_lines(inputs))
    named = Section(
        name="growth",
        title="Growth",
        sentence="Views of the middle one of the same posts at each age."
        " Each platform counts views in its own way.",
    )
    if not series:
        why = f"No age has been read of {_LEAST_POSTS} posts of one niche and platform yet."
        return _absent(named, why)
    chart = Chart(
        kind=ChartKind.LINES,
        x=Axis(
            label="age of the post",
            ticks=tuple((float(place), age(each)) for place, each in enumerate(AGES)),
            low=-0.2,
            high=len(AGES) - 0.8,
        ),
        y=Axis(label="views, median", low=0),
        series=series,
    )
    return _with(named, chart)


def _growth_lines(inputs: ReportInputs) -> Iterator[Series]:
    posts: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    for post in inputs.posts:
        platform = post.channel_id.partition(":")[0]
        posts[f"{post.niche}, {platform}"][post.publication_id] = post.published_at
    most = sorted(posts.items(), key=lambda each: (-len(each[1]), each[0]))[:_MOST_LINES]
    for name, own in most:
        points = curve(own, inputs.views, least=_LEAST_POSTS)
        if points:
            yield Series(
                name=f"{name} ({_of(points[-1].posts, 'post')})",
                points=tuple(
                    Point(at=float(place), value=point.value) for place, point in enumerate(points)
                ),
            )


def growing(inputs: ReportInputs) -> Section:
    """What grows fastest now."""
    named = Section(
        name="growing",
        title="Growing fastest",
        sentence="Views an hour between the last two readings of posts read within seven days.",
    )
    known = [each for each in inputs.outlook.growth if each.growth.per_hour is not None]
    lately = [each for each in known if each.growth.until and inputs.is_recent(each.growth.until)]
    if not lately:
        return _absent(named, "No post has been read twice, the last time within seven days.")
    rows = tuple(
        (
            each.title,
            each.channel_id,
            each.growth.per_hour,
            each.growth.gained,
            each.growth.hours,
            f"{each.growth.until:%Y-%m-%d %H:%M}",
        )
        for each in lately[:_MOST_GROWING]
    )
    columns = ("post", "channel", "views/h", "views gained", "over h", "until (UTC)")
    return _with(named, None, Table(name="growing", title="Growing", columns=columns, rows=rows))


def recipes(inputs: ReportInputs) -> Section:
    """What is believed of the arms of experiments."""
    named = Section(
        name="recipes",
        title="What recipes earn",
        sentence="Expected result of each recipe tried (dot), and where it lies with a probability"
        " of 95 % (bar).",
    )
    shown = [(each, arm) for each in inputs.tried for arm in each.arms]
    if not shown:
        why = "No experiment compares recipes. Start one: `viral-forge experiment start`."
        return _absent(named, why)
    names = tuple(_arm_name(tried, arm.name, inputs.tried) for tried, arm in shown)
    points = tuple(
        Point(
            at=float(place),
            value=arm.mean,
            low=arm.low,
            high=arm.high,
            label=f"{share(arm.probability_best)} best, n={arm.rewards}",
        )
        for place, (_, arm) in enumerate(shown)
    )
    chart = Chart(
        kind=ChartKind.RANGES,
        x=Axis(label="expected result, and n results", is_share=True, low=0, high=1.3,
               ticks=tuple((part / 4, f"{part * 25} %") for part in range(5))),
        y=Axis(label=""),
        series=(Series(name="recipe", points=points),),
        categories=names,
    )  # fmt: skip
    return _with(named, chart)


def _arm_name(tried: Tried, arm: str, every: Sequence[Tried]) -> str:
    return arm if len(every) == 1 else f"{tried.name}: {arm}"


def _absent(named: Section, why: str) -> Section:
    return Section(name=named.name, title=named.title, sentence=named.sentence, absent=why)


def _with(named: Section, chart: Chart | None, table: Table | None = None) -> Section:
    return Section(
        name=named.name, title=named.title, sentence=named.sentence, chart=chart, table=table
    )
