"""Schedules on a real instance and real state: whom they ask for, and that they ask once."""

from collections.abc import Generator
from datetime import datetime, timedelta

import dagster as dg
import pytest
import sqlalchemy as sa

from schedules.rhythms import (
    daily_housekeeping_schedule,
    daily_performance_schedule,
    daily_report_schedule,
    hourly_queue_schedule,
    hourly_scan_schedule,
    six_hourly_metrics_schedule,
)
from tests import builders
from tests.builders import KEY, NOW, save_publication, sha256
from viral_forge_assets.partitions import niche_partitions
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.state import niches, publications

_NEEDING_SOMETHING = [
    hourly_scan_schedule,
    hourly_queue_schedule,
    six_hourly_metrics_schedule,
    daily_performance_schedule,
]
_SCHEDULES = [*_NEEDING_SOMETHING, daily_housekeeping_schedule, daily_report_schedule]
_OF_NICHES = [hourly_scan_schedule, daily_performance_schedule]
_TICK = "2026-11-20T12:00:00+00:00"
_FIRST, _LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"

Asked = list[tuple[str | None, str | tuple[str, str] | None]]


@pytest.fixture(scope="module")
def _opened(tmp_path_factory: pytest.TempPathFactory) -> Generator[dg.DagsterInstance]:
    # A schedule's context takes no instance that lives in memory alone.
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("dagster"))) as opened:
        yield opened


@pytest.fixture
def instance(_opened: dg.DagsterInstance) -> dg.DagsterInstance:
    """An instance without partitions."""
    for name in ("niches", "candidates"):
        for key in _opened.get_dynamic_partitions(name):
            _opened.delete_dynamic_partition(name, key)
    return _opened


def tick(
    schedule: dg.ScheduleDefinition,
    instance: dg.DagsterInstance,
    state: sa.Engine,
    *,
    at: datetime = NOW,
) -> Asked | dg.SkipReason:
    """Run key, and partition or first and last of several, of each run that is asked for."""
    with dg.build_schedule_context(
        instance=instance, scheduled_execution_time=at, resources={"state": state}
    ) as context:
        result = schedule(context)
    if isinstance(result, dg.SkipReason):
        return result
    requests = [result] if isinstance(result, dg.RunRequest) else result
    assert isinstance(requests, list)
    return [(request.run_key, partitions_of(request)) for request in requests]


def partitions_of(request: dg.RunRequest) -> str | tuple[str, str] | None:
    if _FIRST in request.tags:
        return request.tags[_FIRST], request.tags[_LAST]
    return request.partition_key


def test_a_days_report_is_asked_for_once_when_the_day_is_over(sqlite_state, instance):
    asked = tick(daily_report_schedule, instance, sqlite_state)
    assert asked == [("2026-11-19", "2026-11-19")]
    later = tick(daily_report_schedule, instance, sqlite_state, at=NOW + timedelta(hours=1))
    assert later == asked


def watch(state: sa.Engine, instance: dg.DagsterInstance, *names: str) -> None:
    with state.begin() as connection:
        for name in names:
            niches.save(connection, builders.niche(name=name), now=NOW)
    instance.add_dynamic_partitions("niches", list(names))


def live_post(state: sa.Engine, instance: dg.DagsterInstance, key: str = KEY) -> None:
    """A post of the candidate that is live."""
    content = sha256(key)
    row = save_publication(state, candidate_key=key, content_sha256=content)
    with state.begin() as connection:
        publications.approve(connection, content, now=NOW)
        publications.claim(
            connection,
            row.publication_id,
            claimed_by="run-1",
            lease=timedelta(minutes=30),
            now=NOW,
        )
        publications.settle(
            connection,
            row.publication_id,
            PublicationState.PUBLISHED,
            expected=PublicationState.SUBMITTING,
            now=NOW,
            post_id="1",
        )
    instance.add_dynamic_partitions("candidates", [key])


def test_every_watched_niche_is_summed_up_with_the_moment_in_the_run_key(sqlite_state, instance):
    watch(sqlite_state, instance, "cooking", "baking")

    asked = tick(daily_performance_schedule, instance, sqlite_state)

    assert asked == [(f"baking:{_TICK}", "baking"), (f"cooking:{_TICK}", "cooking")]
    assert asked == tick(daily_performance_schedule, instance, sqlite_state)


def test_all_watched_niches_are_scanned_in_one_run(sqlite_state, instance):
    watch(sqlite_state, instance, "cooking", "baking", "travel")

    asked = tick(hourly_scan_schedule, instance, sqlite_state)

    assert asked == [(f"cooking:{_TICK}", ("cooking", "travel"))]
    assert asked == tick(hourly_scan_schedule, instance, sqlite_state)


def test_what_nobody_watches_parts_the_scan_in_runs_of_neighbours(sqlite_state, instance):
    watch(sqlite_state, instance, "cooking", "baking")
    instance.add_dynamic_partitions("niches", ["typed-by-hand"])
    watch(sqlite_state, instance, "travel")

    asked = tick(hourly_scan_schedule, instance, sqlite_state)

    assert asked == [
        (f"cooking:{_TICK}", ("cooking", "baking")),
        (f"travel:{_TICK}", ("travel", "travel")),
    ]


def test_a_scheduled_run_is_for_exactly_the_niches_between_its_tags(sqlite_state, instance):
    names = ["cooking", "zumba", "baking", "travel"]  # no order but that of their adding
    watch(sqlite_state, instance, *names)

    scans = tick(hourly_scan_schedule, instance, sqlite_state)

    assert isinstance(scans, list)
    ((_, asked),) = scans
    assert isinstance(asked, tuple)
    between = dg.PartitionKeyRange(*asked)
    with dg.partition_loading_context(dynamic_partitions_store=instance):
        assert niche_partitions.get_partition_keys_in_range(between) == names


@pytest.mark.parametrize("schedule", _OF_NICHES, ids=lambda schedule: schedule.name)
def test_the_next_tick_asks_with_another_run_key(sqlite_state, instance, schedule):
    watch(sqlite_state, instance, "cooking")

    first = tick(schedule, instance, sqlite_state)
    second = tick(schedule, instance, sqlite_state, at=NOW + timedelta(hours=1))

    assert first != second


@pytest.mark.parametrize("schedule", _OF_NICHES, ids=lambda schedule: schedule.name)
def test_a_niche_that_is_no_partition_yet_waits(sqlite_state, instance, schedule):
    watch(sqlite_state, instance, "cooking", "baking")
    instance.delete_dynamic_partition("niches", "baking")

    asked = tick(schedule, instance, sqlite_state)

    assert asked in (
        [(f"cooking:{_TICK}", "cooking")],
        [(f"cooking:{_TICK}", ("cooking", "cooking"))],
    )


@pytest.mark.parametrize("schedule", _OF_NICHES, ids=lambda schedule: schedule.name)
def test_a_partition_that_names_no_niche_is_passed_over(sqlite_state, instance, schedule):
    instance.add_dynamic_partitions("niches", ["typed-by-hand"])

    assert isinstance(tick(schedule, instance, sqlite_state), dg.SkipReason)


def test_files_with_results_are_read_in_one_run_while_posts_are_live(sqlite_state, instance):
    live_post(sqlite_state, instance)
    live_post(sqlite_state, instance, "cooking:inbox:another")

    asked = tick(six_hourly_metrics_schedule, instance, sqlite_state)

    assert asked == [(_TICK, None)]


def test_housekeeping_is_asked_for_once_a_tick(sqlite_state, instance):
    assert tick(daily_housekeeping_schedule, instance, sqlite_state) == [(_TICK, None)]


@pytest.mark.parametrize("schedule", _NEEDING_SOMETHING, ids=lambda schedule: schedule.name)
def test_where_nothing_is_to_do_a_schedule_says_so(sqlite_state, instance, schedule):
    assert isinstance(tick(schedule, instance, sqlite_state), dg.SkipReason)


@pytest.mark.parametrize("schedule", _SCHEDULES, ids=lambda schedule: schedule.name)
def test_a_schedule_runs_by_itself_and_by_the_clock_of_utc(schedule):
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
