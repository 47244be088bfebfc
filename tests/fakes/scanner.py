"""A scanner that shows what a test gives it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from viral_forge_resources.contracts.errors import ViralForgeError
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest


class FakeScanner:
    """Yields ``videos``, then raises ``error`` if it has one."""

    def __init__(
        self,
        videos: Sequence[ScannedVideo] = (),
        *,
        platform: str = "fake",
        error: ViralForgeError | None = None,
    ) -> None:
        self.platform = platform
        self._videos = videos
        self._error = error

    def scan(self, request: ScanRequest) -> Iterator[ScannedVideo]:
        seen_at = datetime.now(UTC)
        for video in self._videos[: request.limit]:
            yield replace(video, platform=self.platform, seen_at=seen_at)
        if self._error is not None:
            raise self._error
