"""Stage 6: what the posts did, by candidate, and what that says of a niche."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.domain.origin_words import (
    clip_cost_words,
    recipe_words,
    revenue_words,
    right_words,
    source_words,
)
from viral_forge_assets.domain.outlook import (
    Outlook,
    growth_rows,
    outlook,
    rising_rows,
    slot_rows,
)
from viral_forge_assets.domain.performance import summarise, to_markdown
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.late_ids import with_late_ids
from viral_forge_assets.measuring import ask, publisher_of
from viral_forge_assets.metadata import Metadata, file_metadata, markdown_table, table_metadata
from viral_forge_assets.outcomes import views_read, zones_of
from viral_forge_assets.partitions import (
    candidate_partitions,
    known_candidate,
    known_niche,
    niche_partitions,
)
from viral_forge_assets.post_words import link
from viral_forge_assets.trending import trends_of
from viral_forge_resources.contracts.errors import BadInput, ViralForgeError
from viral_forge_resources.contracts.lineage import Lineage
from viral_forge_resources.contracts.publishing import (
    MetricsReader,
    PostMetric,
    Publication,
    PublicationState,
)
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.studio import Studio
from viral_forge_resources.documents import to_json
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import lineage, reporting
from viral_forge_resources.state import post_metrics as metrics_state
from viral_forge_resources.state import publications as publications_state

_MOST_ROWS_SHOWN = 50


@dg.asset(
    key_prefix="metrics",
    group_name="metrics",
    partitions_def=candidate_partitions,
    deps=[dg.AssetKey(["publication", "published_posts"])],
    kinds={"sql"},
)
def post_metrics(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    metrics_readers: dg.ResourceParam[Mapping[str, MetricsReader]],
    studio: dg.ResourceParam[Studio],
) -> dg.MaterializeResult[None]:
    """What the platforms say of the candidate's posts: one row a post, number and moment.

    Rows are only ever added. What a source leaves out is absent with the reason, never 0.
    """
    with dagster_failures("reading results"):
        with state.connect() as connection:
            known_candidate(connection, context.partition_key)
            # Every live post, not only ours: a title that two posts share must not count for both.
            live = publications_state.in_state(connection, PublicationState.PUBLISHED)
        known_as = with_late_ids(
            state, metrics_readers, [r for r in live if r.candidate_key == context.partition_key]
        )
        ours = {r.publication_id: r for r in known_as}
        read, failures = _read(metrics_readers, live, ours)
        with state.begin() as connection:
            rows_new = metrics_state.append(connection, read)
            known = metrics_state.of_publications(connection, sorted(ours))
            made_of = lineage.of_candidate(connection, context.partition_key)
    facts = table_metadata(
        rows=len(known), rows_read=len(read), rows_new=rows_new, live_posts=len(ours)
    )
    not_read = [{"post": key, "reason": str(error)} for key, error in sorted(failures.items())]
    shown = _shown(known, ours) | {
        "not_read": markdown_table(not_read),
        "made_of": markdown_table([row for each in made_of for row in _origin(each, studio)]),
    }
    return dg.MaterializeResult(metadata=facts | shown)


def _read(
    readers: Mapping[str, MetricsReader],
    live: tuple[Publication, ...],
    ours: Mapping[str, Publication],
) -> tuple[list[PostMetric], dict[str, ViralForgeError]]:
    """Numbers of our posts, and why there are none of a post.

    Raises:
        ViralForgeError: nothing could be read of any of them, or a file cannot be understood.
    """
    in_files = {name for name, each in readers.items() if each.most_at_once is None}
    others = [r for r in live if r.publication_id not in ours and publisher_of(r) in in_files]
    answers = list(ask(readers, [*ours.values(), *others]))
    read = [m for answer in answers for m in answer.metrics if m.publication_id in ours]
    failures = {key: error for answer in answers for key, error in answer.failures.items()}
    of_ours = {key: error for key, error in failures.items() if key in ours}
    for error in failures.values():
        if isinstance(error, BadInput) or 0 < len(ours) == len(of_ours):
            raise error
    return read, of_ours


def _shown(known: tuple[PostMetric, ...], ours: Mapping[str, Publication]) -> Metadata:
    measured = {metric.publication_id for metric in known}
    unmeasured = [
        {"post": row.publication_id, "title": row.text.title, "channel": row.channel_id}
        for row in ours.values()
        if row.publication_id not in measured
    ]
    newest = sorted(known, key=lambda metric: metric.as_of, reverse=True)[:_MOST_ROWS_SHOWN]
    return {
        "newest": markdown_table([_row(metric) for metric in newest]),
        "no_source_speaks_of": markdown_table(unmeasured),
    }


def _origin(post: Lineage, studio: Studio) -> Iterator[dict[str, object]]:
    """From the post back to its source, the right to it, and what it cost and earned.

    One below the other: what is wider than its column of metadata is cut off by the UI.
    """
    told = {
        "post": post.publication_id,
        "all of it": dg.MetadataValue.url(studio.post_url(post.publication_id)),
        "live": link(post.post_url),
        "clip": f"#{post.clip_number} {post.content_sha256[:8]}",
        "recipe": recipe_words(post),
        "edit plan": post.plan_key,
        "words": post.transcript_part_key,
        "source": link(post.source_page_url) or source_words(post),
        "right": right_words(post),
        "cost of the clip": clip_cost_words(post),
        "revenue": revenue_words(post),
    }
    yield from ({"of": subject, "is": value} for subject, value in told.items())


def _row(metric: PostMetric) -> dict[str, object]:
    return {
        "post": metric.publication_id,
        "metric": metric.metric,
        "value": metric.value,
        "unit": metric.unit,
        "as of": metric.as_of.isoformat(timespec="minutes"),
        "reason": metric.reason,
    }


@dg.asset(
    key_prefix="metrics",
    group_name="metrics",
    partitions_def=niche_partitions,
    deps=[dg.AssetDep(post_metrics, partition_mapping=dg.AllPartitionMapping())],
    kinds={"sql"},
)
def niche_performance(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
) -> dg.MaterializeResult[None]:
    """How the niche's posts did, by clip and by recipe, from the newest number of each post.

    A post that was never measured counts as posted, not as unseen: its numbers are absent.
    """
    with dagster_failures("summing up the niche"):
        with state.connect() as connection:
            niche = known_niche(connection, context.partition_key)
            rows = publications_state.of_niche(connection, niche.name)
            newest = reporting.newest_of_niche(connection, niche.name)
            clips = clips_state.of_niche(connection, niche.name)
            coming = _outlook(connection, niche, now=datetime.now(UTC))
        summary = summarise(rows, newest, clips)
        folder = f"{niche.name}/metrics/all/performance"
        stored = storage.put_bytes(to_json(summary), f"{folder}/performance.json")
        storage.put_bytes(to_json(coming), f"{folder}/outlook.json")
    return dg.MaterializeResult(
        metadata=file_metadata(stored)
        | table_metadata(rows=len(newest), rows_read=len(newest), rows_new=0)
        | {"summary": dg.MetadataValue.md(to_markdown(summary))}
        | _outlook_metadata(coming)
    )


def _outlook(connection: sa.Connection, niche: Niche, *, now: datetime) -> Outlook:
    return outlook(
        reporting.live_posts(connection, until=now, niche=niche.name),
        views_read(connection, until=now, niche=niche.name),
        zones=zones_of(connection),
        trends=trends_of(connection, niche, now=now),
    )


def _outlook_metadata(coming: Outlook) -> Metadata:
    rising = rising_rows(coming.rising, otherwise=coming.rising_reason)
    sounds = rising_rows(coming.sounds, otherwise=coming.sounds_reason)
    return {
        "growing": markdown_table(growth_rows(coming)),
        "best_slots": markdown_table(slot_rows(coming)),
        "rising": markdown_table(rising),
        "rising_sounds": markdown_table(sounds),
    }
