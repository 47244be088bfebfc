"""A studio of the test's own, and one folder of made media for all tests of a worker."""

from collections.abc import Generator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.studio import Studio, open_studio


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where ``tests.samples`` puts what it makes."""
    return tmp_path_factory.mktemp("samples")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new home folder that settings find; no ``.env`` of this machine is read."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIRAL_FORGE_HOME", str(folder))
    return folder


@pytest.fixture
def studio(home: Path, sqlite_state: sa.Engine) -> Generator[Studio]:
    """A studio on SQLite."""
    with open_studio(home, sqlite_state) as opened:
        yield opened


@pytest.fixture
def any_studio(home: Path, state: sa.Engine) -> Generator[Studio]:
    """A studio on each database."""
    with open_studio(home, state) as opened:
        yield opened
