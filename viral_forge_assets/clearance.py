"""What the rights ledger says of a candidate now, and how a person adds to it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.licences import find_licence
from viral_forge_assets.domain.rights import rights_verdict
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import short_hash
from viral_forge_resources.contracts.records import Candidate
from viral_forge_resources.contracts.rights import RightsRecord, RightsVerdict
from viral_forge_resources.state import rights as rights_state


def verdict_on(connection: sa.Connection, candidate: Candidate, *, now: datetime) -> RightsVerdict:
    """May this candidate's video be used at the moment ``now``?"""
    return rights_verdict(
        rights_state.of_video(connection, candidate.platform, candidate.platform_video_id),
        now=now,
        candidate_key=candidate.candidate_key,
        title=candidate.title,
        author=candidate.author,
        page_url=candidate.page_url,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a person says about the right to a video.

    Attributes:
        evidence: how that is known: an address, a mail, the person's own word.
        holder: whom an attribution names.
    """

    licence: str
    evidence: str
    stated_by: str
    holder: str | None = None


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
    )
    rights_state.append(connection, record)
    return record
