"""Sensor over the outbox: what is due, or open, is worked on."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.jobs import publish_job, takedown_job
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.contracts.submission import Step
from viral_forge_resources.state import liveness
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import retractions as retractions_state
from viral_forge_resources.state import steps as steps_state

_MOST_REQUESTS = 25
# More than are requested: posts that wait after failed runs may not hide those behind them.
_MOST_ROWS = 500
_WORK_TAG = "viral_forge/work"
_LONGEST_WAIT_MINUTES = 360


@dg.sensor(
    job=publish_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Approved posts that are due, and posts whose end is open, get a run of"
    " publish_job.",
)
def due_publications_sensor(
    context: dg.SensorEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SensorResult | dg.SkipReason:
    """A run for each candidate with a post that is due, or open, or lacks its cover or captions.

    The run key names rows, states and moments: the same work is requested once, however often
    this runs, and again only after a run ended that left it as it was. The run itself verifies
    everything again.
    """
    now = datetime.now(UTC)
    with state.connect() as connection:
        due = publications_state.due(connection, now=now, limit=_MOST_ROWS)
        submitting = publications_state.in_state(connection, PublicationState.SUBMITTING)
        steps = steps_state.due(connection, now=now, limit=_MOST_ROWS)
    abandoned = [row for row in submitting if _is_abandoned(state, row, now)]
    work = _work([*abandoned, *due], steps)
    requests = list(islice(_requests(context.instance, work, now), _MOST_REQUESTS))
    if not requests:
        return dg.SkipReason("no post is due and no post's end is open, or runs are at it")
    return dg.SensorResult(run_requests=requests)


@dg.sensor(
    job=takedown_job,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Posts that are to be seen no more get a run of takedown_job.",
)
def open_takedowns_sensor(
    context: dg.SensorEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SensorResult | dg.SkipReason:
    """A run for what is to be taken down and is due; its key names every post and try."""
    now = datetime.now(UTC)
    with state.connect() as connection:
        due = retractions_state.due(connection, now=now, limit=_MOST_ROWS)
    tries = " ".join(f"{each.publication_id}:{each.attempts}" for each in due)
    tags = {_WORK_TAG: hashlib.sha256(tries.encode()).hexdigest()[:32]}
    runs = context.instance.get_runs_count(dg.RunsFilter(tags=tags))
    if not due or (runs and not _was_left(_newest(context.instance, tags), runs, now)):
        return dg.SkipReason("nothing is to be taken down now, or a run is at it")
    run_key = f"takedown:{tags[_WORK_TAG]}:{runs}"
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=run_key, tags=tags)])


def _is_abandoned(state: sa.Engine, row: Publication, now: datetime) -> bool:
    """Its run died, or its lease is over."""
    if row.lease_until is None or row.claimed_by is None or row.lease_until <= now:
        return True
    return not liveness.is_held(state, row.claimed_by)


@dataclass(kw_only=True)
class _Work:
    """What there is to do for one candidate.

    Attributes:
        said: each row or step, as it stands.
        channels: those that it is to be posted on.
        looks: something is to be looked at or added, too, which needs no turn.
    """

    said: list[str] = field(default_factory=list)
    channels: set[str] = field(default_factory=set)
    looks: bool = False


def _work(rows: Iterable[Publication], steps: Iterable[tuple[str, Step]]) -> Mapping[str, _Work]:
    """By candidate, the most urgent candidate first."""
    by_candidate: dict[str, _Work] = defaultdict(_Work)
    for row in rows:
        work, moment = by_candidate[row.candidate_key], row.due_at.isoformat()
        work.said.append(f"{row.publication_id}:{row.state}:{row.attempts}:{moment}")
        if row.state is PublicationState.APPROVED:
            work.channels.add(row.channel_id)
        else:
            work.looks = True
    for key, step in steps:
        by_candidate[key].said.append(f"{step.publication_id}:{step.step}:{step.attempts}")
        by_candidate[key].looks = True
    return by_candidate


def _requests(
    instance: dg.DagsterInstance, by_candidate: Mapping[str, _Work], now: datetime
) -> Iterator[dg.RunRequest]:
    """A run for each candidate that has something to do which no run before it will be at.

    A channel posts one at a time: a run that only waited for one that is at it would do nothing.
    """
    known, taken = set(instance.get_dynamic_partitions("candidates")), set[str]()
    for key, work in by_candidate.items():
        if key not in known or (work.channels <= taken and not work.looks):
            continue
        tags = {_WORK_TAG: _fingerprint(work.said)}
        runs = instance.get_runs_count(dg.RunsFilter(tags=tags))
        newest = _newest(instance, tags) if runs else None
        if newest is None or _was_left(newest, runs, now):
            run_key = f"publish:{tags[_WORK_TAG]}:{runs}"
            yield dg.RunRequest(run_key=run_key, partition_key=key, tags=tags)
            taken |= work.channels
        elif not newest.dagster_run.is_finished:
            taken |= work.channels


def _newest(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.RunRecord:
    (newest,) = instance.get_run_records(dg.RunsFilter(tags=tags), limit=1)
    return newest


def _was_left(newest: dg.RunRecord, runs: int, now: datetime) -> bool:
    """The last of ``runs`` at this work ended, without moving it, long enough ago.

    A run that is killed before its claim, or finds the channel busy, leaves the work as it was.
    """
    wait = timedelta(minutes=min(2 ** min(runs, 10), _LONGEST_WAIT_MINUTES))
    return newest.dagster_run.is_finished and newest.update_timestamp + wait <= now


def _fingerprint(said: list[str]) -> str:
    return hashlib.sha256(" ".join(sorted(said)).encode()).hexdigest()[:32]
