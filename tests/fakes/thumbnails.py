"""Thumbnails that show what a test says."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from viral_forge_resources.contracts.thumbnails import Thumbnail


class FakeThumbnails:
    """Knows what the pictures of given addresses look like; every other one is not there."""

    def __init__(self, hashes: Mapping[str, str], *, now: datetime) -> None:
        self.hashes = hashes
        self.now = now
        self.asked: list[str] = []

    def __call__(self, urls: Sequence[str]) -> tuple[Thumbnail, ...]:
        """See ``contracts.thumbnails.ThumbnailHasher``."""
        self.asked += urls
        return tuple(
            Thumbnail(
                url=url,
                perceptual_hash=self.hashes.get(url),
                reason=None if url in self.hashes else "is not there",
                hashed_at=self.now,
            )
            for url in urls
        )
