"""The day's report: how the studio did, as a page, on paper, in tables and in pictures."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.calibrating import calibrations
from viral_forge_assets.domain.growth import Reading as ViewsRead
from viral_forge_assets.domain.outlook import Outlook, outlook
from viral_forge_assets.domain.report import READ, build
from viral_forge_assets.domain.report_inputs import ReportInputs, Tried
from viral_forge_assets.domain.trends import Trend, Trends
from viral_forge_assets.earning import books_of, earned_by
from viral_forge_assets.experimenting import standing
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import Metadata, file_metadata
from viral_forge_assets.outcomes import views_read, zones_of
from viral_forge_assets.partitions import day_partitions
from viral_forge_assets.trending import trends_of
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.reports import Report, ReportFiles, ReportPress
from viral_forge_resources.contracts.results import ReportedPost
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.studio import Studio
from viral_forge_resources.state import experiments as experiments_state
from viral_forge_resources.state import niches as niches_state
from viral_forge_resources.state import reporting, studio_counts

_ONE_DAY = timedelta(days=1)


@dg.asset(
    key_prefix="metrics",
    group_name="metrics",
    partitions_def=day_partitions,
    deps=[
        dg.AssetDep(
            dg.AssetKey(["metrics", "niche_performance"]),
            partition_mapping=dg.AllPartitionMapping(),
        )
    ],
    kinds={"html", "pdf"},
)
def performance_report(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    studio: dg.ResourceParam[Studio],
    report_press: dg.ResourceParam[ReportPress],
    prices: dg.ResourceParam[Prices],
) -> dg.MaterializeResult[None]:
    """How the studio did up to the end of one day (UTC): a page, a PDF, tables and pictures.

    A number that is not known is absent in it, with the reason.
    """
    day = date.fromisoformat(context.partition_key)
    with dagster_failures("reporting"):
        with state.connect() as connection:
            report = build(read_inputs(connection, day, prices))
        files = report_press.printed(report)
        stored = _stored(storage, report, files)
    return dg.MaterializeResult(
        metadata={
            "report": dg.MetadataValue.url(f"{studio.console_url}/reports/{day}/report.html"),
            **file_metadata(stored),
            **_numbers(report),
            **_pictures(report, files),
        }
    )


def read_inputs(connection: sa.Connection, day: date, prices: Prices) -> ReportInputs:
    """What state says of everything up to the end of ``day``."""
    until = datetime.combine(day + _ONE_DAY, time(), tzinfo=UTC)
    posts = reporting.live_posts(connection, until=until)
    views = views_read(connection, until=until)
    trends = _trends(connection, until)
    earned = earned_by(connection, posts, until=until)
    return ReportInputs(
        day=day,
        posts=posts,
        newest={
            (row.publication_id, row.metric): row
            for row in reporting.newest(connection, READ, until=until)
        },
        views=views,
        retention=reporting.retention(connection, until=until),
        outlook=_outlook(connection, posts, views, trends),
        tried=tuple(_tried(connection)),
        calibrations=calibrations(connection, posts, until=until),
        steps=studio_counts.steps(connection, until=until),
        books=books_of(connection, earned, prices, until=until),
        earned={each.publication_id: each for each in earned},
        queue=studio_counts.queue(connection),
    )


def _outlook(
    connection: sa.Connection,
    posts: Sequence[ReportedPost],
    views: Mapping[str, Sequence[ViewsRead]],
    trends: Trends,
) -> Outlook:
    return outlook(posts, views, zones=zones_of(connection), trends=trends)


def _trends(connection: sa.Connection, until: datetime) -> Trends:
    """What rises in any niche, the strongest first; once where several niches show it."""
    found: dict[tuple[str, str], Trend] = {}
    told_on: set[str] = set()
    for niche in niches_state.all_niches(connection):
        seen = trends_of(connection, niche, now=until)
        told_on |= seen.sounds_told_on
        for trend in seen.found:
            what = (trend.kind, trend.term)
            if what not in found or found[what].strength < trend.strength:
                found[what] = trend
    strongest = sorted(found.values(), key=lambda each: (-each.strength, each.term))
    return Trends(tuple(strongest), frozenset(told_on))


def _tried(connection: sa.Connection) -> Iterator[Tried]:
    """Experiments that deal now."""
    for experiment in experiments_state.all_experiments(connection):
        if experiment.stopped_at is None:
            known = standing(connection, experiment).beliefs
            in_all = sum(arm.rewards for arm in known.arms)
            yield Tried(name=experiment.niche, arms=known.arms, rewards=in_all)


def _stored(storage: Storage, report: Report, files: ReportFiles) -> StoredFile:
    folder = f"reports/{report.day}"
    for name, content in files.tables.items():
        storage.put_bytes(content, f"{folder}/{name}")
    storage.put_bytes(files.paper, f"{folder}/report.pdf")
    # Last: whoever finds the page finds what it links to.
    return storage.put_bytes(files.page, f"{folder}/report.html")


def _numbers(report: Report) -> Metadata:
    return {
        each.label.lower().replace(" ", "_"): f"{each.value or 'not known'} ({each.basis})"
        for each in report.headlines
    }


def _pictures(report: Report, files: ReportFiles) -> Metadata:
    """The page's pictures, each behind a click; a section without one says why."""
    shown: Metadata = {}
    for section in report.sections:
        if section.name in files.pictures:
            encoded = base64.b64encode(files.pictures[section.name]).decode()
            picture = f"![{section.title}](data:image/png;base64,{encoded})"
            shown[f"picture_{section.name}"] = dg.MetadataValue.md(picture)
        elif section.absent:
            shown[f"no_{section.name}"] = section.absent
    return shown
