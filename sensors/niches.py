"""Sensor over niches that were removed: they stop being partitions."""

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.partitions import niche_partitions
from viral_forge_resources.state import niches as niches_state

_PARTITION = "dagster/partition"
_RANGE = "dagster/asset_partition_range_start"
_OPEN_RUNS = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A niche that was removed stops being a partition; its history stays.",
)
def removed_niches_sensor(
    context: dg.SensorEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SensorResult | dg.SkipReason:
    """The end of partitions that no niche has the name of.

    Never while a run may be at one: a run whose partition is gone cannot end well.
    """
    with state.connect() as connection:
        watched = {niche.name for niche in niches_state.all_niches(connection)}
    leaving = set(context.instance.get_dynamic_partitions("niches")) - watched
    if not leaving:
        return dg.SkipReason("every partition is a watched niche")
    busy = [run.tags for run in context.instance.get_runs(dg.RunsFilter(statuses=_OPEN_RUNS))]
    if any(_RANGE in tags for tags in busy):
        return dg.SkipReason("a run is at many niches; their partitions leave after it")
    leaving -= {tags.get(_PARTITION, "") for tags in busy}
    return dg.SensorResult(
        dynamic_partitions_requests=[niche_partitions.build_delete_request(sorted(leaving))]
        if leaving
        else []
    )
