"""One run for every reading that is due, asked for once."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
import sqlalchemy as sa

from sensors.readings import due_readings_sensor
from tests.builders import save_publication, sha256
from tests.fakes.publisher import FakePublisher
from viral_forge_assets.measuring_jobs import readings_job
from viral_forge_resources.state import snapshots


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path_factory.mktemp("dagster"))) as opened:
        yield opened


def tick(instance: dg.DagsterInstance, state: sa.Engine) -> dg.SensorResult | dg.SkipReason:
    with dg.build_sensor_context(instance=instance, resources={"state": state}) as context:
        result = due_readings_sensor(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def enrolled(state: sa.Engine, *names: str, age: timedelta) -> None:
    for number, name in enumerate(names, start=1):
        row = save_publication(state, content_sha256=sha256(name), clip_number=number)
        with state.begin() as connection:
            moment = datetime.now(UTC) - age
            snapshots.enrol(connection, row.publication_id, published_at=moment)


def test_all_that_is_due_is_one_run_with_the_same_key_until_it_was_read(sqlite_state, instance):
    enrolled(sqlite_state, "a", "b", age=timedelta(hours=2))
    first, again = tick(instance, sqlite_state), tick(instance, sqlite_state)
    assert isinstance(first, dg.SensorResult)
    assert isinstance(again, dg.SensorResult)
    assert first.run_requests is not None
    assert again.run_requests is not None
    (request,) = first.run_requests
    assert request.run_key is not None
    assert [each.run_key for each in again.run_requests] == [request.run_key]


def test_before_an_age_nothing_is_asked_for(sqlite_state, instance):
    enrolled(sqlite_state, "a", age=timedelta(minutes=30))
    assert isinstance(tick(instance, sqlite_state), dg.SkipReason)


def test_a_run_reads_what_is_due_and_then_nothing_is(sqlite_state, instance):
    enrolled(sqlite_state, "a", age=timedelta(hours=2))
    readers = {"folder": FakePublisher(most_at_once=50)}
    result = readings_job.execute_in_process(
        instance=instance, resources={"state": sqlite_state, "metrics_readers": readers}
    )
    assert result.success
    assert isinstance(tick(instance, sqlite_state), dg.SkipReason)
