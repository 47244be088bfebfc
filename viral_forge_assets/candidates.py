"""Stage 1, by niche: what the platforms show, and which of it we choose. Touches no file."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import markdown_table, table_metadata
from viral_forge_assets.partitions import known_niche, niche_partitions
from viral_forge_assets.shortlisting import choose_candidates
from viral_forge_resources.contracts.errors import ViralForgeError
from viral_forge_resources.contracts.scanning import (
    Niche,
    ScannedVideo,
    Scanner,
    ScanOutcome,
    ScanRequest,
    ScanState,
)
from viral_forge_resources.state import scan_outcomes, sightings

_HORIZON = timedelta(days=30)
_MOST_PER_PLATFORM = 500
_MOST_ROWS_SHOWN = 50


@dg.asset(
    key_prefix="candidates",
    group_name="candidates",
    partitions_def=niche_partitions,
    kinds={"sql"},
)
def scanned_videos(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    scanners: dg.ResourceParam[Mapping[str, Scanner]],
) -> dg.MaterializeResult[None]:
    """What each enabled platform shows for the niche now: new rows of ``sightings``.

    One row a video and moment; counts that a platform hides are absent. One platform's failure
    never fails the scan: how each platform answered is in the metadata and in ``scan_outcomes``.
    """
    now = datetime.now(UTC)
    with dagster_failures("scanning"):
        with state.connect() as connection:
            niche = known_niche(connection, context.partition_key)
        answers = [_scan(scanner, niche, now=now) for scanner in scanners.values()]
        seen = [video for videos, _ in answers for video in videos]
        with state.begin() as connection:
            rows_new = sightings.append(connection, niche.name, seen)
            for _, outcome in answers:
                scan_outcomes.append(connection, outcome)
    facts = table_metadata(rows=rows_new, rows_read=len(seen), rows_new=rows_new)
    return dg.MaterializeResult(
        metadata=facts | {"platforms": markdown_table([_shown(outcome) for _, outcome in answers])}
    )


def _scan(
    scanner: Scanner, niche: Niche, *, now: datetime
) -> tuple[list[ScannedVideo], ScanOutcome]:
    request = ScanRequest(
        niche=niche.name, queries=niche.queries, since=now - _HORIZON, limit=_MOST_PER_PLATFORM
    )
    videos: list[ScannedVideo] = []
    state, reason = ScanState.FOUND, None
    try:
        # Not list(): what was seen before a failure is kept.
        for video in scanner.scan(request):
            videos.append(video)  # noqa: PERF402  see above
    except ViralForgeError as error:
        state, reason = ScanState.FAILED, f"{type(error).__name__}: {error}"
    outcome = ScanOutcome(
        niche=niche.name,
        platform=scanner.platform,
        scanned_at=now,
        state=state,
        found=len(videos) if state is ScanState.FOUND else None,
        reason=reason,
    )
    return videos, outcome


def _shown(outcome: ScanOutcome) -> dict[str, object]:
    return {
        "platform": outcome.platform,
        "state": outcome.state.value,
        "found": outcome.found,
        "reason": outcome.reason,
    }


@dg.asset(
    key_prefix="candidates",
    group_name="candidates",
    partitions_def=niche_partitions,
    deps=[scanned_videos],
    kinds={"sql"},
)
def shortlist(
    context: dg.AssetExecutionContext, state: dg.ResourceParam[sa.Engine]
) -> dg.MaterializeResult[None]:
    """Videos chosen for editing, and those refused with the reason: rows of ``candidates``.

    Nothing is chosen without a right to it. A refused row carries the command that would clear it.
    """
    now = datetime.now(UTC)
    with dagster_failures("choosing candidates"), state.begin() as connection:
        niche = known_niche(connection, context.partition_key)
        chosen = choose_candidates(connection, niche, now=now)
    facts = table_metadata(
        rows=len(chosen.decisions),
        rows_read=chosen.seen,
        rows_new=chosen.new,
        refused=len(chosen.refused),
    )
    shown = [
        {"candidate": row.candidate_key, "why": row.reason, "remedy": row.remedy}
        for row in chosen.refused[:_MOST_ROWS_SHOWN]
    ]
    return dg.MaterializeResult(metadata=facts | {"refusals": markdown_table(shown)})
