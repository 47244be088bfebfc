"""What repeated sightings say of one video."""

from datetime import datetime
from typing import NamedTuple


class Counts(NamedTuple):
    """The counts of one sighting; one that the platform hides is None."""

    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None


class Movement(NamedTuple):
    """How one video's counts moved, and what decides whether it is looked at more closely.

    A named tuple: a round of choosing holds tens of thousands.

    Attributes:
        seen_at: its newest sighting, which all but ``before_at`` and ``before`` come from.
        before_at: an older sighting to compare with; None if there is none.
        before: the counts of that one, all None if there is none.
        has_record: the rights ledger has a row on it, of whatever kind.
    """

    platform: str
    platform_video_id: str
    seen_at: datetime
    published_at: datetime | None
    language: str | None
    licence: str | None
    licence_spdx: str | None
    is_hand_picked: bool
    has_record: bool
    counts: Counts
    before_at: datetime | None
    before: Counts

    @property
    def video(self) -> tuple[str, str]:
        """Platform and id."""
        return self.platform, self.platform_video_id
