"""What is run together, and what operators start by hand. No logic of a stage."""

from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.approval import Decision, decide
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.partitions import known_niche
from viral_forge_assets.running_costs import book_storage
from viral_forge_resources.contracts.backfills import BackfillLauncher
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.contracts.studio import Retention
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import pending_logins, proposals, scan_outcomes, sightings

MADE_BY_CANDIDATE_JOB = (
    ("source", "source_video"),
    ("captions", "transcript"),
    ("transform", "scene_map"),
    ("transform", "edit_plan"),
    ("captions", "caption_track"),
    ("transform", "rendered_clips"),
    ("publication", "publication_plan"),
)

_YOUTUBES_FIGURES = ("youtube_shorts", "youtube_long", "duckduckgo")  # whose figures are YouTube's

scan_job = dg.define_asset_job(
    "scan_job",
    selection=dg.AssetSelection.groups("candidates"),
    executor_def=dg.in_process_executor,
    tags={"viral_forge/kind": "scan"},
    description="Scan niches on every enabled platform and choose candidates.",
)

candidate_job = dg.define_asset_job(
    "candidate_job",
    selection=dg.AssetSelection.assets(*(list(key) for key in MADE_BY_CANDIDATE_JOB)),
    executor_def=dg.in_process_executor,
    tags={"viral_forge/kind": "candidate"},
    description="Make the clips of one candidate and plan their posts. Posts nothing.",
)

publish_job = dg.define_asset_job(
    "publish_job",
    selection=dg.AssetSelection.assets(["publication", "published_posts"]),
    executor_def=dg.in_process_executor,
    tags={"viral_forge/kind": "publish"},
    description="Take the due posts of one candidate one step on. The only job that posts.",
)

takedown_job = dg.define_asset_job(
    "takedown_job",
    selection=dg.AssetSelection.assets(["publication", "takedowns"]),
    executor_def=dg.in_process_executor,
    tags={"viral_forge/kind": "publish"},
    description="Take posts down: config clips, sources or holders; without, what is still open.",
)

queue_job = dg.define_asset_job(
    "queue_job",
    selection=dg.AssetSelection.assets(["publication", "posting_queue"]),
    executor_def=dg.in_process_executor,
    tags={"viral_forge/kind": "publish_plan"},
    description="Show what goes out when and where. Posts nothing.",
)

metrics_job = dg.define_asset_job(
    "metrics_job",
    selection=dg.AssetSelection.assets(["metrics", "post_metrics"]),
    executor_def=dg.in_process_executor,
    tags={"viral_forge/kind": "metrics"},
    description="Read the results of one candidate's posts back.",
)

performance_job = dg.define_asset_job(
    "performance_job",
    selection=dg.AssetSelection.assets(["metrics", "niche_performance"]),
    executor_def=dg.in_process_executor,
    tags={"viral_forge/kind": "metrics"},
    description="Sum up how one niche's posts did.",
)

report_job = dg.define_asset_job(
    "report_job",
    selection=dg.AssetSelection.assets(["metrics", "performance_report"]),
    executor_def=dg.in_process_executor,
    tags={"viral_forge/kind": "metrics"},
    description="Report how the studio did up to the end of one day.",
)


class DecisionConfig(dg.Config):
    """A person's word on clips.

    Attributes:
        clips: content hashes, or their first 8 digits or more, as publication_plan shows them.
        decided_by: who decides.
        note: why, for those who ask later.
    """

    clips: list[str]
    decided_by: str = "operator"
    note: str = ""

    def decision(self, *, is_approved: bool) -> Decision:
        """This word as of now."""
        return Decision(
            is_approved=is_approved,
            decided_by=self.decided_by,
            decided_at=datetime.now(UTC),
            note=self.note or None,
        )


@dg.op
def approve_clips(
    context: dg.OpExecutionContext, config: DecisionConfig, state: dg.ResourceParam[sa.Engine]
) -> None:
    """Say yes to the very bytes of these clips; their planned posts may go out when due."""
    with dagster_failures("approving"), state.begin() as connection:
        for prefix in config.clips:
            clip = decide(connection, prefix, config.decision(is_approved=True))
            context.log.info("approved clip %s of %s", clip.number, clip.candidate_key)


@dg.op
def reject_clips(
    context: dg.OpExecutionContext, config: DecisionConfig, state: dg.ResourceParam[sa.Engine]
) -> None:
    """Say no to the very bytes of these clips; their open posts are withdrawn."""
    with dagster_failures("rejecting"), state.begin() as connection:
        for prefix in config.clips:
            clip = decide(connection, prefix, config.decision(is_approved=False))
            context.log.info("rejected clip %s of %s", clip.number, clip.candidate_key)


class NicheConfig(dg.Config):
    """Which niche."""

    niche: str


@dg.op
def request_backfill(
    context: dg.OpExecutionContext,
    config: NicheConfig,
    state: dg.ResourceParam[sa.Engine],
    backfills: dg.ResourceParam[BackfillLauncher],
) -> None:
    """Start a backfill that makes the clips of every candidate of the niche again."""
    with dagster_failures("reprocessing a niche"):
        with state.connect() as connection:
            niche = known_niche(connection, config.niche)
            candidates = [
                candidate.candidate_key
                for status in (CandidateStatus.SHORTLISTED, CandidateStatus.FAILED)
                for candidate in candidates_state.with_status(connection, status, niche=niche.name)
            ]
        known = context.instance.get_dynamic_partitions("candidates")
        keys = sorted(set(candidates) & set(known))
        if not keys:
            raise BadInput(
                niche.name,
                reason="has no candidate to make again",
                remedy="Scan the niche first: launch scan_job for it.",
            )
        backfill_id = backfills.launch(
            asset_keys=MADE_BY_CANDIDATE_JOB,
            partition_keys=keys,
            title=f"Reprocess {niche.name}",
            tags={"viral_forge/niche": niche.name},
        )
    context.log.info("backfill %s makes %d candidates again", backfill_id, len(keys))


@dg.op
def remove_what_expired(
    context: dg.OpExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    retention: dg.ResourceParam[Retention],
) -> None:
    """Remove statistics of YouTube's that nobody may keep for longer, and what is over.

    Over are old outcomes of scans, and logins that nobody finished in time.

    Source: https://developers.google.com/youtube/terms/developer-policies
    """
    now = datetime.now(UTC)
    youtubes_end, outcomes_end = now - retention.youtube_statistics, now - retention.scan_outcomes
    with dagster_failures("housekeeping"), state.begin() as connection:
        seen = sightings.expire(connection, platforms=_YOUTUBES_FIGURES, before=youtubes_end)
        scored = candidates_state.forget_figures(connection, platforms=_YOUTUBES_FIGURES)
        quoted = proposals.forget_figures(connection, before=youtubes_end)
        ended = scan_outcomes.expire(connection, before=outcomes_end)
        unfinished = pending_logins.remove_expired(connection, now=now)
    context.log.info("removed %d sightings, figures of %d candidates", seen, scored)
    context.log.info("removed the figures of %d proposals", quoted)
    context.log.info("removed %d outcomes of scans, %d unfinished logins", ended, unfinished)


@dg.op
def book_running_costs(
    context: dg.OpExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    prices: dg.ResourceParam[Prices],
) -> None:
    """Put stored bytes into the books."""
    now = datetime.now(UTC)
    with dagster_failures("booking costs"), state.begin() as connection:
        stored = book_storage(connection, prices, now=now)
    context.log.info("booked the files of %d candidates", stored)


@dg.job(description="Say yes to clips. Config: clips = content hashes.")
def approve_job() -> None:
    """Approve clips."""
    approve_clips()


@dg.job(description="Say no to clips and withdraw their open posts. Config: clips.")
def reject_job() -> None:
    """Reject clips."""
    reject_clips()


@dg.job(description="Make the clips of a whole niche again, as a backfill. Posts nothing.")
def reprocess_niche_job() -> None:
    """Reprocess a niche."""
    request_backfill()


@dg.job(
    description="Remove what may not, or need not, be kept for longer; book what storage costs."
)
def housekeeping_job() -> None:
    """Keep house."""
    remove_what_expired()
    book_running_costs()
