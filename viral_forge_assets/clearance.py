"""What the rights ledger says of a candidate now, and how a person adds to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.materials import with_materials
from viral_forge_assets.domain.rights import (
    is_stated_by_hand,
    record_from_sidecar,
    rights_verdict,
)
from viral_forge_assets.domain.selection import key_of
from viral_forge_resources.contracts.errors import BadInput, NotPermitted
from viral_forge_resources.contracts.keys import parse_candidate_key, short_hash
from viral_forge_resources.contracts.licences import find_licence
from viral_forge_resources.contracts.records import Candidate, Material
from viral_forge_resources.contracts.rights import RightsRecord, RightsVerdict
from viral_forge_resources.contracts.scanning import Niche, NichePolicy, ScannedVideo
from viral_forge_resources.state import niches as niches_state
from viral_forge_resources.state import rights as rights_state


def verdict_on(
    connection: sa.Connection,
    candidate: Candidate,
    *,
    now: datetime,
    publisher: str | None = None,
    materials: Sequence[Material] = (),
) -> RightsVerdict:
    """May this candidate's video be used at the moment ``now``, as its niche uses it?

    Args:
        connection: to read the ledger with.
        candidate: whose video.
        now: when it is to be used.
        publisher: where a clip of it is to go; None asks about making one.
        materials: what that clip holds besides.
    """
    niche = niches_state.get(connection, candidate.niche)
    # A niche that is gone cannot say that it earns nothing.
    is_monetised = niche is None or niche.policy.is_monetised
    source = rights_verdict(
        rights_state.of_video(connection, candidate.platform, candidate.platform_video_id),
        now=now,
        candidate_key=candidate.candidate_key,
        title=candidate.title,
        author=candidate.author,
        page_url=candidate.page_url,
        is_monetised=is_monetised,
        publisher=publisher,
    )
    verdicts = [
        material_verdict(connection, each, now=now, is_monetised=is_monetised, publisher=publisher)
        for each in materials
    ]
    return with_materials(source, list(zip(materials, verdicts, strict=True)))


def policy_of(connection: sa.Connection, candidate_key: str) -> NichePolicy:
    """The policy of the candidate's niche; the usual one where the niche is gone."""
    niche = niches_state.get(connection, parse_candidate_key(candidate_key).niche)
    return NichePolicy() if niche is None else niche.policy


def material_verdict(
    connection: sa.Connection,
    material: Material,
    *,
    now: datetime,
    is_monetised: bool,
    publisher: str | None = None,
) -> RightsVerdict:
    """May this work be part of a clip at the moment ``now``?"""
    return rights_verdict(
        rights_state.of_video(connection, material.platform, material.platform_video_id),
        now=now,
        candidate_key=f"{material.platform}:{material.platform_video_id}",
        title=material.title,
        author=material.author,
        page_url=material.page_url,
        is_monetised=is_monetised,
        publisher=publisher,
    )


class Ledger:
    """The ledger's rows on some videos of a niche, read once, with what their platforms state."""

    def __init__(
        self, connection: sa.Connection, niche: Niche, videos: Iterable[ScannedVideo]
    ) -> None:
        ids = [(video.platform, video.platform_video_id) for video in videos]
        self._niche = niche
        self._rows = rights_state.of_videos(connection, ids)

    def verdict(self, video: ScannedVideo, *, now: datetime) -> RightsVerdict:
        """May the video be used at the moment ``now``?"""
        stated = self._unwritten(video, now=now)
        rows = self._rows_on(video)
        return rights_verdict(
            rows if stated is None else (*rows, stated),
            now=now,
            candidate_key=key_of(self._niche, video),
            title=video.title,
            author=video.author,
            page_url=video.page_url,
            is_monetised=self._niche.policy.is_monetised,
        )

    def is_vouched(self, video: ScannedVideo, *, now: datetime) -> bool:
        """Whether the right to it is one that a person stated."""
        rights_id = self.verdict(video, now=now).rights_id
        return any(
            row.rights_id == rights_id and is_stated_by_hand(row) for row in self._rows_on(video)
        )

    def write(self, connection: sa.Connection, video: ScannedVideo, *, now: datetime) -> None:
        """Write what the video's platform, or its sidecar, states of rights."""
        stated = self._unwritten(video, now=now)
        if stated is not None:
            rights_state.append(connection, stated)

    def _rows_on(self, video: ScannedVideo) -> tuple[RightsRecord, ...]:
        return self._rows.get((video.platform, video.platform_video_id), ())

    def _unwritten(self, video: ScannedVideo, *, now: datetime) -> RightsRecord | None:
        record = record_from_sidecar(video, now=now)
        if record is None or any(row.rights_id == record.rights_id for row in self._rows_on(video)):
            return None
        return record


def require_right(
    connection: sa.Connection,
    candidate: Candidate,
    *,
    now: datetime,
    materials: Sequence[Material] = (),
) -> str:
    """Id of the ledger row that lets clips be made of this candidate's video now.

    ``materials`` are what those clips hold besides; there must be a right to each.

    Raises:
        NotPermitted: no right allows that; says what would clear it.
    """
    verdict = verdict_on(connection, candidate, now=now, materials=materials)
    if not verdict.is_allowed or verdict.rights_id is None:
        raise NotPermitted(
            f"{candidate.candidate_key} may not be used: {verdict.reason}. {verdict.remedy or ''}"
        )
    return verdict.rights_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a person says about the right to a video.

    Attributes:
        evidence: how that is known: an address, a mail, the person's own word.
        holder: whom an attribution names.
        platforms: publishers that it covers; none named covers all of them.
        is_commercial: False where commercial use was left out.
        until: when it ends; None lasts.
    """

    licence: str
    evidence: str
    stated_by: str
    holder: str | None = None
    platforms: tuple[str, ...] = ()
    is_commercial: bool = True
    until: datetime | None = None


def record_right(
    connection: sa.Connection, candidate: Candidate, statement: Statement, *, now: datetime
) -> RightsRecord:
    """The new row of the ledger.

    Raises:
        BadInput: the licence is none that we know, or nothing is offered as evidence.
    """
    licence = find_licence(statement.licence)
    if licence is None:
        raise BadInput(
            statement.licence,
            reason="is no licence that gives a right",
            remedy="Use an SPDX id such as CC-BY-4.0, or LicenseRef-Own, LicenseRef-Permission.",
        )
    if not statement.evidence.strip():
        raise BadInput(
            candidate.candidate_key,
            reason="needs evidence of that licence",
            remedy='Say how you know, such as --evidence "mail of 2026-11-02".',
        )
    record = RightsRecord(
        rights_id=short_hash(
            candidate.platform, candidate.platform_video_id, licence.spdx_id, now.isoformat()
        ),
        platform=candidate.platform,
        platform_video_id=candidate.platform_video_id,
        licence=licence.spdx_id,
        evidence=statement.evidence.strip(),
        recorded_by=statement.stated_by,
        recorded_at=now,
        holder=statement.holder or candidate.author,
        source_url=candidate.page_url,
        platforms=statement.platforms,
        may_monetise=statement.is_commercial,
        expires_at=statement.until,
    )
    rights_state.append(connection, record)
    return record
