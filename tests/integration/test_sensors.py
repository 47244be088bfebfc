"""Sensors on a real instance and real state: what they ask for, and that they ask once."""

import ast
import json
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.remote_origin import (  # noqa: TID251  a queued run has one; Dagster exports none
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)

from sensors.candidates import (
    retired_candidates_sensor,
    shortlisted_candidates_sensor,
    watched_niches_sensor,
)
from sensors.publications import due_publications_sensor
from sensors.runs import failures_sensor, silent_runs_sensor
from tests import builders
from tests.builders import CHANNEL, KEY, save_candidate, save_publication, sha256
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.partitions import candidate_partitions
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.errors import BadInput, Unreachable
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import Candidate, CandidateStatus
from viral_forge_resources.resources import state_resource
from viral_forge_resources.state import candidates, liveness, niches, publications
from viral_forge_resources.state.engine import open_engine

_SENSORS = Path(__file__).parents[2] / "sensors"
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_DAYS = timedelta(days=1)
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


UNLIMITED = Budget(usd=None, quantity=None)


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def tick(
    sensor: dg.SensorDefinition,
    instance: dg.DagsterInstance,
    state: sa.Engine,
    *,
    cursor: str | None = None,
    budget: Budget = UNLIMITED,
) -> dg.SensorResult | dg.SkipReason:
    """What the sensor returns at one tick, after Dagster did what it asks of partitions."""
    with dg.build_sensor_context(
        instance=instance, resources={"state": state, "llm_budget": budget}, cursor=cursor
    ) as context:
        result = sensor(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    if isinstance(result, dg.SensorResult):
        for request in result.dynamic_partitions_requests or ():
            if isinstance(request, dg.AddDynamicPartitionsRequest):
                instance.add_dynamic_partitions(
                    request.partitions_def_name, list(request.partition_keys)
                )
            else:
                for key in request.partition_keys:
                    instance.delete_dynamic_partition(request.partitions_def_name, key)
    return result


def requests(result: dg.SensorResult | dg.SkipReason) -> list[tuple[str | None, str | None]]:
    """Run key and partition of each run that is asked for."""
    assert isinstance(result, dg.SensorResult)
    return [(request.run_key, request.partition_key) for request in result.run_requests or ()]


def candidate_of(state: sa.Engine, key: str = KEY) -> Candidate:
    with state.connect() as connection:
        found = candidates.get(connection, key)
    assert found is not None
    return found


@dg.job
def some_job() -> None: ...


def add_run(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus, *, tags: Mapping[str, str]
) -> None:
    """A run of that status, which nothing executes."""
    location = RegisteredCodeLocationOrigin("viral_forge")
    instance.create_run_for_job(
        job_def=some_job,
        tags=tags,
        status=status,
        remote_job_origin=RemoteJobOrigin(RemoteRepositoryOrigin(location, "studio"), "some_job"),
    )


def test_a_shortlisted_candidate_becomes_a_partition_and_gets_one_run(sqlite_state, instance):
    save_candidate(sqlite_state)

    result = tick(shortlisted_candidates_sensor, instance, sqlite_state)

    assert requests(result) == [(KEY, KEY)]
    assert instance.get_dynamic_partitions("candidates") == [KEY]


def test_a_candidate_is_asked_for_once(sqlite_state, instance):
    save_candidate(sqlite_state)

    tick(shortlisted_candidates_sensor, instance, sqlite_state)
    again = tick(shortlisted_candidates_sensor, instance, sqlite_state)

    assert isinstance(again, dg.SkipReason)


@pytest.mark.parametrize("status", [s for s in CandidateStatus if s != "shortlisted"])
def test_only_what_was_shortlisted_becomes_a_partition(sqlite_state, instance, status):
    save_candidate(sqlite_state, status=status)

    result = tick(shortlisted_candidates_sensor, instance, sqlite_state)

    assert isinstance(result, dg.SkipReason)
    assert instance.get_dynamic_partitions("candidates") == []


def test_a_flood_of_candidates_is_taken_25_at_a_time(sqlite_state, instance):
    keys = [f"cooking:inbox:video-{number:02}" for number in range(60)]
    with sqlite_state.begin() as connection:
        candidates.decide(connection, [builders.candidate(candidate_key=key) for key in keys])

    ticks = [
        requests(tick(shortlisted_candidates_sensor, instance, sqlite_state)) for _ in range(3)
    ]

    assert [len(asked) for asked in ticks] == [25, 25, 10]
    assert [key for asked in ticks for _, key in asked] == keys


def failed_candidate(
    state: sa.Engine, instance: dg.DagsterInstance, key: str = KEY
) -> dg.ExecuteInProcessResult:
    """The failed run of a candidate that says why it failed."""
    save_candidate(state, candidate_key=key)
    error = BadInput("pasta.srt", reason="holds no times", remedy="Mend it.")
    result = run_that_fails(instance, error, key=key)
    tell_of_failure(result, instance, state)
    assert candidate_of(state, key).status is CandidateStatus.FAILED
    return result


def mend(state: sa.Engine, key: str = KEY) -> datetime:
    """When a scan found other subtitles and shortlisted the candidate anew."""
    now = datetime.now(UTC)
    save_candidate(state, candidate_key=key, subtitles="/inbox/pasta.srt", decided_at=now)
    assert candidate_of(state, key).status is CandidateStatus.SHORTLISTED
    return now


def test_a_failed_candidate_that_was_mended_gets_one_more_run(sqlite_state, instance):
    failed_candidate(sqlite_state, instance)
    before = tick(shortlisted_candidates_sensor, instance, sqlite_state)
    mended_at = mend(sqlite_state)

    first = tick(shortlisted_candidates_sensor, instance, sqlite_state)
    again = tick(shortlisted_candidates_sensor, instance, sqlite_state)

    assert isinstance(before, dg.SkipReason)
    assert requests(first) == [(f"{KEY}:{mended_at.isoformat()}", KEY)]
    assert requests(again) == requests(first)  # Dagster starts one run for a run key


def test_a_failure_that_nobody_was_told_of_yet_is_not_run_again(sqlite_state, instance):
    save_candidate(sqlite_state)
    run_that_fails(instance, ZeroDivisionError())

    assert isinstance(tick(shortlisted_candidates_sensor, instance, sqlite_state), dg.SkipReason)


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTED])
def test_a_mended_candidate_that_a_run_is_at_is_left_to_it(sqlite_state, instance, status):
    failed_candidate(sqlite_state, instance)
    mend(sqlite_state)
    add_run(instance, status, tags={"dagster/partition": KEY})

    assert isinstance(tick(shortlisted_candidates_sensor, instance, sqlite_state), dg.SkipReason)


def test_a_mended_candidate_whose_run_ended_is_not_run_again(sqlite_state, instance):
    @dg.asset(partitions_def=candidate_partitions)
    def clip() -> None: ...

    failed_candidate(sqlite_state, instance)
    mend(sqlite_state)
    dg.materialize([clip], partition_key=KEY, instance=instance, run_config=_QUIET)

    assert isinstance(tick(shortlisted_candidates_sensor, instance, sqlite_state), dg.SkipReason)


def test_a_candidate_whose_posts_were_planned_is_not_made_again_by_itself(sqlite_state, instance):
    failed_candidate(sqlite_state, instance)
    mend(sqlite_state)
    save_publication(sqlite_state)

    assert isinstance(tick(shortlisted_candidates_sensor, instance, sqlite_state), dg.SkipReason)


def test_mended_and_new_candidates_are_25_together(sqlite_state, instance):
    failed_candidate(sqlite_state, instance)
    mend(sqlite_state)
    keys = [f"cooking:inbox:video-{number:02}" for number in range(30)]
    with sqlite_state.begin() as connection:
        candidates.decide(connection, [builders.candidate(candidate_key=key) for key in keys])

    asked_for = [
        key for _, key in requests(tick(shortlisted_candidates_sensor, instance, sqlite_state))
    ]

    assert asked_for == [KEY, *keys[:24]]
    assert set(instance.get_dynamic_partitions("candidates")) == set(asked_for)


def test_a_watched_niche_becomes_a_partition_and_is_scanned_at_once(sqlite_state, instance):
    with sqlite_state.begin() as connection:
        niches.save(connection, builders.niche(), now=builders.NOW)

    first = tick(watched_niches_sensor, instance, sqlite_state)
    again = tick(watched_niches_sensor, instance, sqlite_state)

    assert requests(first) == [("first:cooking", "cooking")]
    assert instance.get_dynamic_partitions("niches") == ["cooking"]
    assert isinstance(again, dg.SkipReason)


def old_candidate(state: sa.Engine, instance: dg.DagsterInstance, key: str = KEY) -> None:
    save_candidate(state, candidate_key=key, decided_at=datetime.now(UTC) - 91 * _DAYS)
    instance.add_dynamic_partitions("candidates", [key])


def test_a_candidate_that_nothing_happens_to_stops_being_a_partition(sqlite_state, instance):
    old_candidate(sqlite_state, instance)

    tick(retired_candidates_sensor, instance, sqlite_state)

    assert instance.get_dynamic_partitions("candidates") == []
    row = candidate_of(sqlite_state)
    assert (row.status, row.reason) == ("retired", "nothing happened to it for 90 days")


def test_a_young_candidate_stays_a_partition(sqlite_state, instance):
    save_candidate(sqlite_state, decided_at=datetime.now(UTC) - 89 * _DAYS)
    instance.add_dynamic_partitions("candidates", [KEY])

    result = tick(retired_candidates_sensor, instance, sqlite_state)

    assert isinstance(result, dg.SkipReason)
    assert instance.get_dynamic_partitions("candidates") == [KEY]


@pytest.mark.parametrize(
    "status",
    [
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ],
)
def test_a_partition_with_an_open_run_is_never_removed(sqlite_state, instance, status):
    old_candidate(sqlite_state, instance)
    old_candidate(sqlite_state, instance, "cooking:inbox:quiet")
    add_run(instance, status, tags={"dagster/partition": KEY})

    tick(retired_candidates_sensor, instance, sqlite_state)

    assert instance.get_dynamic_partitions("candidates") == [KEY]
    assert candidate_of(sqlite_state).status is CandidateStatus.SHORTLISTED


def test_retirement_keeps_the_history(sqlite_state, instance):
    @dg.asset(partitions_def=candidate_partitions)
    def clip() -> None: ...

    old_candidate(sqlite_state, instance)
    dg.materialize([clip], partition_key=KEY, instance=instance, run_config=_QUIET)

    tick(retired_candidates_sensor, instance, sqlite_state)

    assert instance.get_dynamic_partitions("candidates") == []
    (run,) = instance.get_runs()
    assert run.tags["dagster/partition"] == KEY
    assert instance.get_latest_materialization_event(clip.key) is not None


def test_a_retirement_that_was_cut_off_is_finished(sqlite_state, instance):
    """The daemon may die after state was written and before the partition is gone."""
    save_candidate(sqlite_state, status=CandidateStatus.RETIRED)
    instance.add_dynamic_partitions("candidates", [KEY])

    tick(retired_candidates_sensor, instance, sqlite_state)
    again = tick(retired_candidates_sensor, instance, sqlite_state)

    assert instance.get_dynamic_partitions("candidates") == []
    assert isinstance(again, dg.SkipReason)


def due_post(
    state: sa.Engine,
    instance: dg.DagsterInstance,
    key: str = KEY,
    *,
    channel_id: str = CHANNEL,
    due_at: datetime = _LONG_AGO,
) -> None:
    """An approved post of the candidate that is due."""
    content = sha256(key)
    save_publication(
        state, candidate_key=key, content_sha256=content, channel_id=channel_id, due_at=due_at
    )
    with state.begin() as connection:
        publications.approve(connection, content, now=_LONG_AGO)
    instance.add_dynamic_partitions("candidates", [key])


def claim_post(state: sa.Engine, *, by: str, lease: timedelta) -> None:
    """Let a run take the candidate's post."""
    publication_id = publications.publication_id(sha256(KEY), CHANNEL)
    with state.begin() as connection:
        claimed = publications.claim(
            connection, publication_id, claimed_by=by, lease=lease, now=datetime.now(UTC)
        )
    assert claimed is not None


def let_time_pass(instance: dg.DagsterInstance) -> None:
    """Every run ended, or was heard of last, a day ago."""
    runs = sa.table("runs", sa.column("update_timestamp"))
    with instance.run_storage.connect() as connection:  # type: ignore[attr-defined]  # SQL, also in memory
        connection.execute(sa.update(runs).values(update_timestamp="2026-01-01 00:00:00"))


def asked(result: dg.SensorResult | dg.SkipReason) -> dg.RunRequest:
    """The only run that is asked for."""
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or ()
    return request


def test_the_same_due_post_is_asked_for_with_the_same_run_key(sqlite_state, instance):
    due_post(sqlite_state, instance)

    first = asked(tick(due_publications_sensor, instance, sqlite_state))
    again = asked(tick(due_publications_sensor, instance, sqlite_state))

    assert first.partition_key == KEY
    assert str(first.run_key).startswith("publish:")
    assert first.run_key == again.run_key


def test_a_post_that_moved_on_is_asked_for_with_another_run_key(sqlite_state, instance):
    due_post(sqlite_state, instance)
    before = asked(tick(due_publications_sensor, instance, sqlite_state))

    claim_post(sqlite_state, by="dead-run", lease=timedelta(minutes=30))
    after = asked(tick(due_publications_sensor, instance, sqlite_state))

    assert before.run_key != after.run_key


def test_a_post_that_is_due_later_is_not_asked_for(sqlite_state, instance):
    save_publication(sqlite_state, due_at=datetime.now(UTC) + _DAYS)
    with sqlite_state.begin() as connection:
        publications.approve(connection, sha256("clip"), now=_LONG_AGO)
    instance.add_dynamic_partitions("candidates", [KEY])

    assert isinstance(tick(due_publications_sensor, instance, sqlite_state), dg.SkipReason)


def test_a_post_that_nobody_approved_is_not_asked_for(sqlite_state, instance):
    save_publication(sqlite_state, due_at=_LONG_AGO)
    instance.add_dynamic_partitions("candidates", [KEY])

    assert isinstance(tick(due_publications_sensor, instance, sqlite_state), dg.SkipReason)


def test_a_post_whose_candidate_is_no_partition_is_not_asked_for(sqlite_state, instance):
    due_post(sqlite_state, instance)
    instance.delete_dynamic_partition("candidates", KEY)

    assert isinstance(tick(due_publications_sensor, instance, sqlite_state), dg.SkipReason)


def test_a_post_whose_run_died_is_asked_for_though_its_lease_runs(state, instance):
    due_post(state, instance)
    claim_post(state, by="dead-run", lease=timedelta(minutes=30))

    assert asked(tick(due_publications_sensor, instance, state)).partition_key == KEY


def test_a_post_that_a_living_run_is_submitting_is_left_to_it(state, instance):
    due_post(state, instance)
    claim_post(state, by="run-1", lease=timedelta(minutes=30))
    with liveness.hold(state, "run-1"):
        result = tick(due_publications_sensor, instance, state)

    assert isinstance(result, dg.SkipReason)


def test_a_post_whose_lease_is_over_is_asked_for(sqlite_state, instance):
    due_post(sqlite_state, instance)
    claim_post(sqlite_state, by="run-1", lease=-_DAYS)
    with liveness.hold(sqlite_state, "run-1"):
        result = tick(due_publications_sensor, instance, sqlite_state)

    assert asked(result).partition_key == KEY


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTED])
def test_work_that_a_run_is_at_is_not_asked_for_again(sqlite_state, instance, status):
    due_post(sqlite_state, instance)
    request = asked(tick(due_publications_sensor, instance, sqlite_state))
    add_run(instance, status, tags=request.tags)
    let_time_pass(instance)

    assert isinstance(tick(due_publications_sensor, instance, sqlite_state), dg.SkipReason)


@pytest.mark.parametrize(
    "status",
    [
        dg.DagsterRunStatus.FAILURE,  # killed before it could claim
        dg.DagsterRunStatus.SUCCESS,  # another post of the channel was under way
    ],
)
def test_a_due_post_is_not_lost_where_its_run_left_it_as_it_was(sqlite_state, instance, status):
    due_post(sqlite_state, instance)
    first = asked(tick(due_publications_sensor, instance, sqlite_state))
    add_run(instance, status, tags=first.tags)

    at_once = tick(due_publications_sensor, instance, sqlite_state)
    let_time_pass(instance)
    later = asked(tick(due_publications_sensor, instance, sqlite_state))

    assert isinstance(at_once, dg.SkipReason)
    assert later.run_key != first.run_key
    assert later.run_key == asked(tick(due_publications_sensor, instance, sqlite_state)).run_key


def test_posts_whose_runs_fail_do_not_hide_those_behind_them(sqlite_state, instance):
    for number in range(26):
        key, channel_id = f"cooking:inbox:video-{number:02}", f"folder:channel-{number:02}"
        due_post(sqlite_state, instance, key, channel_id=channel_id)
    first = tick(due_publications_sensor, instance, sqlite_state)
    assert isinstance(first, dg.SensorResult)
    for request in first.run_requests or ():
        add_run(instance, dg.DagsterRunStatus.FAILURE, tags=request.tags)

    second = tick(due_publications_sensor, instance, sqlite_state)

    assert len(requests(first)) == 25
    assert len(requests(second)) == 1
    assert not set(requests(first)) & set(requests(second))


def test_of_two_posts_for_one_channel_the_second_gets_a_run_once_the_first_is_out(
    sqlite_state, instance
):
    """A run that finds its channel busy would do nothing, and hold a place while it does."""
    second, later = "cooking:inbox:second", _LONG_AGO + timedelta(seconds=1)
    due_post(sqlite_state, instance)
    due_post(sqlite_state, instance, second, due_at=later)

    first = asked(tick(due_publications_sensor, instance, sqlite_state))
    add_run(instance, dg.DagsterRunStatus.STARTED, tags=first.tags)
    while_queued = tick(due_publications_sensor, instance, sqlite_state)
    claim_post(sqlite_state, by="run-1", lease=timedelta(minutes=30))
    with liveness.hold(sqlite_state, "run-1"):
        while_submitting = tick(due_publications_sensor, instance, sqlite_state)
    settle_post(sqlite_state)
    afterwards = asked(tick(due_publications_sensor, instance, sqlite_state))

    assert first.partition_key == KEY
    assert isinstance(while_queued, dg.SkipReason)
    assert isinstance(while_submitting, dg.SkipReason)
    assert afterwards.partition_key == second


def test_a_post_for_a_channel_whose_run_failed_does_not_hold_up_the_next_one(
    sqlite_state, instance
):
    second, later = "cooking:inbox:second", _LONG_AGO + timedelta(seconds=1)
    due_post(sqlite_state, instance)
    due_post(sqlite_state, instance, second, due_at=later)
    first = asked(tick(due_publications_sensor, instance, sqlite_state))
    add_run(instance, dg.DagsterRunStatus.FAILURE, tags=first.tags)

    assert asked(tick(due_publications_sensor, instance, sqlite_state)).partition_key == second


def settle_post(state: sa.Engine) -> None:
    """Let the candidate's post be live."""
    publication_id = publications.publication_id(sha256(KEY), CHANNEL)
    submitting, now = PublicationState.SUBMITTING, datetime.now(UTC)
    with state.begin() as connection:
        assert publications.settle(
            connection, publication_id, PublicationState.PUBLISHED, expected=submitting, now=now
        )


def during_run(
    instance: dg.DagsterInstance,
    state: object,
    act: Callable[[dg.DagsterRun], None],
    *,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Call ``act`` inside a run that has the resource ``state``."""

    @dg.asset
    def inner(context: dg.AssetExecutionContext, state: dg.ResourceParam[object]) -> None:
        act(context.run)

    dg.materialize(
        [inner], instance=instance, resources={"state": state}, run_config=_QUIET, tags=tags
    )


def seen_free(run: dg.DagsterRun, since: timedelta) -> str:
    """The cursor of a sensor that found the run's lock free ``since`` ago."""
    return json.dumps({run.run_id: (datetime.now(UTC) - since).isoformat()})


def status_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(29, dg.DagsterRunStatus.STARTED), (31, dg.DagsterRunStatus.FAILURE)],
)
def test_a_run_is_failed_once_its_lock_was_free_for_half_a_minute(
    sqlite_state, instance, seconds, status
):
    seen = []

    def act(run: dg.DagsterRun) -> None:
        cursor = seen_free(run, timedelta(seconds=seconds))
        tick(silent_runs_sensor, instance, sqlite_state, cursor=cursor)
        seen.append(status_of(instance, run))

    during_run(instance, sqlite_state, act)  # a plain engine: nobody holds the run's lock

    assert seen == [status]


def test_a_run_whose_lock_is_free_is_remembered_from_its_first_sight(sqlite_state, instance):
    cursors: list[str | None] = []

    def act(run: dg.DagsterRun) -> None:
        first = tick(silent_runs_sensor, instance, sqlite_state)
        assert isinstance(first, dg.SensorResult)
        second = tick(silent_runs_sensor, instance, sqlite_state, cursor=first.cursor)
        assert isinstance(second, dg.SensorResult)
        cursors.extend([first.cursor, second.cursor])
        assert list(json.loads(first.cursor or "{}")) == [run.run_id]

    during_run(instance, sqlite_state, act)

    assert cursors[0] == cursors[1]


def test_a_run_whose_lock_is_held_is_never_failed(state, instance):
    url = state.url.render_as_string(hide_password=False)
    seen = []

    def act(run: dg.DagsterRun) -> None:
        result = tick(silent_runs_sensor, instance, state, cursor=seen_free(run, _DAYS))
        assert isinstance(result, dg.SensorResult)
        seen.append((status_of(instance, run), result.cursor))

    during_run(instance, state_resource(lambda: open_engine(url)), act)

    assert seen == [(dg.DagsterRunStatus.STARTED, "{}")]


def test_a_living_run_of_assets_that_need_no_state_is_not_failed(sqlite_state, instance):
    """Such as a transcript that is heard again alone: it has no lock, and takes minutes."""
    seen = []

    @dg.asset
    def transcript(context: dg.AssetExecutionContext, storage: dg.ResourceParam[str]) -> None:
        cursor = seen_free(context.run, _DAYS)
        tick(silent_runs_sensor, instance, sqlite_state, cursor=cursor)
        seen.append(status_of(instance, context.run))

    dg.materialize(
        [transcript],
        instance=instance,
        resources={"storage": "storage"},
        run_config=_QUIET,
        tags={"viral_forge/kind": "candidate"},
    )

    assert seen == [dg.DagsterRunStatus.STARTED]


def test_a_run_that_died_before_it_took_its_lock_is_failed(sqlite_state, instance):
    tags = {"viral_forge/kind": "candidate"}
    add_run(instance, dg.DagsterRunStatus.STARTED, tags=tags)
    (run,) = instance.get_runs()

    tick(silent_runs_sensor, instance, sqlite_state, cursor=seen_free(run, timedelta(seconds=31)))

    assert status_of(instance, run) is dg.DagsterRunStatus.FAILURE


def test_a_run_of_somebody_else_is_left_alone(sqlite_state, instance):
    add_run(instance, dg.DagsterRunStatus.STARTED, tags={})
    (run,) = instance.get_runs()

    tick(silent_runs_sensor, instance, sqlite_state, cursor=seen_free(run, _DAYS))

    assert status_of(instance, run) is dg.DagsterRunStatus.STARTED


def run_that_fails(
    instance: dg.DagsterInstance, error: Exception, *, key: str | None = KEY
) -> dg.ExecuteInProcessResult:
    """A finished run in which fetching the source video raised ``error``."""

    @dg.asset(partitions_def=candidate_partitions if key else None)
    def source_video() -> None:
        with dagster_failures("fetching the source video"):
            raise error

    if key:
        instance.add_dynamic_partitions("candidates", [key])
    return dg.materialize(
        [source_video],
        partition_key=key,
        instance=instance,
        run_config=_QUIET,
        raise_on_error=False,
    )


def tell_of_failure(
    result: dg.ExecuteInProcessResult, instance: dg.DagsterInstance, state: sa.Engine
) -> object:
    context = dg.build_run_status_sensor_context(
        sensor_name="failures_sensor",
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
        resources={"state": state},
    ).for_run_failure()
    return failures_sensor(context)


def test_a_failed_candidate_says_why_and_what_to_do(sqlite_state, instance):
    save_candidate(sqlite_state)
    error = BadInput("pasta.mp4", reason="holds no picture", remedy="Choose another file.")

    tell_of_failure(run_that_fails(instance, error), instance, sqlite_state)

    row = candidate_of(sqlite_state)
    assert row.status is CandidateStatus.FAILED
    assert row.reason == (
        "While fetching the source video: 'pasta.mp4': holds no picture. Choose another file."
    )
    assert row.remedy == f"Mend it, then launch candidate_job for {KEY} again."


def test_a_candidate_that_failed_unforeseen_names_the_error(sqlite_state, instance):
    save_candidate(sqlite_state)

    tell_of_failure(run_that_fails(instance, ZeroDivisionError("by 0")), instance, sqlite_state)

    assert "ZeroDivisionError: by 0" in candidate_of(sqlite_state).reason


def test_a_candidate_that_used_up_its_retries_says_what_did_not_answer(sqlite_state, instance):
    save_candidate(sqlite_state)
    error = Unreachable("media.example did not answer", retry_after=timedelta(0))

    tell_of_failure(run_that_fails(instance, error), instance, sqlite_state)

    assert "media.example did not answer" in candidate_of(sqlite_state).reason


def test_a_candidate_whose_run_could_not_open_state_says_so(sqlite_state, instance):
    @dg.resource
    def unreachable() -> None:
        raise Unreachable("the state database does not answer")

    @dg.asset(partitions_def=candidate_partitions)
    def clip(state: dg.ResourceParam[object]) -> None: ...

    save_candidate(sqlite_state)
    instance.add_dynamic_partitions("candidates", [KEY])
    result = dg.materialize(
        [clip],
        partition_key=KEY,
        instance=instance,
        resources={"state": unreachable},
        run_config=_QUIET,
        raise_on_error=False,
    )

    tell_of_failure(result, instance, sqlite_state)

    assert "the state database does not answer" in candidate_of(sqlite_state).reason


def test_a_run_that_ended_without_a_word_is_told_as_such(sqlite_state, instance):
    save_candidate(sqlite_state)
    add_run(instance, dg.DagsterRunStatus.STARTED, tags={"dagster/partition": KEY})
    (run,) = instance.get_runs()
    event = instance.report_run_failed(run, "Its process ended without a word.")
    context = dg.build_run_status_sensor_context(
        sensor_name="failures_sensor",
        dagster_instance=instance,
        dagster_run=run,
        dagster_event=event,
        resources={"state": sqlite_state},
    ).for_run_failure()

    failures_sensor(context)

    assert candidate_of(sqlite_state).reason == "Its process ended without a word."


@pytest.mark.parametrize("status", [CandidateStatus.REFUSED, CandidateStatus.RETIRED])
def test_a_failure_does_not_move_a_candidate_that_is_not_shortlisted(
    sqlite_state, instance, status
):
    save_candidate(sqlite_state, status=status)

    tell_of_failure(run_that_fails(instance, ZeroDivisionError()), instance, sqlite_state)

    assert candidate_of(sqlite_state).status is status


def test_a_failed_run_without_a_partition_is_passed_over(sqlite_state, instance):
    result = run_that_fails(instance, ZeroDivisionError(), key=None)

    assert isinstance(tell_of_failure(result, instance, sqlite_state), dg.SkipReason)


def test_sensors_return_and_never_yield():
    yielding = [
        f"{path.name}: {function.name}"
        for path in _SENSORS.glob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and function.name.endswith("_sensor")
        for node in ast.walk(function)
        if isinstance(node, ast.Yield | ast.YieldFrom)
    ]
    assert yielding == []
