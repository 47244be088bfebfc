"""A folder of its own."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.platforms.publishing import emulated_tools
from viral_forge_resources.contracts.publishing import Publisher
from viral_forge_resources.publishers.recording import Settings, open_plugin


@contextmanager
def open_on_ground(folder: Path) -> Generator[Publisher]:
    """A publisher that has recorded nothing."""
    with emulated_tools() as tools:
        yield open_plugin(Settings(path=folder / "recorded"), tools)
