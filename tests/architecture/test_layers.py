"""The shape of the project: what may import what, and what may lie where."""

import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

_PROJECT = Path(__file__).parents[2]
_OURS = ("viral_forge_assets", "viral_forge_resources", "sensors", "schedules", "tests")


def test_every_import_goes_the_allowed_way(monkeypatch, capsys):
    monkeypatch.chdir(_PROJECT)
    status = lint_imports(config_filename=str(_PROJECT / "pyproject.toml"), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_no_layer_contract_has_an_exception():
    settings = tomllib.loads((_PROJECT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    assert [each["id"] for each in contracts if each.get("ignore_imports")] == []


def test_the_folder_of_container_files_is_no_package():
    # It would shadow the docker library, which dagster_docker imports.
    assert list((_PROJECT / "docker").rglob("__init__.py")) == []


@pytest.mark.parametrize("package", _OURS)
def test_packages_are_empty_so_that_each_name_has_one_import_path(package):
    found = (_PROJECT / package).rglob("__init__.py")
    assert [path for path in found if path.read_text().strip()] == []
