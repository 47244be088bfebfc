"""What earlier scans saw, for scanners that can count known videos anew."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.scanning import ScannedVideo
from viral_forge_resources.state import sightings


class SeenBefore:
    """``contracts.scanning.KnownVideos`` from the state database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    async def __call__(
        self, niche: str, platform: str, *, since: datetime, most: int
    ) -> Sequence[ScannedVideo]:
        """See ``contracts.scanning.KnownVideos``."""
        return await asyncio.to_thread(self._read, niche, platform, since, most)

    def _read(
        self, niche: str, platform: str, since: datetime, most: int
    ) -> Sequence[ScannedVideo]:
        with self._engine.connect() as connection:
            return sightings.published_since(
                connection, niche, platform=platform, since=since, most=most
            )
