"""A TikTok in this process on which nobody has posted anything; the app is audited."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from pydantic import HttpUrl

from tests.platforms.publishing import emulated_tools
from tests.platforms.tiktok_uploads import TiktokUploads
from tests.platforms.uploads import UploadPlatform
from viral_forge_resources.contracts.publishing import Publisher
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.tiktok import Settings, open_plugin


@contextmanager
def open_on_ground(folder: Path) -> Generator[Publisher]:
    """A publisher that has published nothing."""
    del folder
    with emulated_tools(emulator()) as tools:
        yield opened(tools)


def emulator() -> UploadPlatform:
    """The platform, new and empty."""
    return TiktokUploads()


def opened(tools: PublishTools, url: str = "http://platform.example/") -> Publisher:
    """The publisher of an audited app, of the platform at ``url``."""
    settings = Settings(posts_directly=True, app_is_audited=True, api_url=HttpUrl(url))
    return open_plugin(settings, tools)
