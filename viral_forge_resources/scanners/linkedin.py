"""LinkedIn: the public posts that a niche watches, read with yt-dlp.

LinkedIn opens no search of posts to apps outside its partner programmes. Of a post its reactions
are told; its date, views and licence are not.
"""

import re

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.scanning import ScanRequest, ScanTools
from viral_forge_resources.platforms.gathering import Found
from viral_forge_resources.platforms.watching import Hosts, Look, own_address, watched_or_refused
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
    return LinkedinScanner(settings)


class LinkedinScanner:
    """Reads watched posts anew.

    ``watched``: addresses of public posts with a video, which were chosen by hand. Queries are not
    asked.
    """

    platform = "linkedin"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield the video of each watched post, in the niche's order.

        Raises:
            NotSupported: nothing is watched.
        """
        return watched_or_refused(
            request,
            *(self._watched(each, tools) for each in request.watched),
            otherwise="LinkedIn has no search for videos. Give addresses of public posts, "
            "https://www.linkedin.com/posts/…, to watch under 'linkedin' in the niche.",
        )

    async def _watched(self, given: str, tools: ScanTools) -> Found:
        url = own_address(given, hosts=self._settings.hosts, paths=_PATHS)
        if url is None:
            raise BadInput(
                given,
                reason="is no address of a post on LinkedIn",
                remedy="Choose 'Copy link to post' in the menu of a public post.",
            )
        look = Look(url=url, deadline_s=self._settings.deadline_seconds, is_single=True)
        for item in await look.videos(self.platform, tools):
            yield item
