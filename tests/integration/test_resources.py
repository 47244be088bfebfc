"""What a run gets and what is left of it: Dagster's shells around state, scratch and adapters."""

import re
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from viral_forge_assets.definitions import build_resources
from viral_forge_resources import resources as shells
from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.resources import scratch_resource, state_resource
from viral_forge_resources.settings import Settings
from viral_forge_resources.state import liveness
from viral_forge_resources.state.engine import open_engine

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_SECRET = re.compile(r"secret|password|token|api_?key|access_?key|credential|_url$", re.IGNORECASE)

Act = Callable[[dg.AssetExecutionContext, Path], None]


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "scratch"


def opener(state: sa.Engine) -> Callable[[], sa.Engine]:
    url = state.url.render_as_string(hide_password=False)
    return lambda: open_engine(url)


def run(instance: dg.DagsterInstance, resources: Mapping[str, object], act: Act) -> bool:
    """Whether a run succeeded that has all of ``resources`` and calls ``act`` with its scratch."""

    @dg.asset(required_resource_keys=set(resources))
    def work(context: dg.AssetExecutionContext) -> None:
        act(context, context.resources.scratch if "scratch" in resources else Path())

    return dg.materialize(
        [work], instance=instance, resources=resources, run_config=_QUIET, raise_on_error=False
    ).success


def test_a_run_counts_as_alive_while_it_has_state_and_not_after(state, instance):
    seen: list[tuple[str, bool]] = []

    def act(context: dg.AssetExecutionContext, _: Path) -> None:
        seen.append((context.run.run_id, liveness.is_held(state, context.run.run_id)))

    run(instance, {"state": state_resource(opener(state))}, act)

    ((run_id, was_alive),) = seen
    assert was_alive
    assert not liveness.is_held(state, run_id)


def test_a_run_that_failed_does_not_count_as_alive(sqlite_state, instance):
    def act(context: dg.AssetExecutionContext, _: Path) -> None:
        raise ZeroDivisionError

    assert not run(instance, {"state": state_resource(opener(sqlite_state))}, act)

    (failed,) = instance.get_runs()
    assert not liveness.is_held(sqlite_state, failed.run_id)


def test_a_sensor_gets_state_without_counting_as_a_run(sqlite_state):
    locks = Path(str(sqlite_state.url.database)).parent / "locks"

    with dg.build_resources({"state": state_resource(opener(sqlite_state))}) as opened:
        with opened.state.connect() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1
        assert not locks.exists()


@pytest.mark.parametrize("fails", [False, True])
def test_a_runs_scratch_folder_is_its_own_and_gone_after_it(sqlite_state, instance, root, fails):
    seen: list[Path] = []

    def act(context: dg.AssetExecutionContext, scratch: Path) -> None:
        (scratch / "clip.mp4").write_bytes(b"half a clip")
        seen.append(scratch)
        if fails:
            raise ZeroDivisionError

    success = run(instance, {"scratch": scratch_resource(root, opener(sqlite_state))}, act)

    (last,) = instance.get_runs()
    assert success is not fails
    assert seen == [root / last.run_id]
    assert list(root.iterdir()) == []


def test_scratch_of_dead_runs_is_removed_and_of_living_ones_kept(state, instance, root):
    for run_id in ("dead", "living"):
        (root / run_id).mkdir(parents=True)
        (root / run_id / "clip.mp4").write_bytes(b"half a clip")

    with liveness.hold(state, "living"):
        run(instance, {"scratch": scratch_resource(root, opener(state))}, lambda *_: None)

    assert [path.name for path in root.iterdir()] == ["living"]


def test_a_starting_run_does_not_lose_its_scratch_to_another_one(sqlite_state, instance, root):
    """Dagster may open scratch before state, which used to be what made a run count as alive."""
    seen: list[bool] = []

    def act(context: dg.AssetExecutionContext, scratch: Path) -> None:
        with dg.DagsterInstance.ephemeral() as other:
            run(other, {"scratch": scratch_resource(root, opener(sqlite_state))}, lambda *_: None)
        seen.append(scratch.exists())

    run(instance, {"scratch": scratch_resource(root, opener(sqlite_state))}, act)

    assert seen == [True]


def test_no_shell_has_a_field_that_holds_a_secret():
    """Dagster shows and stores the fields of these."""
    fields = {
        f"{shell.__name__}.{name}"
        for shell in vars(shells).values()
        if isinstance(shell, type)
        and issubclass(shell, dg.ConfigurableResource)
        and shell.__module__ == shells.__name__
        for name in shell.model_fields
    }
    suspicious = {field for field in fields if _SECRET.search(field)}

    assert "StorageResource.backend" in fields
    assert suspicious == {"BackfillsResource.webserver_url"}


def test_the_password_of_state_is_in_no_resource_configuration(tmp_path):
    settings = Settings(home=tmp_path, state_url="postgresql://studio:hunter2@db/studio")

    resources = build_resources(settings)

    shown = {
        name: resource.model_dump_json()
        for name, resource in resources.items()
        if isinstance(resource, dg.ConfigurableResource)
    }
    assert '"backend":"local"' in shown["storage"]
    assert "hunter2" not in f"{shown} {resources['state']} {settings}"


@pytest.mark.parametrize(
    "shell",
    [
        shells.ScannersResource(names=["nosuch"]),
        shells.StorageResource(backend="nosuch"),
    ],
    ids=lambda shell: type(shell).__name__,
)
def test_a_plugin_that_is_not_there_is_named(shell):
    with (
        dg.build_init_resource_context() as context,
        pytest.raises(Misconfigured, match=r"plugin is named 'nosuch'\. There are: \w"),
    ):
        shell.create_resource(context)
