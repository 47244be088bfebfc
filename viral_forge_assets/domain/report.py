"""What a day's report says: headlines, sections, and the tables that go with it."""

from collections import defaultdict
from collections.abc import Mapping

from viral_forge_assets.domain import (
    report_calibration,
    report_money,
    report_results,
    report_studio,
)
from viral_forge_assets.domain.report_inputs import ReportInputs
from viral_forge_assets.domain.report_words import count, of, span
from viral_forge_resources.contracts.metrics import (
    AVERAGE_SHARE_VIEWED,
    COMMENTS,
    ENGAGED_VIEWS,
    FOLLOWERS_GAINED,
    LIKES,
    SAVES,
    SHARES,
    VIEWS,
    WATCH_TIME,
    position_of,
)
from viral_forge_resources.contracts.reports import Cell, Headline, Report, Table

READ = (
    *(VIEWS, ENGAGED_VIEWS, WATCH_TIME, AVERAGE_SHARE_VIEWED, LIKES, COMMENTS, SHARES, SAVES),
    FOLLOWERS_GAINED,
)
"""Metrics that a report reads of every post."""

_MOST_PLATFORMS = 4
_NOTES = (
    "A number that is not known is absent, with the reason; never 0, never guessed.",
    "Totals add the newest number of each post that has one, and say how many that are.",
    "Platforms count views in their own ways: views of several are not added up.",
    "Results of recipes and scores: rank in the channel and share watched, 72 hours after a post.",
)


def build(inputs: ReportInputs) -> Report:
    """The report; the same for the same inputs."""
    return Report(
        day=inputs.day,
        title="Studio report",
        headlines=(
            *_output(inputs),
            *_views(inputs),
            *_attention(inputs),
            *report_money.headlines(inputs),
        ),
        sections=(
            report_results.retention(inputs),
            report_results.growth(inputs),
            report_results.recipes(inputs),
            report_calibration.calibration(inputs),
            report_studio.funnel(inputs),
            report_money.money(inputs),
            report_studio.slots(inputs),
            report_studio.rising(inputs),
            report_studio.sounds(inputs),
            report_studio.queue(inputs),  # beside the sounds: the next one takes the whole width
            report_results.growing(inputs),
        ),
        exports=(
            _posts(inputs),
            report_money.table(inputs),
            _curves(inputs),
            report_studio.risen(inputs),
        ),
        notes=_NOTES,
    )


def _output(inputs: ReportInputs) -> tuple[Headline, ...]:
    newest = sum(inputs.is_recent(post.published_at) for post in inputs.posts)
    basis = f"{newest:,} of the last 7 days" if inputs.posts else "nothing is live"
    return (Headline(label="Posts live", value=f"{len(inputs.posts):,}", basis=basis),)


def _views(inputs: ReportInputs) -> tuple[Headline, ...]:
    by_platform: defaultdict[str, list[str]] = defaultdict(list)
    for post in inputs.posts:
        by_platform[post.channel_id.partition(":")[0]].append(post.publication_id)
    most = sorted(by_platform.items(), key=lambda each: (-len(each[1]), each[0]))
    shown = [_total(inputs, f"Views on {name}", VIEWS, ids) for name, ids in most[:_MOST_PLATFORMS]]
    return tuple(shown) or (Headline(label="Views", value=None, basis="nothing is live"),)


def _attention(inputs: ReportInputs) -> tuple[Headline, ...]:
    ids = [post.publication_id for post in inputs.posts]
    return (
        _total(inputs, "Watch time", WATCH_TIME, ids),
        _total(inputs, "Followers won", FOLLOWERS_GAINED, ids),
    )


def _total(inputs: ReportInputs, label: str, metric: str, ids: list[str]) -> Headline:
    known = [inputs.newest[post, metric].value for post in ids if (post, metric) in inputs.newest]
    if not known:
        why = "no platform has told it" if ids else "nothing is live"
        return Headline(label=label, value=None, basis=why)
    shown = span(sum(known)) if metric == WATCH_TIME else count(sum(known))
    return Headline(label=label, value=shown, basis=f"of {of(len(known), len(ids), 'post')}")


def _posts(inputs: ReportInputs) -> Table:
    columns = ("post", "niche", "channel", "title", "url", "published_at", "recipe", "duration_s")
    growing = {each.publication_id: each.growth for each in inputs.outlook.growth}
    rows: list[tuple[Cell, ...]] = []
    for post in inputs.posts:
        told: Mapping[str, Cell] = {
            metric: number.value
            for metric in READ
            if (number := inputs.newest.get((post.publication_id, metric))) is not None
        }
        earned = inputs.earned[post.publication_id]
        rows.append(
            (
                *(post.publication_id, post.niche, post.channel_id, post.title, post.post_url),
                *(post.published_at.isoformat(), post.recipe, post.duration_s),
                *(told.get(metric) for metric in READ),
                *(earned.amount, earned.currency, earned.reason),
                growing[post.publication_id].per_hour,
                growing[post.publication_id].reason,
            )
        )
    more = (
        *("estimated_revenue", "revenue_currency", "no_revenue_because"),
        *("views_per_hour", "no_growth_because"),
    )
    return Table(name="posts", title="Posts", columns=(*columns, *READ, *more), rows=tuple(rows))


def _curves(inputs: ReportInputs) -> Table:
    rows = tuple(
        (point.recipe, point.platform, position_of(point.metric), point.mean, point.posts)
        for point in inputs.retention
    )
    columns = ("recipe", "platform", "part_of_video", "viewers_left", "posts")
    return Table(name="retention", title="Retention", columns=columns, rows=rows)
