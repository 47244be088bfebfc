"""Rumble: the channels and videos that a niche watches, read with yt-dlp.

Rumble offers no search, and its one API tells channels of their own live streams alone. A channel's
list has addresses only, so a few of its newest videos are asked for one by one. Rumble often blocks
strangers: VIRAL_FORGE_YTDLP_IMPERSONATE=chrome may help. Comments and licences are not told.
"""

import re

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.scanning import ScanRequest, ScanTools
from viral_forge_resources.platforms.gathering import Found
from viral_forge_resources.platforms.watching import Hosts, Look, own_address, watched_or_refused
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
    return RumbleScanner(settings)


class RumbleScanner:
    """Lists the newest videos of watched channels, and reads watched videos anew.

    ``watched``: channels, as ``c/name``, ``user/name`` or the address of their page, and addresses
    of single videos, which were chosen by hand. Queries are not asked.
    """

    platform = "rumble"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what each watched thing gives, in the niche's order.

        Raises:
            NotSupported: nothing is watched.
        """
        return watched_or_refused(
            request,
            *(self._watched(each, request, tools) for each in request.watched),
            otherwise="Rumble has no search that others may use. Give channels (c/name, user/name) "
            "or addresses of videos to watch under 'rumble' in the niche.",
        )

    async def _watched(self, given: str, request: ScanRequest, tools: ScanTools) -> Found:
        for item in await self._look(given, request).videos(self.platform, tools):
            yield item

    def _look(self, given: str, request: ScanRequest) -> Look:
        hosts, deadline_s = self._settings.hosts, self._settings.deadline_seconds
        named = _CHANNEL.fullmatch(given.strip())
        channel = f"{_SITE}/{named[1]}" if named else given
        url = own_address(channel, hosts=hosts, paths=_CHANNEL_PATHS)
        if url is not None:
            limit = min(request.limit, self._settings.most_per_channel)
            return Look(url=url, deadline_s=deadline_s, limit=limit)
        url = own_address(given, hosts=hosts, paths=_VIDEO_PATHS)
        if url is not None:
            return Look(url=url, deadline_s=deadline_s, is_single=True)
        raise BadInput(
            given,
            reason="names no channel or video on Rumble",
            remedy="Give c/name, user/name, or the address of a channel or a video.",
        )
