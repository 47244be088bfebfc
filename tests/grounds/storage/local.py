"""A folder of its own."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.storage.local import Settings, open_plugin


@contextmanager
def open_on_ground(folder: Path) -> Generator[Storage]:
    """Storage in a folder that is still to be made."""
    yield open_plugin(Settings(path=folder / "storage"))


def settings_of_nowhere(folder: Path) -> Settings:
    """A folder that is not there."""
    return Settings(path=folder / "not-made")
