"""Sensors over niches and candidates: new niches, shortlisted candidates, retirement."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.jobs import candidate_job, scan_job
from viral_forge_assets.partitions import candidate_partitions, niche_partitions
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import costs
from viral_forge_resources.state import niches as niches_state

_MOST_REQUESTS = 25
_MOST_LOOKS = 100  # their runs are read in one query
_PARTITION = "dagster/partition"
_KEPT_FOR = timedelta(days=90)
_OPEN_RUNS = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dg.sensor(
    job=scan_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A niche that was added becomes a partition and is scanned at once.",
)
def watched_niches_sensor(
    context: dg.SensorEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SensorResult | dg.SkipReason:
    """A partition and a first scan for each new niche."""
    with state.connect() as connection:
        names = {niche.name for niche in niches_state.all_niches(connection)}
    new = sorted(names - set(context.instance.get_dynamic_partitions("niches")))[:_MOST_REQUESTS]
    if not new:
        return dg.SkipReason("every watched niche is a partition")
    return dg.SensorResult(
        dynamic_partitions_requests=[niche_partitions.build_add_request(new)],
        run_requests=[dg.RunRequest(run_key=f"first:{name}", partition_key=name) for name in new],
    )


@dg.sensor(
    job=candidate_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A shortlisted candidate becomes a partition and its clips are made, once; and"
    " again if a run failed and it was shortlisted anew since.",
)
def shortlisted_candidates_sensor(
    context: dg.SensorEvaluationContext,
    state: dg.ResourceParam[sa.Engine],
    llm_budget: dg.ResourceParam[Budget],
) -> dg.SensorResult | dg.SkipReason:
    """A partition and a run for each candidate that is none yet, the longest decided first.

    Before them come those that were mended: they ran without success, and were decided on since.
    None while the day's budget for everything is spent: candidates wait for the next one.
    """
    now = datetime.now(UTC)
    known = set(context.instance.get_dynamic_partitions("candidates"))
    with state.connect() as connection:
        spent_usd = costs.spent_in_all(connection, day_of=now)
        if llm_budget.day_usd is not None and spent_usd >= llm_budget.day_usd:
            return dg.SkipReason(
                f"${spent_usd:.4f} of the day's budget of ${llm_budget.day_usd:g} are spent"
            )
        chosen = candidates_state.keys_with_status(connection, CandidateStatus.SHORTLISTED)
        unfinished = known & candidates_state.never_planned(connection)
        # The newest decided first: the others were looked at before, their runs wait or were
        # cancelled.
        tried = islice((key for key in reversed(chosen) if key in unfinished), _MOST_LOOKS)
        decided_at = candidates_state.decided_at(connection, list(tried))
    due = {key: moment for key, moment in decided_at.items() if moment <= now}
    mended = _mended(context.instance, due)[:_MOST_REQUESTS]
    new = [key for key in chosen if key not in known][: _MOST_REQUESTS - len(mended)]
    if not new and not mended:
        return dg.SkipReason("every shortlisted candidate is a partition, and none was mended")
    return dg.SensorResult(
        dynamic_partitions_requests=[candidate_partitions.build_add_request(new)] if new else [],
        run_requests=mended + [dg.RunRequest(run_key=key, partition_key=key) for key in new],
    )


def _mended(
    instance: dg.DagsterInstance, decided_at: Mapping[str, datetime]
) -> list[dg.RunRequest]:
    """A run for each candidate that was decided on after all its runs ended, the newest first."""
    if not decided_at:
        return []
    runs = defaultdict(list)
    for record in instance.get_run_records(dg.RunsFilter(tags={_PARTITION: list(decided_at)})):
        runs[record.dagster_run.tags[_PARTITION]].append(record)
    return [
        dg.RunRequest(run_key=f"{key}:{moment.isoformat()}", partition_key=key)
        for key, moment in sorted(decided_at.items(), key=lambda item: item[1], reverse=True)
        if key in runs and all(_ended_before(record, moment) for record in runs[key])
    ]


def _ended_before(run: dg.RunRecord, moment: datetime) -> bool:
    return run.end_time is not None and run.end_time < moment.timestamp()


@dg.sensor(
    minimum_interval_seconds=3600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Candidates that nothing happened to for long stop being partitions;"
    " their history stays.",
)
def retired_candidates_sensor(
    context: dg.SensorEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SensorResult | dg.SkipReason:
    """The end of partitions whose candidates are old and quiet.

    Never of one with a run in flight: a run whose partition is gone cannot end well.
    """
    now = datetime.now(UTC)
    busy = {
        run.tags[_PARTITION]
        for run in context.instance.get_runs(dg.RunsFilter(statuses=_OPEN_RUNS))
        if _PARTITION in run.tags
    }
    with state.begin() as connection:
        old = candidates_state.retirable(connection, before=now - _KEPT_FOR)
        for key in sorted(set(old) - busy):
            candidates_state.set_status(
                connection,
                key,
                CandidateStatus.RETIRED,
                reason=f"nothing happened to it for {_KEPT_FOR.days} days",
                now=now,
            )
        retired = set(candidates_state.keys_with_status(connection, CandidateStatus.RETIRED))
    # Also those of a tick that was cut off before their partitions were gone.
    partitions = set(context.instance.get_dynamic_partitions("candidates"))
    leaving = sorted(retired & partitions - busy)
    if not leaving:
        return dg.SkipReason("no candidate is old and quiet enough to retire")
    return dg.SensorResult(
        dynamic_partitions_requests=[candidate_partitions.build_delete_request(leaving)]
    )
