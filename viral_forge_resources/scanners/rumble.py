"""Rumble: the channels and videos that a niche watches, read with yt-dlp.

Rumble offers no search, and its one API tells channels of their own live streams alone. A channel's
list has addresses only, so a few of its newest videos are asked for one by one. Rumble often blocks
strangers: VIRAL_FORGE_YTDLP_IMPERSONATE=chrome may help. Comments and licences are not told.
"""

import re

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.platforms.watching import Addresses, Hosts, WatchingScanner
from viral_forge_resources.settings import settings_config

_SITE = "https://rumble.com"
_CHANNEL = re.compile(r"/?((?:c|user)/[\w.-]+)/?")
_CHANNEL_PATHS = re.compile(r"/(?:c|user)/[\w.-]+(?:/videos)?/?")
_VIDEO_PATHS = re.compile(r"/v(?!ideos)[\w.-]+")


class Settings(BaseSettings):
    """How Rumble is looked at."""

    model_config = settings_config("SCANNER_RUMBLE")

    hosts: Hosts = ("rumble.com",)
    most_per_channel: int = Field(
        default=10, ge=1, description="Newest videos of a watched channel; each is asked for."
    )
    deadline_seconds: float = Field(
        default=90, gt=0, description="Reading a channel or a video that takes longer is ended."
    )


def open_plugin(settings: Settings) -> "RumbleScanner":
    """The scanner of watched channels and videos."""
    return RumbleScanner(
        Addresses(
            hosts=settings.hosts,
            videos=_VIDEO_PATHS,
            lists=_CHANNEL_PATHS,
            most=settings.most_per_channel,
            deadline_s=settings.deadline_seconds,
            wrong="names no channel or video on Rumble",
            remedy="Give c/name, user/name, or the address of a channel or a video.",
        )
    )


class RumbleScanner(WatchingScanner):
    """Lists the newest videos of watched channels, and reads watched videos anew.

    ``watched``: channels, as ``c/name``, ``user/name`` or the address of their page, and addresses
    of single videos, which were chosen by hand. Queries are not asked.
    """

    platform = "rumble"
    nothing_watched = (
        "Rumble has no search that others may use. Give channels (c/name, user/name) or addresses "
        "of videos to watch under 'rumble' in the niche."
    )

    def address(self, given: str) -> str:
        """The page of a channel that is named alone."""
        named = _CHANNEL.fullmatch(given.strip())
        return f"{_SITE}/{named[1]}" if named else given
