"""What a scanner is asked for and what it answers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from viral_forge_resources.contracts.used_sounds import UsedSound
from viral_forge_resources.contracts.web import Web, Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class NichePolicy:
    """What a niche takes, and how much of it.

    Attributes:
        platforms: scanners that watch it; none named means every enabled one.
        most_per_platform: candidates newly shortlisted of one platform within 24 hours.
        minimum_score: least score of a candidate that nobody chose by hand, in [0, 1).
        languages: BCP 47 language subtags, such as ``en``; none named takes all, and a video that
            states no language is taken always.
        licences: SPDX ids that are taken; none named takes every licence that permits the use.
        is_monetised: its clips earn money, so licences without commercial use are refused.
        reusable_only: ask platforms that can filter by licence for openly licensed videos alone.
        horizon_days: videos published longer ago are not looked for.
        title_similarity: two videos with titles at least this alike, in (0, 1], are one video.
        thumbnail_distance: two videos whose thumbnails' hashes differ in at most this many of 64
            bits are one video.
        translate_to: language of its clips' captions, a BCP 47 tag; None: as the recipe says.
        adds_trends: a rising keyword or channel becomes a niche of its own without being asked.
        affiliate_lines: where to buy, as they stand below the words of its posts; any makes them
            paid.
        is_sponsored: somebody pays for its posts.
        paid_notice: what paid posts begin with; empty: as ``domain.disclosure`` words it.
        is_made_for_kids: its posts are for children, as platforms and law understand it.
    """

    platforms: tuple[str, ...] = ()
    most_per_platform: int = 10
    minimum_score: float = 0.0
    languages: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    is_monetised: bool = True
    reusable_only: bool = False
    horizon_days: int = 30
    title_similarity: float = 0.9
    thumbnail_distance: int = 6
    adds_trends: bool = False
    translate_to: str | None = None
    affiliate_lines: tuple[str, ...] = ()
    is_sponsored: bool = False
    paid_notice: str = ""
    is_made_for_kids: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Niche:
    """A subject that we watch.

    Attributes:
        name: lower-case letters, digits, ``-`` and ``_``; first part of every partition key.
        queries: what is searched for; a platform without search ignores them.
        recipe: name of the recipe that its clips are made with; None means the studio's default.
        watched: by scanner, what it watches beside the queries: addresses, channels, boards,
            hashtags, whatever that scanner's file says.
    """

    name: str
    queries: tuple[str, ...] = ()
    recipe: str | None = None
    watched: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    policy: NichePolicy = NichePolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """One question to one scanner.

    Attributes:
        watched: what this scanner is to watch beside the queries.
        since: videos published before are left out, where the platform tells their date.
        limit: most videos of the answer.
    """

    niche: str
    queries: tuple[str, ...]
    since: datetime
    limit: int
    watched: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    reusable_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedVideo:
    """One video and its counts at one moment; a count that the platform hides is None.

    Attributes:
        platform: name of the scanner that saw it.
        platform_video_id: its id there, as a string.
        locator: where the bytes are: an absolute path, or an http(s) address.
        author_id: the author's id there; names change, ids stay.
        licence: the platform's own words, None if it says nothing.
        licence_spdx: SPDX id that those words map to, None if they map to none.
        licence_evidence: where the licence was read.
        subtitles: locator of subtitles beside the video.
        language: BCP 47 tag, as the platform states it.
        tags: hashtags and keywords as the platform lists them, without ``#``.
        sound: what it uses as its sound, None where the platform does not tell.
        is_hand_picked: a person chose it, so it needs no score to be shortlisted.
    """

    platform: str
    platform_video_id: str
    locator: str
    title: str
    seen_at: datetime
    author: str | None = None
    author_id: str | None = None
    page_url: str | None = None
    thumbnail_url: str | None = None
    licence: str | None = None
    licence_spdx: str | None = None
    licence_evidence: str | None = None
    subtitles: str | None = None
    published_at: datetime | None = None
    duration_s: float | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    sound: UsedSound | None = None
    is_hand_picked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """An entry of an answer that makes no video; the rest of the answer stands.

    Attributes:
        reason: what it lacks, such as ``has no id``.
    """

    reason: str


class ScanState(StrEnum):
    """How one scan of one platform ended."""

    FOUND = "found"
    SKIPPED = "skipped"
    FAILED = "failed"


class SkipCause(StrEnum):
    """Why a platform was not asked."""

    DISABLED = "disabled"  # its scanner is not among the enabled ones
    NOT_WATCHED = "not_watched"  # the niche's policy leaves it out
    NO_CREDENTIALS = "no_credentials"
    QUOTA_SPENT = "quota_spent"
    NOT_SUPPORTED = "not_supported"  # no search there, and nothing given to watch
    NOT_NEEDED = "not_needed"  # a fallback whose first choice answers


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOutcome:
    """How one scan of one platform for one niche ended.

    Attributes:
        found: videos seen; None unless ``state`` is ``found`` (0 is a quiet platform).
        skip: why it was skipped; None unless ``state`` is ``skipped``.
        error: class of the failure; None unless ``state`` is ``failed``.
        reason: for people: why it was skipped, what failed, or what was left out of an answer.
        took_s: None where nothing was asked.
    """

    niche: str
    platform: str
    scanned_at: datetime
    state: ScanState
    found: int | None = None
    skip: SkipCause | None = None
    error: str | None = None
    reason: str | None = None
    took_s: float | None = None


class KnownVideos(Protocol):
    """What earlier scans saw."""

    async def __call__(
        self, niche: str, platform: str, *, since: datetime, most: int
    ) -> Sequence[ScannedVideo]:
        """The newest sighting of each video published from ``since`` on, the youngest first."""


async def nothing_known(
    niche: str,  # noqa: ARG001  as the protocol has it
    platform: str,  # noqa: ARG001
    *,
    since: datetime,  # noqa: ARG001
    most: int,  # noqa: ARG001
) -> Sequence[ScannedVideo]:
    """A first scan."""
    return ()


@dataclass(frozen=True, slots=True)
class ScanTools:
    """What a scanner reaches the world with, and what it may count anew."""

    web: Web
    workers: Workers
    known: KnownVideos = nothing_known


class Scanner(Protocol):
    """Lists rising videos of one platform."""

    platform: str

    def scan(
        self, request: ScanRequest, tools: ScanTools
    ) -> AsyncIterator[ScannedVideo | Unusable]:
        """Yield videos newer than ``request.since``, at most ``request.limit``, each once.

        An empty answer means that the platform said "none".

        Raises:
            NoCredentials: a key or token that it needs is not set.
            NotSupported: the platform has no search, and nothing to watch was given.
            QuotaSpent: an allowance is used up.
            Permanent: the request cannot be answered as it stands.
            Transient: the platform did not answer this time.
        """


@runtime_checkable
class LocalScanner(Scanner, Protocol):
    """A scanner of something that may be looked at as often as one likes."""

    def content(self, niche: str) -> str | None:
        """What tells one content of the niche's place from another.

        None where nothing is there, or where somebody is still putting something in.

        Raises:
            Permanent: the place cannot be read.
        """


@runtime_checkable
class StandInScanner(Scanner, Protocol):
    """A scanner that is asked only where others could not be: for want of quota or of a key.

    Attributes:
        stands_in_for: names of the scanners whose place it takes.
    """

    stands_in_for: tuple[str, ...]
