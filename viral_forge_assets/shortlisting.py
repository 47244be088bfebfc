"""Chooses a niche's candidates from what was seen and what the rights ledger says."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.rights import record_from_sidecar, rights_verdict
from viral_forge_assets.domain.selection import choose
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.records import Candidate, CandidateStatus
from viral_forge_resources.contracts.rights import RightsRecord, RightsVerdict
from viral_forge_resources.contracts.scanning import Niche, ScannedVideo
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import rights as rights_state
from viral_forge_resources.state import sightings


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortlist:
    """What a round of choosing came to.

    Attributes:
        seen: videos that were considered.
        new: how many of them were not known before.
    """

    seen: int
    new: int
    decisions: tuple[Candidate, ...]

    @property
    def refused(self) -> list[Candidate]:
        """Those that may not be used, each with the reason and the remedy."""
        return [row for row in self.decisions if row.status is CandidateStatus.REFUSED]


def choose_candidates(connection: sa.Connection, niche: Niche, *, now: datetime) -> Shortlist:
    """Decide on everything seen in the niche; rows of ``candidates`` are written.

    What sidecars state about rights is written to the ledger first.
    """
    seen = sightings.latest(connection, niche.name)
    for video in seen:
        record = record_from_sidecar(video, now=now)
        if record is not None:
            rights_state.append(connection, record)
    verdicts = _verdicts(connection, niche, seen, now=now)
    decisions = choose(seen, verdicts, niche=niche, now=now)
    decided = candidates_state.decide(connection, decisions)
    return Shortlist(seen=len(seen), new=len(decided.new), decisions=decisions)


def _verdicts(
    connection: sa.Connection, niche: Niche, videos: tuple[ScannedVideo, ...], *, now: datetime
) -> dict[tuple[str, str], RightsVerdict]:
    ids = [(video.platform, video.platform_video_id) for video in videos]
    ledger = rights_state.of_videos(connection, ids)
    return {
        each: _verdict(niche, video, ledger.get(each, ()), now=now)
        for each, video in zip(ids, videos, strict=True)
    }


def _verdict(
    niche: Niche, video: ScannedVideo, records: tuple[RightsRecord, ...], *, now: datetime
) -> RightsVerdict:
    key = CandidateKey(
        niche=niche.name, platform=video.platform, platform_video_id=video.platform_video_id
    )
    return rights_verdict(
        records,
        now=now,
        candidate_key=str(key),
        title=video.title,
        author=video.author,
        page_url=video.page_url,
    )
