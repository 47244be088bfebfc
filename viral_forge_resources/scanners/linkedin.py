"""LinkedIn: the public posts that a niche watches, read with yt-dlp.

LinkedIn opens no search of posts to apps outside its partner programmes. Of a post its reactions
are told; its date, views and licence are not.
"""

import re

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.platforms.watching import Addresses, Hosts, WatchingScanner
from viral_forge_resources.settings import settings_config

_PATHS = re.compile(r"/posts/[^/]+-\d+-\w{4}/?|/feed/update/urn:li:activity:\d+/?")


class Settings(BaseSettings):
    """How LinkedIn is looked at."""

    model_config = settings_config("SCANNER_LINKEDIN")

    hosts: Hosts = ("linkedin.com",)
    deadline_seconds: float = Field(
        default=60, gt=0, description="Reading a post that takes longer is ended."
    )


def open_plugin(settings: Settings) -> "LinkedinScanner":
    """The scanner of watched posts."""
    return LinkedinScanner(
        Addresses(
            hosts=settings.hosts,
            videos=_PATHS,
            deadline_s=settings.deadline_seconds,
            wrong="is no address of a post on LinkedIn",
            remedy="Choose 'Copy link to post' in the menu of a public post.",
        )
    )


class LinkedinScanner(WatchingScanner):
    """Reads watched posts anew.

    ``watched``: addresses of public posts with a video, which were chosen by hand. Queries are not
    asked.
    """

    platform = "linkedin"
    nothing_watched = (
        "LinkedIn has no search for videos. Give addresses of public posts, "
        "https://www.linkedin.com/posts/…, to watch under 'linkedin' in the niche."
    )
