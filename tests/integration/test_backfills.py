"""Backfills are launched through a real webserver."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import dagster as dg
import httpx
import pytest

from viral_forge_resources.backfills import WebserverBackfills
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    OutcomeUnknown,
    Permanent,
    Unreachable,
)

_DEFINITIONS = """
import dagster as dg

songs = dg.DynamicPartitionsDefinition(name="songs")

@dg.asset(key_prefix="transform", partitions_def=songs)
def clip() -> None: ...

@dg.asset(key_prefix="transform", partitions_def=songs, deps=[clip])
def cover() -> None: ...

defs = dg.Definitions(assets=[clip, cover])
"""
_LONGEST_START_S = 60


@pytest.fixture
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    home = tmp_path_factory.mktemp("dagster_home")
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        instance.add_dynamic_partitions("songs", ["pop:inbox:a", "pop:inbox:b", "folk:inbox:c"])
        yield instance


@pytest.fixture
def webserver(
    instance: dg.DagsterInstance, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("location")
    (folder / "songs.py").write_text(_DEFINITIONS)
    port = free_port()
    log = folder / "webserver.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  our own command
            [
                *(sys.executable, "-m", "dagster_webserver", "-h", "127.0.0.1", "-p", str(port)),
                *("-f", "songs.py"),
            ],
            cwd=folder,
            env={"DAGSTER_HOME": instance.root_directory, "PATH": "/usr/bin:/bin"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            assert answers(url), log.read_text()
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    never = Event()
    for _ in range(_LONGEST_START_S * 5):
        with suppress(httpx.TransportError):
            return httpx.get(f"{url}/server_info", timeout=10).is_success
        never.wait(0.2)
    return False


@pytest.mark.slow
def test_a_launched_backfill_is_in_the_instance_and_a_refused_one_is_not(
    webserver: str, instance: dg.DagsterInstance
) -> None:
    backfills = WebserverBackfills(f"{webserver}/")
    backfill_id = backfills.launch(
        asset_keys=[["transform", "clip"], ["transform", "cover"]],
        partition_keys=["pop:inbox:a", "pop:inbox:b"],
        title="Reprocess pop",
        tags={"viral_forge/niche": "pop"},
    )
    with pytest.raises(Permanent, match=r"pop:inbox:gone"):
        backfills.launch(
            asset_keys=[["transform", "clip"]],
            partition_keys=["pop:inbox:gone"],
            title="Unknown partition",
            tags={},
        )
    with pytest.raises(Permanent, match=r"such"):
        backfills.launch(
            asset_keys=[["no", "such"]], partition_keys=["x"], title="Unknown asset", tags={}
        )

    (backfill,) = instance.get_backfills()
    assert backfill.backfill_id == backfill_id
    assert backfill.title == "Reprocess pop"
    assert backfill.tags["viral_forge/niche"] == "pop"
    assert backfill.asset_backfill_data is not None
    targets = backfill.asset_backfill_data.target_subset
    for name in ("clip", "cover"):
        subset = targets.get_partitions_subset(dg.AssetKey(["transform", name]))
        assert set(subset.get_partition_keys()) == {"pop:inbox:a", "pop:inbox:b"}


def launch_at(url: str) -> str:
    return WebserverBackfills(url).launch(
        asset_keys=[["transform", "clip"]], partition_keys=["x"], title="x", tags={}
    )


def test_a_webserver_that_does_not_run_says_how_to_start_it() -> None:
    with pytest.raises(Unreachable, match="make up"):
        launch_at(f"http://127.0.0.1:{free_port()}")


class _Silent(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.close_connection = True


class _Other(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(404)
        self.end_headers()


@pytest.mark.parametrize(
    ("behaviour", "kind"), [(_Silent, OutcomeUnknown), (_Other, Misconfigured)]
)
def test_an_odd_answer_is_no_launch(
    behaviour: type[BaseHTTPRequestHandler], kind: type[Exception]
) -> None:
    with HTTPServer(("127.0.0.1", 0), behaviour) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(kind, match=r"/graphql"):
            launch_at(f"http://127.0.0.1:{server.server_address[1]}")
        thread.join()
