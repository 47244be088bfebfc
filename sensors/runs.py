"""Sensors over runs: those whose process died in silence, and those that failed."""

import json
from datetime import UTC, datetime, timedelta

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.failures import waits_for, why_failed
from viral_forge_assets.jobs import candidate_job
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import liveness

_SILENT_FOR = timedelta(seconds=30)
_KIND_TAG = "viral_forge/kind"


@dg.sensor(
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A started run whose lock has been free for 30 s has no process any more:"
    " it is failed.",
)
def silent_runs_sensor(
    context: dg.SensorEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SensorResult | dg.SkipReason:
    """The end of runs whose process is gone.

    Dagster's default launcher does not notice, and a dead run would hold its place in every
    limit for ever.
    """
    now = datetime.now(UTC)
    started = context.instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    free_since: dict[str, str] = json.loads(context.cursor or "{}")
    free_now = {
        run.run_id: free_since.get(run.run_id, now.isoformat())
        for run in started
        if not liveness.is_held(state, run.run_id) and _takes_lock(context.instance, run)
    }
    dead = [
        run
        for run in started
        if run.run_id in free_now
        and now - datetime.fromisoformat(free_now[run.run_id]) >= _SILENT_FOR
    ]
    for run in dead:
        context.instance.report_run_failed(run, "Its process ended without a word.")
        del free_now[run.run_id]
    return dg.SensorResult(
        skip_reason=dg.SkipReason(f"{len(started)} started, {len(dead)} of them were dead"),
        cursor=json.dumps(free_now),
    )


def _takes_lock(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """A run that needs state took its lock as it began; others never have one, and may live.

    Runs of the UI and of backfills bear no tag of ours, and may make any part of the assets.
    """
    began = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RESOURCE_INIT_SUCCESS)
    opened = {
        name
        for entry in began
        if entry.dagster_event is not None
        for name in entry.dagster_event.engine_event_data.metadata
    }
    return "state" in opened if opened else _KIND_TAG in run.tags


@dg.run_failure_sensor(
    monitored_jobs=[candidate_job],
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A candidate whose run failed says so, with the reason, wherever candidates are"
    " listed.",
)
def failures_sensor(
    context: dg.RunFailureSensorContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SkipReason | None:
    """Nothing once the candidate of the failed run says why, else why it does not."""
    partition_key = context.dagster_run.tags.get("dagster/partition")
    if partition_key is None:
        return dg.SkipReason("the run had no partition")
    with state.begin() as connection:
        candidate = candidates_state.get(connection, partition_key)
        if candidate is None or candidate.status is not CandidateStatus.SHORTLISTED:
            return dg.SkipReason(f"{partition_key} is no shortlisted candidate")
        events, now = [*context.get_step_failure_events(), context.failure_event], datetime.now(UTC)
        wait = waits_for(events)
        candidates_state.set_status(
            connection,
            partition_key,
            CandidateStatus.FAILED if wait is None else CandidateStatus.SHORTLISTED,
            reason=why_failed(events),
            remedy=f"Mend it, then launch candidate_job for {partition_key} again."
            if wait is None
            else "It is made once the day's budget is a new one.",
            now=now + (wait or timedelta()),
        )
    return None
