"""The files in docker/ fit each other, the project and the rules of their formats."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from dagster_docker.container_context import DockerContainerContext

from tests.unit.test_env_example import OF_CONTAINERS, settings_classes, variables_of

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
SCHEMA = ROOT.parent / "shared" / "contracts" / "compose-spec.schema.json"
_VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:-[^}]*|:\?[^}]*)?\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    return document


def instructions(name: str) -> Iterator[str]:
    """What follows the Dockerfile's instructions of that name, continued lines joined."""
    text = (DOCKER / "Dockerfile").read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line.startswith(f"{name} "):
            yield line.removeprefix(f"{name} ")


@pytest.mark.skipif(not SCHEMA.exists(), reason=f"{SCHEMA} is missing")
def test_compose_is_valid(compose: dict[str, Any]) -> None:
    from jsonschema import Draft7Validator

    schema = json.loads(SCHEMA.read_text())

    assert list(Draft7Validator(schema).iter_errors(compose)) == []
    assert list(Draft7Validator(schema).iter_errors({**compose, "service": {}})) != []


def test_every_variable_of_compose_has_a_value_or_is_explained() -> None:
    used = dict(_VARIABLE.findall((DOCKER / "compose.yaml").read_text()))

    assert set(used) == set(OF_CONTAINERS)
    for name, rest in used.items():
        default, _ = OF_CONTAINERS[name]
        assert rest == f":-{default}" if default else rest.startswith(":?")


def test_compose_sets_only_settings_there_are(compose: dict[str, Any]) -> None:
    known = {name for found in settings_classes().values() for name in variables_of(found)}
    given = {
        name
        for service in compose["services"].values()
        for name in service.get("environment", {})
        if name.startswith("VIRAL_FORGE_")
    }

    assert given
    assert given <= known


def test_the_studio_has_a_database_of_its_own(compose: dict[str, Any]) -> None:
    environment = compose["services"]["code_location"]["environment"]
    state = environment["VIRAL_FORGE_STATE_URL"].rpartition("/")[2]

    # They could share one, but then neither could be restored from a backup without the other.
    assert state != environment["DAGSTER_POSTGRES_DB"]
    assert (
        environment["DAGSTER_POSTGRES_DB"]
        == (compose["services"]["postgres"]["environment"]["POSTGRES_DB"])
    )
    assert compose["configs"]["state_database"]["content"] == f"CREATE DATABASE {state};"


def test_compose_listens_on_this_machine_only(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]

    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_runs_find_the_network_and_the_files_of_compose(compose: dict[str, Any]) -> None:
    launcher = yaml.safe_load((DOCKER / "dagster.yaml").read_text())["run_launcher"]["config"]
    of_compose = compose["services"]["code_location"]
    (volume,) = of_compose["volumes"]

    assert launcher["network"] == compose["networks"]["viral_forge"]["name"]
    name, _, folder = launcher["container_kwargs"]["volumes"][0].partition(":")
    assert name == compose["volumes"]["home"]["name"]
    assert volume == f"home:{folder}"
    assert set(launcher["env_vars"]) <= set(of_compose["environment"])


def test_the_services_agree_on_the_code_location(compose: dict[str, Any]) -> None:
    (place,) = yaml.safe_load((DOCKER / "workspace.yaml").read_text())["load_from"]
    host, port = place["grpc_server"]["host"], place["grpc_server"]["port"]
    command = compose["services"][host]["command"][-1]

    assert command.endswith(f"-p {port} -m viral_forge_assets.definitions")
    assert str(port) in compose["services"][host]["healthcheck"]["test"]


def test_what_the_services_run_is_in_the_environment(compose: dict[str, Any]) -> None:
    installed = {path.name for path in Path(sys.executable).parent.iterdir()} | {"sh"}
    started = {
        name: service["command"][0]
        for name, service in compose["services"].items()
        if "command" in service
    }

    assert set(started) == {"code_location", "webserver", "daemon", "console"}
    assert set(started.values()) <= installed


def test_runs_get_every_setting_by_name_and_no_value(
    compose: dict[str, Any], tmp_path: Path
) -> None:
    dagster = tmp_path / "dagster"
    dagster.write_text('#!/bin/sh\nprintf %s "$DAGSTER_CONTAINER_CONTEXT"\n')
    dagster.chmod(0o755)
    shell, option, script = compose["services"]["code_location"]["command"]

    said = subprocess.run(  # noqa: S603  the command of our own compose file
        [f"/bin/{shell}", option, script.replace("$$", "$")],
        env={
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "VIRAL_FORGE_HOME": "/app",
            "VIRAL_FORGE_STORAGE_OCI_KEY_CONTENT": 'two\nlines "quoted"\nVIRAL_FORGE_X=1',
            "OTHER": "x",
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    read_context: Any = DockerContainerContext.create_from_config
    assert sorted(read_context(json.loads(said)).env_vars) == [
        "VIRAL_FORGE_HOME",
        "VIRAL_FORGE_STORAGE_OCI_KEY_CONTENT",
    ]


def test_what_the_image_copies_exists_and_is_let_in() -> None:
    let_in = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    sources = [
        source
        for copied in instructions("COPY")
        if not copied.startswith("--from=")
        for source in copied.split()[:-1]
    ]

    assert set(sources) == let_in
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_holds_every_package_of_the_project() -> None:
    copied = {source for line in instructions("COPY") for source in line.split()[:-1]}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}

    assert packages <= copied


def test_the_image_runs_as_nobody_special_and_holds_no_secret() -> None:
    assert list(instructions("USER")) == ["viral_forge"]
    assert [
        name for name in instructions("ENV") if re.search(r"KEY|SECRET|PASSWORD|TOKEN", name)
    ] == []
    assert list(instructions("ARG")) == []


def test_docker_is_a_folder_and_no_package() -> None:
    assert list(DOCKER.rglob("__init__.py")) == []  # it would hide the library named docker
