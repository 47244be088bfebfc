"""A folder of its own for posts, and one for reports."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from viral_forge_resources.contracts.publishing import Publisher
from viral_forge_resources.publishers.folder import Settings, open_plugin


@contextmanager
def open_on_ground(folder: Path) -> Generator[Publisher]:
    """A publisher that has published nothing."""
    yield open_plugin(Settings(path=folder / "published", reports=folder / "reports"))
