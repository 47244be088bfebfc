"""When niches are scanned, results are read and old figures removed."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from itertools import groupby

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.jobs import (
    housekeeping_job,
    performance_job,
    queue_job,
    report_job,
    scan_job,
)
from viral_forge_assets.measuring_jobs import readings_job
from viral_forge_resources.state import niches as niches_state
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import queues as queues_state


@dg.schedule(
    job=scan_job,
    cron_schedule="7 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every watched niche is scanned once an hour, side by side in one run.",
)
def hourly_scan_schedule(
    context: dg.ScheduleEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> list[dg.RunRequest] | dg.SkipReason:
    """One scan of all watched niches.

    A run takes neighbours in the set of partitions, so where that set also holds what nobody
    watches there are several.
    """
    tick = context.scheduled_execution_time.isoformat()
    partitions = context.instance.get_dynamic_partitions("niches")
    return [
        dg.RunRequest(
            run_key=f"{first}:{tick}",
            tags={
                "dagster/asset_partition_range_start": first,
                "dagster/asset_partition_range_end": last,
            },
        )
        for first, last in _stretches(partitions, _watched(state))
    ] or dg.SkipReason("no niche is watched")


@dg.schedule(
    job=queue_job,
    cron_schedule="37 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="While posts wait, what goes out when is shown anew once an hour.",
)
def hourly_queue_schedule(
    context: dg.ScheduleEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.RunRequest | dg.SkipReason:
    """A look at the queue, if there is one."""
    with state.connect() as connection:
        is_empty = not queues_state.queued(connection, limit=1)
    if is_empty:
        return dg.SkipReason("no post waits")
    return dg.RunRequest(run_key=context.scheduled_execution_time.isoformat())


@dg.schedule(
    job=housekeeping_job,
    cron_schedule="52 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="What may not, or need not, be kept for longer is removed once a day.",
)
def daily_housekeeping_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One round of housekeeping."""
    return dg.RunRequest(run_key=context.scheduled_execution_time.isoformat())


@dg.schedule(
    job=readings_job,
    cron_schedule="23 */6 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Files with results that people put there are read four times a day.",
)
def six_hourly_metrics_schedule(
    context: dg.ScheduleEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.RunRequest | dg.SkipReason:
    """One run for all files; platforms are asked at each post's own ages, by a sensor."""
    with state.connect() as connection:
        has_live = publications_state.has_live(connection)
    if not has_live:
        return dg.SkipReason("nothing is live")
    return dg.RunRequest(run_key=context.scheduled_execution_time.isoformat())


@dg.schedule(
    job=performance_job,
    cron_schedule="41 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every watched niche is summed up once a day.",
)
def daily_performance_schedule(
    context: dg.ScheduleEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> list[dg.RunRequest] | dg.SkipReason:
    """A summary of each watched niche."""
    return _for_each_niche(context, state) or dg.SkipReason("no niche is watched")


@dg.schedule(
    job=report_job,
    cron_schedule="17 6 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="How the studio did is reported once a day, for the day before.",
)
def daily_report_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One report, of the last whole day."""
    day = context.scheduled_execution_time.astimezone(UTC).date() - timedelta(days=1)
    return dg.RunRequest(run_key=day.isoformat(), partition_key=day.isoformat())


def _for_each_niche(context: dg.ScheduleEvaluationContext, state: sa.Engine) -> list[dg.RunRequest]:
    known = set(context.instance.get_dynamic_partitions("niches"))
    tick = context.scheduled_execution_time.isoformat()
    return [
        dg.RunRequest(run_key=f"{name}:{tick}", partition_key=name)
        for name in sorted(_watched(state) & known)
    ]


def _watched(state: sa.Engine) -> set[str]:
    with state.connect() as connection:
        return {niche.name for niche in niches_state.all_niches(connection)}


def _stretches(names: Sequence[str], wanted: set[str]) -> list[tuple[str, str]]:
    """First and last name of each stretch of neighbours that are all wanted."""
    grouped = groupby(names, key=wanted.__contains__)
    stretches = [list(stretch) for is_wanted, stretch in grouped if is_wanted]
    return [(stretch[0], stretch[-1]) for stretch in stretches]
