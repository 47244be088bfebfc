"""The one Dagster location: complete, cheap to import, and silent on the network."""

import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from viral_forge_assets.definitions import build_definitions, build_resources, shipped_recipes
from viral_forge_resources.resources import RendererResource
from viral_forge_resources.settings import Settings

_ROOT = Path(__file__).parents[2]
_GROUPS = {"candidates", "source", "captions", "transform", "publication", "metrics"}
_HEAVY = (
    *("cv2", "av", "faster_whisper", "ctranslate2", "boto3", "botocore", "oci", "matplotlib"),
    *("pandas", "yt_dlp", "ffmpeg", "imageio_ffmpeg", "fontTools", "alembic"),
)
_IMPORT = """
import json, sys
opened = []
def hook(event, args):
    if event.startswith("socket."):
        opened.append(event)
sys.addaudithook(hook)
from viral_forge_assets.definitions import defs
print(json.dumps({"sockets": opened, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_definitions(Settings()).get_repository_def()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Sockets touched and modules there after a fresh Python imported the definitions."""
    folder = tmp_path_factory.mktemp("cwd")
    result = run([sys.executable, "-W", "ignore", "-c", _IMPORT], home=folder, cwd=folder)
    assert list(folder.iterdir()) == []
    told: dict[str, list[str]] = json.loads(result.stdout)
    return told


def run(command: list[str], *, home: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A finished process that knows of this project and of nothing of this machine."""
    result = subprocess.run(  # noqa: S603  our own commands
        command,
        cwd=cwd,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(_ROOT),
            "VIRAL_FORGE_HOME": str(home / "studio"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result


def asset_keys(repository: dg.RepositoryDefinition) -> list[dg.AssetKey]:
    return sorted(repository.asset_graph.get_all_asset_keys())


def test_an_asset_is_named_by_its_stage_and_a_noun(repository):
    graph = repository.asset_graph
    misnamed = [
        key.to_user_string()
        for key in asset_keys(repository)
        if len(key.path) != 2 or key.path[0] != graph.get(key).group_name
    ]

    assert misnamed == []
    assert {key.path[0] for key in asset_keys(repository)} == _GROUPS


def test_every_asset_says_what_it_is_and_of_which_kind(repository):
    graph = repository.asset_graph
    silent = [
        key.to_user_string()
        for key in asset_keys(repository)
        if not graph.get(key).description or not graph.get(key).kinds
    ]

    assert silent == []


def test_every_asset_is_for_niches_or_candidates_or_sums_up_all_of_them(repository):
    graph = repository.asset_graph
    by_niche = {
        key.to_user_string()
        for key in asset_keys(repository)
        if graph.get(key).partitions_def == dg.DynamicPartitionsDefinition(name="niches")
    }
    by_candidate = {
        key.to_user_string()
        for key in asset_keys(repository)
        if graph.get(key).partitions_def == dg.DynamicPartitionsDefinition(name="candidates")
    }

    assert by_niche == {
        "candidates/scanned_videos",
        "candidates/shortlist",
        "metrics/niche_performance",
    }
    of_all = {
        "candidates/quota_use",
        "candidates/niche_proposals",
        "publication/posting_queue",
        "publication/takedowns",
        "metrics/performance_report",
    }
    assert len(by_candidate) == len(asset_keys(repository)) - len(by_niche) - len(of_all)


def test_what_is_scarce_is_a_pool(repository):
    pools = {
        key.path[1]: pool
        for key in asset_keys(repository)
        for pool in repository.asset_graph.get(key).pools or ()
    }

    assert pools == {
        "source_video": "download",
        "transcript": "transcriber",
        "rendered_clips": "encoder",
    }


def test_every_check_says_what_it_checks(repository):
    checks = repository.asset_graph.asset_check_keys
    silent = [
        key.to_user_string()
        for key in checks
        if not repository.asset_graph.get_check_spec(key).description
    ]

    assert silent == []
    assert {"source_video_is_playable", "source_video_may_be_used"} <= {k.name for k in checks}


def test_a_clip_that_fails_a_check_stops_what_comes_after_it(repository):
    graph = repository.asset_graph
    blocking = {
        key.name: graph.get_check_spec(key).blocking
        for key in graph.asset_check_keys
        if key.asset_key.path[0] in {"source", "transform"}
    }

    assert all(blocking.values())
    assert len(blocking) >= 8


def test_nothing_that_posts_is_made_by_itself(repository):
    automatic = [
        key.to_user_string()
        for key in asset_keys(repository)
        if repository.asset_graph.get(key).automation_condition is not None
    ]

    assert automatic == []


def test_every_sensor_is_there_and_runs_by_itself(repository):
    sensors = {sensor.name: sensor.default_status for sensor in repository.sensor_defs}

    assert sensors == dict.fromkeys(
        [
            "watched_niches_sensor",
            "inboxes_sensor",
            "shortlisted_candidates_sensor",
            "retired_candidates_sensor",
            "removed_niches_sensor",
            "new_trends_sensor",
            "due_publications_sensor",
            "due_readings_sensor",
            "open_takedowns_sensor",
            "silent_runs_sensor",
            "failures_sensor",
        ],
        dg.DefaultSensorStatus.RUNNING,
    )


def test_every_schedule_is_there_with_a_time_zone(repository):
    schedules = {each.name: each.execution_timezone for each in repository.schedule_defs}

    assert schedules == {
        "hourly_scan_schedule": "UTC",
        "hourly_queue_schedule": "UTC",
        "six_hourly_metrics_schedule": "UTC",
        "daily_performance_schedule": "UTC",
        "daily_report_schedule": "UTC",
        "daily_housekeeping_schedule": "UTC",
        "ten_minutely_tokens_schedule": "UTC",
    }


@pytest.mark.parametrize("kind", ["sensor_defs", "schedule_defs"])
def test_every_sensor_and_schedule_says_what_it_does(repository, kind):
    assert [each.name for each in getattr(repository, kind) if not each.description] == []


def test_every_resource_that_is_needed_is_there(repository):
    needed = {
        name for job in repository.get_all_jobs() for name in job.get_required_resource_defs()
    } - {"io_manager"}

    assert needed <= set(build_resources(Settings()))


def test_renders_of_all_runs_share_a_font_cache_in_the_home_folder(tmp_path):
    renderer = build_resources(Settings(home=tmp_path))["renderer"]
    assert renderer == RendererResource(font_cache=str(tmp_path / "font_cache"), encoder="auto")


def test_a_resource_can_be_replaced_by_its_key(tmp_path):
    definitions = build_definitions(Settings(home=tmp_path), recipes={})

    assert definitions.resources is not None
    assert definitions.resources["recipes"] == {}


def test_the_studios_recipe_is_shipped():
    assert Settings().recipe in shipped_recipes()


def test_importing_the_definitions_opens_no_socket(imported):
    assert imported["sockets"] == []


def test_importing_the_definitions_imports_nothing_heavy(imported):
    heavy = {name for name in imported["modules"] if name.partition(".")[0] in _HEAVY}

    assert heavy == set()


@pytest.mark.slow
def test_dagster_finds_the_definitions_valid(tmp_path):
    command = [sys.executable, "-W", "ignore", "-m", "dagster", "definitions", "validate"]

    run([*command, "-w", "workspace.yaml"], home=tmp_path, cwd=_ROOT)
