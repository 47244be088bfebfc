"""Stage 4, by candidate: the finished clips, and what is checked of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.clearance import require_right
from viral_forge_assets.clip_records import forget_others, record_clip, remember_likeness
from viral_forge_assets.domain.caption_checks import CAPTION_CHECK_NAMES
from viral_forge_assets.domain.clip_checks import CHECK_NAMES
from viral_forge_assets.editing import (
    RENDER_VERSION,
    CuttingRoom,
)
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import (
    THUMBNAIL_BYTES,
    Metadata,
    clip_metadata,
    logged_progress,
)
from viral_forge_assets.metering import metered
from viral_forge_assets.partitions import candidate_partitions, known_candidate
from viral_forge_assets.reviewing import Reviewer
from viral_forge_assets.spending import Spender
from viral_forge_resources.contracts.costs import Budget, CostKind
from viral_forge_resources.contracts.errors import printable
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.media_ports import MediaReader, Renderer
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.records import CheckResult
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.studio import ProgressDisplay, Studio
from viral_forge_resources.state import clips as clips_state


@dg.asset(
    key_prefix="transform",
    group_name="transform",
    partitions_def=candidate_partitions,
    deps=[dg.AssetKey(["transform", "edit_plan"]), dg.AssetKey(["captions", "caption_track"])],
    kinds={"ffmpeg"},
    pool="encoder",
    code_version=str(RENDER_VERSION),
)
def rendered_clips(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    renderer: dg.ResourceParam[Renderer],
    media: dg.ResourceParam[MediaReader],
    studio: dg.ResourceParam[Studio],
    scratch: dg.ResourceParam[Path],
    prices: dg.ResourceParam[Prices],
    llm_budget: dg.ResourceParam[Budget],
    progress: dg.ResourceParam[ProgressDisplay],
) -> dg.MaterializeResult[None]:
    """Finished clips: cut, reframed, filtered, captioned and levelled in one encode.

    A clip made of the same plan, captions and FFmpeg build is not rendered again.
    """
    room = CuttingRoom(parse_candidate_key(context.partition_key), storage, renderer)
    spender = Spender(
        state=state,
        prices=prices,
        budget=llm_budget,
        candidate_key=context.partition_key,
    )
    facts: Metadata = {}
    made = []
    paid = metered(state, prices, context.partition_key, CostKind.ANALYSIS, "rendered_clips")
    with dagster_failures("rendering the clips"), paid:
        with state.connect() as connection:  # launched alone, no check of the source ran before
            candidate = known_candidate(connection, context.partition_key)
            plan = room.planned()
            materials = [each for clip in plan.clips for each in clip.materials]
            require_right(connection, candidate, now=datetime.now(UTC), materials=materials)
        for clip in plan.clips:
            on_progress = logged_progress(context, f"rendering clip {clip.number}", progress)
            rendered, is_reused = room.render(
                clip, media, scratch, on_progress=on_progress, paid=spender.rendering
            )
            if not is_reused:
                spender.used_encoder(clip.number, rendered.report)
            with state.begin() as connection:
                record_clip(connection, context.partition_key, plan, rendered)
            remember_likeness(state, storage, media, rendered)
            with storage.as_file(rendered.sheet.key) as sheet:
                small = media.thumbnail(sheet, max_bytes=THUMBNAIL_BYTES)
            facts |= clip_metadata(rendered, studio, small, is_reused=is_reused)
            made.append(rendered)
        with state.begin() as connection:
            forget_others(connection, context.partition_key, made)
    return dg.MaterializeResult(metadata=facts | {"clips": len(plan.clips)} | spender.told())


ALL_CHECKS = {**CHECK_NAMES, **CAPTION_CHECK_NAMES}
"""What is checked of each clip, in this order, each in one line."""


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(name=name, asset=rendered_clips, description=description, blocking=True)
        for name, description in ALL_CHECKS.items()
    ]
)
def rendered_clips_checks(
    context: dg.AssetCheckExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    renderer: dg.ResourceParam[Renderer],
    media: dg.ResourceParam[MediaReader],
    prices: dg.ResourceParam[Prices],
) -> Iterator[dg.AssetCheckResult]:
    """Every clip measured on the file itself; state remembers what each check said."""
    partition_key = context.op_execution_context.partition_key
    room = CuttingRoom(parse_candidate_key(partition_key), storage, renderer)
    reviewer = Reviewer(parse_candidate_key(partition_key), storage, renderer, media)
    results: list[tuple[int, CheckResult]] = []
    paid = metered(state, prices, partition_key, CostKind.CHECK, "rendered_clips_checks")
    with dagster_failures("checking the clips"), paid:
        plan = room.planned()
        for clip in plan.clips:
            rendered = room.rendered(clip)
            checks = reviewer.check(plan, clip, rendered)
            results += [(clip.number, check) for check in checks]
            with state.begin() as connection:
                clips_state.record_checks(
                    connection,
                    partition_key,
                    clip.number,
                    content_sha256=rendered.video.sha256,
                    checks=checks,
                )
    for name in ALL_CHECKS:
        said = [(number, check) for number, check in results if check.name == name]
        yield dg.AssetCheckResult(
            asset_key=rendered_clips.key,
            check_name=name,
            passed=all(check.passed for _, check in said),
            description="; ".join(f"clip {number}: {check.message}" for number, check in said),
        )
    _fail_with_words(room.source().name, results)


def _fail_with_words(source_name: str, results: list[tuple[int, CheckResult]]) -> None:
    """Dagster would stop the run as well, but name neither the file nor what helps."""
    failed = [
        f"clip {number}: {check.name}: {check.message}"
        for number, check in results
        if not check.passed
    ]
    if failed:
        raise dg.Failure(
            description=f"{printable(source_name)} made a clip that is not fit to be posted:"
            f" {'; '.join(failed).rstrip('.')}. Look at it in the console; another recipe or a"
            " better source may help, then launch candidate_job again.",
            allow_retries=False,
        )
