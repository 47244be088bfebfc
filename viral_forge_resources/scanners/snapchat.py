"""Snapchat: the Spotlight videos that a niche watches, read with yt-dlp.

Snapchat offers no search of what others publish, and its Public Profile API is for chosen partners.
Views and shares are told; likes, comments and licences are not.
"""

import re

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.platforms.watching import Addresses, Hosts, WatchingScanner
from viral_forge_resources.settings import settings_config

_PATHS = re.compile(r"/spotlight/\w+/?")


class Settings(BaseSettings):
    """How Snapchat is looked at."""

    model_config = settings_config("SCANNER_SNAPCHAT")

    hosts: Hosts = ("snapchat.com",)
    deadline_seconds: float = Field(
        default=60, gt=0, description="Reading a video that takes longer is ended."
    )


def open_plugin(settings: Settings) -> "SnapchatScanner":
    """The scanner of watched Spotlight videos."""
    return SnapchatScanner(
        Addresses(
            hosts=settings.hosts,
            videos=_PATHS,
            deadline_s=settings.deadline_seconds,
            titles=("description", "title"),  # its title is often just "Spotlight Snap"
            wrong="is no address of a Spotlight video",
            remedy="Give one like https://www.snapchat.com/spotlight/W7_EDlXWTBiXAEEniNoM.",
        )
    )


class SnapchatScanner(WatchingScanner):
    """Reads watched videos anew.

    ``watched``: addresses of Spotlight videos, which were chosen by hand. Queries are not asked.
    """

    platform = "snapchat"
    nothing_watched = (
        "Snapchat has no search for videos. Give addresses of Spotlight videos, "
        "https://www.snapchat.com/spotlight/…, to watch under 'snapchat' in the niche."
    )
