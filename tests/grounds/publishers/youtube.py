"""A YouTube in this process on which nobody has uploaded anything."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from pydantic import HttpUrl

from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import UploadPlatform
from tests.platforms.youtube_uploads import YoutubeUploads
from viral_forge_resources.contracts.publishing import Publisher
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.youtube import Settings, open_plugin


@contextmanager
def open_on_ground(folder: Path) -> Generator[Publisher]:
    """A publisher that has published nothing."""
    del folder
    platform = emulator()
    with emulated_tools(platform) as tools:
        yield opened(tools)


def emulator() -> UploadPlatform:
    """The platform, new and empty."""
    return YoutubeUploads()


def opened(tools: PublishTools, url: str = "http://platform.example/") -> Publisher:
    """The publisher with its default settings, of the platform at ``url``."""
    return open_plugin(Settings(api_url=HttpUrl(url), analytics_url=HttpUrl(url)), tools)
