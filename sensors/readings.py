"""Sensor over readings of results: what is due is read, many posts in one run."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.measuring_jobs import readings_job
from viral_forge_resources.contracts.snapshots import Snapshot
from viral_forge_resources.state import snapshots as snapshots_state

_MOST_ROWS = 4_000
_WORK_TAG = "viral_forge/work"
_LONGEST_WAIT_MINUTES = 60
_AT_IT = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


@dg.sensor(
    job_name=readings_job.name,  # by its name: Dagster wraps other ways with a warning
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Posts that are 1, 6, 24 or 72 hours, 7 or 28 days old have their results read.",
)
def due_readings_sensor(
    context: dg.SensorEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SensorResult | dg.SkipReason:
    """One run for all readings that are due; its key names every one of them and every try."""
    now = datetime.now(UTC)
    with state.connect() as connection:
        due = snapshots_state.due(connection, now=now, limit=_MOST_ROWS)
    if not due:
        return dg.SkipReason("no reading is due")
    at_it = dg.RunsFilter(job_name=readings_job.name, statuses=_AT_IT)
    if context.instance.get_runs_count(at_it):
        return dg.SkipReason("a run is reading results")
    tags = {_WORK_TAG: _fingerprint(due)}
    runs = context.instance.get_runs_count(dg.RunsFilter(tags=tags))
    if runs and not _was_left(context.instance, tags, runs, now):
        return dg.SkipReason("a run left these readings as they were a moment ago")
    request = dg.RunRequest(run_key=f"readings:{tags[_WORK_TAG]}:{runs}", tags=tags)
    return dg.SensorResult(run_requests=[request])


def _fingerprint(due: Sequence[Snapshot]) -> str:
    said = (
        f"{each.publication_id}:{each.age_hours}:{each.attempts}:{each.due_at.isoformat()}"
        for each in due
    )
    return hashlib.sha256(" ".join(said).encode()).hexdigest()[:32]


def _was_left(instance: dg.DagsterInstance, tags: dict[str, str], runs: int, now: datetime) -> bool:
    (newest,) = instance.get_run_records(dg.RunsFilter(tags=tags), limit=1)
    wait = timedelta(minutes=min(2 ** min(runs, 10), _LONGEST_WAIT_MINUTES))
    return newest.update_timestamp + wait <= now
