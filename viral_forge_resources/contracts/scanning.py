"""What a scanner is asked for and what it answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Niche:
    """A subject that we watch.

    Attributes:
        name: lower-case letters, digits, ``-`` and ``_``; first part of every partition key.
        queries: what is searched for; a platform without search ignores them.
        recipe: name of the recipe that its clips are made with; None means the studio's default.
    """

    name: str
    queries: tuple[str, ...] = ()
    recipe: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """One question to one scanner."""

    niche: str
    queries: tuple[str, ...]
    since: datetime
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedVideo:
    """One video and its counts at one moment; a count that the platform hides is None.

    Attributes:
        platform: name of the scanner that saw it.
        platform_video_id: its id there, as a string.
        locator: where the bytes are: an absolute path, or an http(s) address.
        licence: SPDX id where the platform's own words map to one, else its own words.
        licence_evidence: where the licence was read.
        subtitles: locator of subtitles beside the video.
        is_hand_picked: a person chose it, so it needs no score to be shortlisted.
    """

    platform: str
    platform_video_id: str
    locator: str
    title: str
    seen_at: datetime
    author: str | None = None
    page_url: str | None = None
    licence: str | None = None
    licence_evidence: str | None = None
    subtitles: str | None = None
    published_at: datetime | None = None
    duration_s: float | None = None
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    is_hand_picked: bool = False


class ScanState(StrEnum):
    """How one scan of one platform ended."""

    FOUND = "found"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOutcome:
    """How one scan of one platform for one niche ended.

    Attributes:
        found: videos seen; None unless ``state`` is ``found`` (0 is a quiet platform).
        reason: why it was skipped, or class and message of the failure.
    """

    niche: str
    platform: str
    scanned_at: datetime
    state: ScanState
    found: int | None = None
    reason: str | None = None


class Scanner(Protocol):
    """Lists rising videos of one platform."""

    platform: str

    def scan(self, request: ScanRequest) -> Iterator[ScannedVideo]:
        """Yield videos newer than ``request.since``, at most ``request.limit``.

        An empty answer means that the platform said "none".

        Raises:
            Permanent: the request cannot be answered as it stands.
            Transient: the platform did not answer this time.
        """
