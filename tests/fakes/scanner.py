"""Scanners that show what a test gives them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.contracts.web import WebAnswer, WebRequest


class FakeScanner:
    """Yields ``videos``, then raises ``error`` if it has one; ``requests`` are what it was asked.

    Args:
        delay_s: waits so long before it answers.
        ignores_being_told_to_stop: sleeps on when its task is cancelled.
    """

    def __init__(
        self,
        videos: Sequence[ScannedVideo | Unusable] = (),
        *,
        platform: str = "fake",
        error: Exception | None = None,
        delay_s: float = 0.0,
        ignores_being_told_to_stop: bool = False,
    ) -> None:
        self.platform = platform
        self.requests: list[ScanRequest] = []
        self.tools: list[ScanTools] = []
        self._videos = videos
        self._error = error
        self._delay_s = delay_s
        self._is_deaf = ignores_being_told_to_stop

    async def scan(
        self, request: ScanRequest, tools: ScanTools
    ) -> AsyncIterator[ScannedVideo | Unusable]:
        self.requests.append(request)
        self.tools.append(tools)
        await self._wait()
        seen_at = datetime.now(UTC)
        for found in self._videos[: request.limit]:
            if isinstance(found, ScannedVideo):
                yield replace(found, platform=self.platform, seen_at=seen_at)
            else:
                yield found
        if self._error is not None:
            raise self._error

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + self._delay_s
        while (left_s := until_s - loop.time()) > 0:
            try:
                await asyncio.sleep(left_s)
            except asyncio.CancelledError:
                if not self._is_deaf:
                    raise


class FakeStandInScanner(FakeScanner):
    """Takes the place of the scanners that it names."""

    def __init__(self, *args: Any, stands_in_for: tuple[str, ...], **named: Any) -> None:
        super().__init__(*args, **named)
        self.stands_in_for = stands_in_for


class NoWeb:
    """An internet that nobody may ask."""

    async def send(self, request: WebRequest) -> WebAnswer:
        raise AssertionError(f"{request.url} was asked")


class NoWorkers:
    """Workers that nobody may ask."""

    async def run(self, job: str, *args: object, **named: object) -> Any:
        raise AssertionError(f"{job} was asked")


NO_TOOLS = ScanTools(web=NoWeb(), workers=NoWorkers())
