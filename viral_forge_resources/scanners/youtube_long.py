"""YouTube videos that are no Shorts: the official Data API and the feeds of watched channels.

100 searches a day, which it shares with the scanner of Shorts; yt-dlp may search in their stead if
the settings say so.
"""

from viral_forge_resources.platforms.youtube import YoutubeScanner
from viral_forge_resources.platforms.youtube_api import YoutubeSettings


class Settings(YoutubeSettings):
    """How YouTube is asked; the same for Shorts."""


def open_plugin(settings: Settings) -> "YoutubeLongScanner":
    """The scanner of long videos."""
    return YoutubeLongScanner(settings)


class YoutubeLongScanner(YoutubeScanner):
    """Lists videos that are no Shorts."""

    platform = "youtube_long"
    is_for_shorts = False
