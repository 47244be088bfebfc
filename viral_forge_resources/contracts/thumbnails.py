"""Small pictures of videos, by which copies of one video are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """What one thumbnail looks like.

    Attributes:
        perceptual_hash: 64 bits as 16 hex digits; pictures that look alike differ in few of them.
        reason: why there is no hash; None if there is one.
        hashed_at: when it was looked at.
    """

    url: str
    perceptual_hash: str | None
    reason: str | None
    hashed_at: datetime


class ThumbnailHasher(Protocol):
    """Looks at thumbnails over the network."""

    def __call__(self, urls: Sequence[str]) -> tuple[Thumbnail, ...]:
        """What each shows, or why that is unknown; those not reached in time are left out."""
