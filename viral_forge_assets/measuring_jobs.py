"""Reads results of every post whose next reading is due, in one run."""

from collections.abc import Mapping
from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.measuring import Measurer
from viral_forge_assets.metadata import table_metadata
from viral_forge_resources.contracts.publishing import MetricsReader

_POST_METRICS = dg.AssetKey(["metrics", "post_metrics"])
_MOST_SAID = 20


@dg.op
def take_readings(
    context: dg.OpExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    metrics_readers: dg.ResourceParam[Mapping[str, MetricsReader]],
) -> None:
    """Take the readings that are due; what cannot be read now is put off and says why.

    Each candidate whose posts were read counts as materialized anew in ``post_metrics``.
    """
    with dagster_failures("reading results"):
        measurer = Measurer(state=state, readers=metrics_readers, clock=lambda: datetime.now(UTC))
        taken = measurer.take_due()
    known = set(context.instance.get_dynamic_partitions("candidates"))
    for candidate, (rows_read, rows_new) in sorted(taken.by_candidate.items()):
        if rows_new and candidate in known:
            facts = table_metadata(rows=rows_new, rows_read=rows_read, rows_new=rows_new)
            context.log_event(
                dg.AssetMaterialization(_POST_METRICS, partition=candidate, metadata=facts)
            )
    context.log.info("read %d posts, %d new numbers", taken.posts, taken.rows_new)
    for said, reasons in (("put off", taken.put_off), ("given up", taken.given_up)):
        for key, why in list(reasons.items())[:_MOST_SAID]:
            context.log.warning("%s: %s %s", key, said, why)
        if len(reasons) > _MOST_SAID:
            context.log.warning("%d more were %s", len(reasons) - _MOST_SAID, said)
    if taken.unreadable:
        raise dg.Failure(description="\n".join(sorted(taken.unreadable)), allow_retries=False)


@dg.job(
    executor_def=dg.in_process_executor,
    tags={"viral_forge/kind": "metrics"},
    description="Read results of all posts whose next reading is due. Changes no post.",
)
def readings_job() -> None:
    """Take readings."""
    take_readings()
