"""A Pinterest in this process on which nobody has posted anything."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from pydantic import HttpUrl

from tests.platforms.pinterest_uploads import PinterestUploads
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import UploadPlatform
from viral_forge_resources.contracts.publishing import Publisher
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.pinterest import Settings, open_plugin


@contextmanager
def open_on_ground(folder: Path) -> Generator[Publisher]:
    """A publisher that has published nothing."""
    del folder
    with emulated_tools(emulator()) as tools:
        yield opened(tools)


def emulator() -> UploadPlatform:
    """The platform, new and empty."""
    return PinterestUploads()


def opened(tools: PublishTools, url: str = "http://platform.example/") -> Publisher:
    """The publisher, with a board, of the platform at ``url``."""
    return open_plugin(Settings(api_url=HttpUrl(url), board_id="11"), tools)
