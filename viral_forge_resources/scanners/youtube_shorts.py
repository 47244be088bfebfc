"""YouTube Shorts: the official Data API and the feeds of watched channels.

There is no filter for Shorts: what a feed links as one is one, else what lasts three minutes at
most. 100 searches a day; yt-dlp may search in their stead if the settings say so.
"""

from viral_forge_resources.platforms.youtube import YoutubeScanner
from viral_forge_resources.platforms.youtube_api import YoutubeSettings


class Settings(YoutubeSettings):
    """How YouTube is asked; the same for long videos."""


def open_plugin(settings: Settings) -> "YoutubeShortsScanner":
    """The scanner of Shorts."""
    return YoutubeShortsScanner(settings)


class YoutubeShortsScanner(YoutubeScanner):
    """Lists Shorts."""

    platform = "youtube_shorts"
    is_for_shorts = True
