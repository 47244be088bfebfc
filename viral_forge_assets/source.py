"""Stage 2, by candidate: the source video itself, and whether it may be used."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.clearance import require_right, verdict_on
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.intake import Intake
from viral_forge_assets.metadata import (
    THUMBNAIL_BYTES,
    Metadata,
    embedded_picture,
    file_metadata,
    logged_progress,
    media_metadata,
    picture,
)
from viral_forge_assets.metering import metered
from viral_forge_assets.partitions import candidate_partitions, known_candidate
from viral_forge_assets.provenance import artefact_of, load
from viral_forge_resources.contracts.costs import CostKind
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.media_ports import Downloader, MediaReader
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.records import ArtefactKind, Candidate
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.studio import ProgressDisplay, Studio
from viral_forge_resources.contracts.works import SourceFile, name_of
from viral_forge_resources.state import artefacts as artefacts_state
from viral_forge_resources.state import candidates as candidates_state


@dg.asset(
    key_prefix="source",
    group_name="source",
    partitions_def=candidate_partitions,
    # Shows where candidates come from; which ones a niche chose stands in SQL.
    deps=[dg.AssetDep(["candidates", "shortlist"], partition_mapping=dg.AllPartitionMapping())],
    kinds={"ffmpeg"},
    pool="download",
    code_version="1",
)
def source_video(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    downloader: dg.ResourceParam[Downloader],
    media: dg.ResourceParam[MediaReader],
    studio: dg.ResourceParam[Studio],
    scratch: dg.ResourceParam[Path],
    prices: dg.ResourceParam[Prices],
    progress: dg.ResourceParam[ProgressDisplay],
) -> dg.MaterializeResult[None]:
    """The candidate's original video, whole and playable, fetched under a right to use it.

    Kept once per candidate: a video that is here already is not fetched again.
    """
    paid = metered(state, prices, context.partition_key, CostKind.ANALYSIS, "source_video")
    with dagster_failures("fetching the source video"), paid:
        with state.connect() as connection:
            candidate = known_candidate(connection, context.partition_key)
            rights_id = require_right(connection, candidate, now=datetime.now(UTC))
        intake = Intake(candidate, storage, downloader, media, studio.fetch_limits, scratch)
        source = intake.stored_before(rights_id=rights_id)
        is_reused = source is not None
        if source is None:
            on_progress = logged_progress(context, "fetching", progress)
            fetched = intake.fetch(on_progress=on_progress)
            with state.begin() as connection:
                _claim(connection, candidate, fetched.sha256)
            source = intake.store(fetched, rights_id=rights_id)
        _record_sheet(state, candidate, source)
    facts = _facts(source, storage, media, studio)
    return dg.MaterializeResult(metadata=facts | {"reused": is_reused})


def _claim(connection: sa.Connection, candidate: Candidate, sha256: str) -> None:
    owner = candidates_state.claim_source(connection, candidate.candidate_key, sha256)
    if owner != candidate.candidate_key:
        raise BadInput(
            name_of(candidate.locator),
            reason=f"holds the same bytes as {owner}, which this niche has already",
            remedy="Remove one of the two files; nothing is made twice of one video.",
        )


def _record_sheet(state: sa.Engine, candidate: Candidate, source: SourceFile) -> None:
    sheet = artefact_of(
        source.sheet,
        ArtefactKind.SOURCE_SHEET,
        candidate_key=candidate.candidate_key,
        media_type="image/jpeg",
    )
    with state.begin() as connection:
        artefacts_state.record(connection, sheet)


def _facts(source: SourceFile, storage: Storage, media: MediaReader, studio: Studio) -> Metadata:
    with storage.as_file(source.sheet.key) as sheet:
        small = media.thumbnail(sheet, max_bytes=THUMBNAIL_BYTES)
    sheet_id = artefacts_state.artefact_id(source.sheet.key)
    return {
        "contact_sheet": picture(
            studio.preview_url(sheet_id),
            alt="frames of the source",
            opens=studio.picture_url(sheet_id),
        ),
        "name": source.name,
        **file_metadata(source.video),
        **media_metadata(source.probe),
        "contact_sheet_embedded": embedded_picture(small, alt="frames of the source"),
        "rights_id": source.rights_id,
        "is_variable_rate": source.probe.is_variable_rate,
        "is_hdr": source.probe.is_hdr,
        "rotation_deg": source.probe.rotation_deg,
        "pixel_aspect": str(source.probe.pixel_aspect),
        "audio_channels": source.probe.audio_channels or "no sound track",
    }


@dg.asset_check(asset=source_video, blocking=True)
def source_video_is_playable(
    context: dg.AssetCheckExecutionContext,
    storage: dg.ResourceParam[Storage],
    media: dg.ResourceParam[MediaReader],
) -> dg.AssetCheckResult:
    """What is stored can be opened and decoded, and is what was fetched."""
    key = parse_candidate_key(context.op_execution_context.partition_key)
    with dagster_failures("checking the source video"):
        source = load(
            storage, key.storage_key("source", "probe.json"), SourceFile, made_by="source_video"
        )
        with storage.as_file(source.video.key) as path:
            try:
                probe = media.probe(path, name=source.name)
            except BadInput as error:
                return dg.AssetCheckResult(passed=False, description=str(error))
    # Not the whole probe: a newer version may know more of the same file.
    then, now = (
        (round(each.duration_s, 1), each.width_px, each.height_px) for each in (source.probe, probe)
    )
    return dg.AssetCheckResult(
        passed=then == now,
        description=f"{source.name}: seconds and pixels were {then} when fetched, are {now}",
        metadata=media_metadata(probe),
    )


@dg.asset_check(asset=source_video, blocking=True)
def source_video_may_be_used(
    context: dg.AssetCheckExecutionContext, state: dg.ResourceParam[sa.Engine]
) -> dg.AssetCheckResult:
    """The rights ledger allows this video to be downloaded, changed and posted now."""
    with dagster_failures("checking the rights"), state.connect() as connection:
        candidate = known_candidate(connection, context.op_execution_context.partition_key)
        verdict = verdict_on(connection, candidate, now=datetime.now(UTC))
    return dg.AssetCheckResult(
        passed=verdict.is_allowed,
        description=verdict.reason if verdict.is_allowed else f"{verdict.reason} {verdict.remedy}",
        metadata={"licence": verdict.licence or "none", "attribution": verdict.attribution or ""},
    )
