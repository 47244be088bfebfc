"""What the operator decided for the whole studio, and where people look at results."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from viral_forge_resources.contracts.media_ports import FetchLimits

ProgressDisplay = Callable[[str, float], None]
"""Told what is being done and the share that is done, 0 to 1; the terminal's bar, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what we saw is kept.

    Attributes:
        youtube_statistics: figures of other people's videos on YouTube.
        scan_outcomes: how scans ended.
    """

    youtube_statistics: timedelta
    scan_outcomes: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """The studio's policy.

    Attributes:
        recipe: name of the recipe of niches that choose none.
        requires_approval: a person says yes to the bytes of each clip before it is posted.
        console_url: where people reach the console, without a slash at the end.
    """

    recipe: str
    requires_approval: bool
    fetch_limits: FetchLimits
    console_url: str

    def picture_url(self, artefact_id: str) -> str:
        """Where the console serves the artefact's bytes."""
        return f"{self.console_url}/m/{artefact_id}"

    def preview_url(self, artefact_id: str) -> str:
        """Where the console serves the picture small enough for a cell of the Dagster UI."""
        return f"{self.console_url}/s/{artefact_id}"

    def post_url(self, publication_id: str) -> str:
        """Where the console shows the post's numbers and what it was made of."""
        return f"{self.console_url}/post/{publication_id}"

    def player_url(self, artefact_id: str) -> str:
        """Where the console plays the clip."""
        return f"{self.console_url}/clip/{artefact_id}"
