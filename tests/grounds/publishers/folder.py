"""A folder of its own for posts, and one for reports."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.platforms.publishing import emulated_tools
from viral_forge_resources.contracts.publishing import Publisher
from viral_forge_resources.publishers.folder import Settings, open_plugin


@contextmanager
def open_on_ground(folder: Path) -> Generator[Publisher]:
    """A publisher that has published nothing."""
    settings = Settings(path=folder / "published", reports=folder / "reports")
    with emulated_tools() as tools:
        yield open_plugin(settings, tools)
