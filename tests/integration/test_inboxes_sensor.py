"""What people put into an inbox is scanned soon, and once."""

import os
from collections.abc import Generator, Mapping

import dagster as dg
import pytest
import sqlalchemy as sa

from sensors.inboxes import inboxes_sensor
from tests.builders import NOW, niche
from tests.fakes.scanner import FakeScanner
from viral_forge_resources.contracts.scanning import NichePolicy, Scanner
from viral_forge_resources.scanners.inbox import InboxScanner
from viral_forge_resources.state import niches


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        opened.add_dynamic_partitions("niches", ["cooking"])
        yield opened


@pytest.fixture
def scanners(tmp_path) -> dict[str, Scanner]:
    return {"inbox": InboxScanner(tmp_path / "inbox"), "elsewhere": FakeScanner()}


def _watch(state: sa.Engine, **changes) -> None:
    with state.begin() as connection:
        niches.save(connection, niche(**changes), now=NOW)


def _asked(
    instance: dg.DagsterInstance, state: sa.Engine, scanners: Mapping[str, Scanner]
) -> list[tuple[str | None, str | None]]:
    """Run key and partition of each run that one tick asks for."""
    resources = {"state": state, "scanners": scanners}
    with dg.build_sensor_context(instance=instance, resources=resources) as context:
        result = inboxes_sensor(context)
    if isinstance(result, dg.SkipReason):
        return []
    assert isinstance(result, dg.SensorResult)
    return [(each.run_key, each.partition_key) for each in result.run_requests or ()]


def _put(tmp_path, name: str) -> None:
    path = tmp_path / "inbox" / "cooking" / name
    path.write_bytes(b"video")
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))


def test_an_inbox_is_scanned_once_for_each_content(instance, sqlite_state, scanners, tmp_path):
    _watch(sqlite_state)
    empty = _asked(instance, sqlite_state, scanners)
    _put(tmp_path, "pasta.mp4")
    first = _asked(instance, sqlite_state, scanners)
    again = _asked(instance, sqlite_state, scanners)
    _put(tmp_path, "soup.mp4")
    second = _asked(instance, sqlite_state, scanners)

    assert empty == []
    assert [partition for _, partition in first] == ["cooking"]
    assert first == again
    assert [partition for _, partition in second] == ["cooking"]
    assert second != first


def test_a_niche_that_leaves_the_inbox_out_is_left_alone(
    instance, sqlite_state, scanners, tmp_path
):
    _watch(sqlite_state, policy=NichePolicy(platforms=("elsewhere",)))
    (tmp_path / "inbox" / "cooking").mkdir(parents=True)
    _put(tmp_path, "pasta.mp4")

    assert _asked(instance, sqlite_state, scanners) == []


def test_an_inbox_that_cannot_be_read_stops_no_other(instance, sqlite_state, scanners, tmp_path):
    instance.add_dynamic_partitions("niches", ["baking"])
    _watch(sqlite_state)
    _watch(sqlite_state, name="baking")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "baking").write_text("no folder")
    (tmp_path / "inbox" / "cooking").mkdir()
    _put(tmp_path, "pasta.mp4")

    assert [partition for _, partition in _asked(instance, sqlite_state, scanners)] == ["cooking"]
