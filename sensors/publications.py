"""Sensor over the outbox: what is due, or open, is worked on."""

import hashlib
from datetime import UTC, datetime
from itertools import groupby

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.jobs import publish_job
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.state import liveness
from viral_forge_resources.state import publications as publications_state

_MOST_REQUESTS = 25


@dg.sensor(
    job=publish_job, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING
)
def due_publications_sensor(
    context: dg.SensorEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SensorResult | dg.SkipReason:
    """Approved posts that are due, and posts whose end is open, get a run of publish_job.

    The run key names rows, states and moments: the same work is requested once, however often
    this runs. The run itself verifies everything again.
    """
    now = datetime.now(UTC)
    with state.connect() as connection:
        due = publications_state.due(connection, now=now, limit=_MOST_REQUESTS)
        submitting = publications_state.in_state(connection, PublicationState.SUBMITTING)
    abandoned = [row for row in submitting if _is_abandoned(state, row, now)]
    work = sorted([*due, *abandoned], key=lambda row: row.candidate_key)
    if not work:
        return dg.SkipReason("no post is due and no post's end is open")
    known = set(context.instance.get_dynamic_partitions("candidates"))
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(run_key=_run_key(list(rows)), partition_key=key)
            for key, rows in groupby(work, key=lambda row: row.candidate_key)
            if key in known
        ]
    )


def _is_abandoned(state: sa.Engine, row: Publication, now: datetime) -> bool:
    """Its run died, or its lease is over."""
    if row.lease_until is None or row.claimed_by is None or row.lease_until <= now:
        return True
    return not liveness.is_held(state, row.claimed_by)


def _run_key(rows: list[Publication]) -> str:
    said = [
        f"{row.publication_id}:{row.state}:{row.attempts}:{row.due_at.isoformat()}" for row in rows
    ]
    return f"publish:{hashlib.sha256(' '.join(sorted(said)).encode()).hexdigest()[:32]}"
