"""Snapchat: the Spotlight videos that a niche watches, read with yt-dlp.

Snapchat offers no search of what others publish, and its Public Profile API is for chosen partners.
Views and shares are told; likes, comments and licences are not.
"""

import re

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.scanning import ScanRequest, ScanTools
from viral_forge_resources.platforms.gathering import Found
from viral_forge_resources.platforms.watching import Hosts, Look, own_address, watched_or_refused
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
    return SnapchatScanner(settings)


class SnapchatScanner:
    """Reads watched videos anew.

    ``watched``: addresses of Spotlight videos, which were chosen by hand. Queries are not asked.
    """

    platform = "snapchat"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield each watched video, in the niche's order.

        Raises:
            NotSupported: nothing is watched.
        """
        return watched_or_refused(
            request,
            *(self._watched(each, tools) for each in request.watched),
            otherwise="Snapchat has no search for videos. Give addresses of Spotlight videos, "
            "https://www.snapchat.com/spotlight/…, to watch under 'snapchat' in the niche.",
        )

    async def _watched(self, given: str, tools: ScanTools) -> Found:
        url = own_address(given, hosts=self._settings.hosts, paths=_PATHS)
        if url is None:
            raise BadInput(
                given,
                reason="is no address of a Spotlight video",
                remedy="Give one like https://www.snapchat.com/spotlight/W7_EDlXWTBiXAEEniNoM.",
            )
        look = Look(
            url=url,
            deadline_s=self._settings.deadline_seconds,
            is_single=True,
            titles=("description", "title"),  # its title is often just "Spotlight Snap"
        )
        for item in await look.videos(self.platform, tools):
            yield item
