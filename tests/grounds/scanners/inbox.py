"""An inbox folder with files whose names are as hostile as a file system lets them be."""

import asyncio
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fakes.scanner import NO_TOOLS
from tests.grounds.scanners._recorded import HOSTILE, Scanned, scanned
from viral_forge_resources.contracts.scanning import ScanRequest
from viral_forge_resources.scanners.inbox import Settings, open_plugin

_NICHE = "cats"
_ORDINARY = ("plain", 'it\'s "quoted"', "-dash", "パスタ")
_LONGEST_NAME = 200
_YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InboxGround:
    """A folder with one inbox."""

    folder: Path
    name: str = "inbox"
    size: int = len(_ORDINARY)

    def scan(self, *, limit: int = 100, is_lenient: bool = False) -> Scanned:
        """What the scanner makes of four ordinary videos."""
        del is_lenient  # nobody is asked
        return self._scan(_ORDINARY, limit=limit)

    def quiet(self) -> Scanned:
        """The same of an empty inbox."""
        return self._scan(())

    def hostile(self) -> Iterator[Scanned]:
        """The same of as many videos with odd names."""
        names = [_as_name(text) for text in HOSTILE]
        yield self._scan(names[:4])
        yield self._scan(names[4:])

    def _scan(self, titles: Any, *, limit: int = 100) -> Scanned:
        inbox = self.folder / _NICHE
        inbox.mkdir(exist_ok=True)
        for old in inbox.iterdir():
            old.unlink()
        for title in titles:
            video = inbox / f"{title}.mp4"
            video.write_bytes(title.encode())
            os.utime(video, (_YESTERDAY.timestamp(), _YESTERDAY.timestamp()))
        scanner = open_plugin(Settings(path=self.folder))
        since = _YESTERDAY - timedelta(days=29)
        request = ScanRequest(niche=_NICHE, queries=(), since=since, limit=limit)
        return asyncio.run(scanned(scanner, request, NO_TOOLS))


@contextmanager
def open_on_ground(folder: Path) -> Generator[InboxGround]:
    """An inbox in ``folder``."""
    yield InboxGround(folder)


def _as_name(text: str) -> str:
    name = text.replace("\x00", "").replace("/", "").encode("utf-8", "ignore")
    return name[:_LONGEST_NAME].decode("utf-8", "ignore")
