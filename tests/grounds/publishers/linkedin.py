"""A LinkedIn in this process on which nobody has posted anything."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from pydantic import HttpUrl

from tests.platforms.linkedin_uploads import LinkedinUploads
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import UploadPlatform
from viral_forge_resources.contracts.publishing import Publisher
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.linkedin import Settings, open_plugin


@contextmanager
def open_on_ground(folder: Path) -> Generator[Publisher]:
    """A publisher that has published nothing."""
    del folder
    with emulated_tools(emulator()) as tools:
        yield opened(tools)


def emulator() -> UploadPlatform:
    """The platform, new and empty; the app is one of the few that may read what members posted."""
    platform = LinkedinUploads()
    platform.may_read = True
    return platform


def opened(tools: PublishTools, url: str = "http://platform.example/") -> Publisher:
    """The publisher, which takes small files too, of the platform at ``url``."""
    return open_plugin(Settings(api_url=HttpUrl(url), smallest_bytes=1), tools)
