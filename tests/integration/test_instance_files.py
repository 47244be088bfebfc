"""The instance files load, and say the same of runs wherever these run."""

import shutil
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
import yaml
from dagster_docker import DockerRunLauncher

ROOT = Path(__file__).parents[2]
_OF_THE_PLACE = {"storage", "run_launcher"}


def read(path: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / path).read_text())
    return document


def home_with(path: str, tmp_path: Path) -> str:
    home = tmp_path / "dagster_home"
    home.mkdir()
    shutil.copy(ROOT / path, home / "dagster.yaml")
    return str(home)


def test_the_local_instance_opens(tmp_path: Path) -> None:
    home = home_with("dagster.yaml", tmp_path)

    with dg.DagsterInstance.from_config(home) as instance:
        instance.add_dynamic_partitions("candidates", ["cooking:inbox:pasta"])
        concurrency = instance.get_concurrency_config()
        retries = (instance.run_retries_enabled, instance.run_retries_max_retries)

    assert concurrency.pool_config.default_pool_limit == 1
    assert concurrency.run_queue_config is not None
    assert concurrency.run_queue_config.max_concurrent_runs == 6
    assert retries == (True, 1)
    assert (Path(home) / "history").is_dir()


def test_runs_post_side_by_side_and_leave_places_to_others() -> None:
    runs = read("dagster.yaml")["concurrency"]["runs"]
    (limit,) = runs["tag_concurrency_limits"]

    assert (limit["key"], limit["value"]) == ("viral_forge/kind", "publish")
    assert 1 < limit["limit"] < runs["max_concurrent_runs"]


def test_an_asset_that_failed_is_not_run_again_by_the_instance(tmp_path: Path) -> None:
    with dg.DagsterInstance.from_config(home_with("dagster.yaml", tmp_path)) as instance:
        assert instance.run_retries_retry_on_asset_or_op_failure is False


def test_containers_and_one_machine_treat_runs_alike() -> None:
    local = read("dagster.yaml")
    containers = {
        key: value for key, value in read("docker/dagster.yaml").items() if key not in _OF_THE_PLACE
    }

    assert containers == local


@pytest.fixture
def empty_database(postgres_server: sa.URL) -> Iterator[sa.URL]:
    server = sa.create_engine(
        postgres_server, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT"
    )
    name = f"dagster_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield postgres_server.set(database=name)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_instance_of_the_containers_opens_on_postgresql(
    empty_database: sa.URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = empty_database
    monkeypatch.setenv("PGHOST", str(url.query["host"]))  # the test server has a socket, no port
    monkeypatch.setenv("DAGSTER_POSTGRES_HOST", "")
    monkeypatch.setenv("DAGSTER_POSTGRES_PORT", "5432")
    monkeypatch.setenv("DAGSTER_POSTGRES_USER", str(url.username))
    monkeypatch.setenv("DAGSTER_POSTGRES_PASSWORD", "")
    monkeypatch.setenv("DAGSTER_POSTGRES_DB", str(url.database))
    monkeypatch.setenv("DAGSTER_CURRENT_IMAGE", "viral_forge:test")

    with dg.DagsterInstance.from_config(home_with("docker/dagster.yaml", tmp_path)) as instance:
        instance.add_dynamic_partitions("candidates", ["cooking:inbox:pasta"])
        launcher = instance.run_launcher

    assert isinstance(launcher, DockerRunLauncher)
    assert launcher.image == "viral_forge:test"
    assert launcher.networks == ["viral_forge"]
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        kept = connection.exec_driver_sql("select partition from dynamic_partitions").scalars()
        assert list(kept) == ["cooking:inbox:pasta"]


def test_every_way_in_names_the_same_code_location() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    (local,) = read("workspace.yaml")["load_from"]
    (containers,) = read("docker/workspace.yaml")["load_from"]

    module = local["python_module"]["module_name"]
    name = local["python_module"]["location_name"]

    assert (module, name) == ("viral_forge_assets.definitions", "viral_forge")
    assert project["dagster"] == {"module_name": module, "code_location_name": name}
    assert project["dg"]["project"]["code_location_target_module"] == module
    assert containers["grpc_server"]["location_name"] == name
