"""Openly licensed videos of others: searched for on the platforms that are scanned, and fetched."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from viral_forge_assets.clearance import Ledger
from viral_forge_assets.domain.b_roll import Cue
from viral_forge_assets.domain.inserts import seen_between, shows_something, starts_in
from viral_forge_assets.domain.share_alike import objection_to_one_clip
from viral_forge_assets.scanning import Answer, OpenScanTools, ScanPlan, run_to_its_end, scan_niches
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.licences import find_licence
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.contracts.media_ports import Downloader, FetchLimits, MediaReader
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.scanning import (
    Niche,
    NichePolicy,
    ScannedVideo,
    Scanner,
    ScanState,
    SkipCause,
)
from viral_forge_resources.contracts.works import name_of

_DEADLINE_S = 30.0
_MOST_VIDEOS = 12
_AT_ONCE = 2
_ALL_TIME_DAYS = 36_500  # a picture of a cat is none the worse for its age
_MOST_BYTES = 80_000_000
_LONGEST_S = 600.0
_FETCH_DEADLINE_S = 120.0


@dataclass(slots=True)
class Offers:
    """What a search found.

    Attributes:
        videos: by query.
        failures: platforms that could not be asked, each with the reason.
        is_passing: whether one of them may answer later.
    """

    videos: defaultdict[str, list[ScannedVideo]] = field(default_factory=lambda: defaultdict(list))
    failures: dict[str, str] = field(default_factory=dict)
    is_passing: bool = False

    def note(self, query: str, answer: Answer) -> None:
        """Take what one platform answered for one query."""
        self.videos[query] += answer.videos
        for outcome in answer.outcomes:
            is_meant = outcome.skip is not SkipCause.NOT_WATCHED
            if outcome.state is not ScanState.FOUND and is_meant:
                self.failures[outcome.platform] = outcome.reason or outcome.state.value
            self.is_passing |= outcome.state is ScanState.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedStock:
    """A video on this machine, looked at, not stored yet."""

    path: Path
    sha256: str
    probe: MediaProbe


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What others let everybody use.

    Attributes:
        niche: on whose behalf; its policy says which licences are taken.
        source_licence: SPDX id of the right to what they are laid over; empty: not known.
        limits: of sources; what is fetched for a moment of a clip stays well below.
    """

    state: sa.Engine
    niche: Niche
    scanners: Mapping[str, Scanner]
    open_tools: OpenScanTools
    downloader: Downloader
    media: MediaReader
    limits: FetchLimits
    scratch: Path
    source_licence: str = ""

    def search(self, queries: Sequence[str], platforms: Sequence[str]) -> Offers:
        """What these platforms find, those of them that are enabled; nothing is written."""
        offers = Offers()
        asked = {name: each for name, each in self.scanners.items() if name in platforms}
        policy = NichePolicy(
            platforms=tuple(platforms), reusable_only=True, horizon_days=_ALL_TIME_DAYS
        )
        names = {f"b-roll-{number}": query for number, query in enumerate(queries)}
        niches = [Niche(name=name, queries=(q,), policy=policy) for name, q in names.items()]

        async def ask() -> None:
            async with self.open_tools() as tools:
                await scan_niches(
                    niches,
                    asked,
                    tools,
                    plan=ScanPlan(
                        platforms=tuple(platforms),
                        deadline_s=_DEADLINE_S,
                        niches_at_once=_AT_ONCE,
                        most_videos=_MOST_VIDEOS,
                    ),
                    now=datetime.now(UTC),
                    on_answer=lambda answer: offers.note(names[answer.niche], answer),
                )

        run_to_its_end(ask())
        return offers

    def clear(self, video: ScannedVideo) -> RightsVerdict:
        """May it be part of a clip? If so, what its platform states is written in the ledger.

        Share-alike is left out: it would bind the whole clip.
        """
        now = datetime.now(UTC)
        with self.state.begin() as connection:
            ledger = Ledger(connection, self.niche, [video])
            verdict = ledger.verdict(video, now=now)
            reason = self._objection(verdict)
            if reason is not None:
                return replace(verdict, is_allowed=False, reason=reason)
            ledger.write(connection, video, now=now)
        return verdict

    def fetch(self, video: ScannedVideo, *, number: int) -> FetchedStock:
        """The whole video on this machine.

        Raises:
            BadInput: it cannot be used.
            Transient: the other side did not answer.
        """
        path = self.scratch / f"insert-{number}"
        path.unlink(missing_ok=True)
        limits = FetchLimits(
            max_bytes=min(self.limits.max_bytes, _MOST_BYTES),
            max_duration_s=min(self.limits.max_duration_s, _LONGEST_S),
            max_pixels=self.limits.max_pixels,
            deadline_s=min(self.limits.deadline_s, _FETCH_DEADLINE_S),
        )
        self.downloader.fetch(video.locator, path, limits=limits, on_progress=lambda _share: None)
        name = name_of(video.locator)
        probe = self.media.probe(path, name=name)
        if probe.width_px * probe.height_px > limits.max_pixels:
            raise BadInput(name, reason="has too many pixels", remedy="Another one is taken.")
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return FetchedStock(path=path, sha256=sha256, probe=probe)

    def start_of(self, fetched: FetchedStock, cue: Cue) -> float | None:
        """Where in it an insert for ``cue`` starts; None where nothing is to be seen in it."""
        for start_s in starts_in(fetched.probe, cue):
            pictures = self.media.keyframes(fetched.path, fetched.probe, seen_between(start_s, cue))
            if shows_something(each.tones for each in pictures):
                return start_s
        return None

    def _objection(self, verdict: RightsVerdict) -> str | None:
        if not verdict.is_allowed:
            return verdict.reason
        licence = find_licence(verdict.licence or "")
        if licence is None or licence.is_share_alike:
            return f"{verdict.licence} would bind the whole clip"
        objection = objection_to_one_clip([self.source_licence, licence.spdx_id])
        if objection is not None:
            return objection
        taken = self.niche.policy.licences
        if taken and licence.spdx_id not in taken:
            return f"the niche takes no {licence.spdx_id}"
        return None
