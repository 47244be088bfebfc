"""What the console's pages show, read from state."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from urllib.parse import quote

import sqlalchemy as sa

from viral_forge_resources.contracts.publishing import (
    MAY_BE_LIVE,
    Approval,
    Publication,
    PublicationState,
)
from viral_forge_resources.contracts.records import (
    Artefact,
    ArtefactKind,
    Candidate,
    CandidateStatus,
    CheckResult,
    Clip,
)
from viral_forge_resources.state import approvals, artefacts, candidates, clips, niches
from viral_forge_resources.state import publications as outbox

_MOST_CLIPS = 100
_MOST_STUCK = 50
_SHORT_HASH = 12


class ClipState(StrEnum):
    """Where a clip stands, in the words of the page."""

    UNCHECKED = "not checked yet"
    FAILED = "checks failed"
    WAITING = "waiting for approval"
    APPROVED = "approved"
    REFUSED = "rejected"
    POSTING = "being posted"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPage:
    """One clip with all that state knows of it.

    Attributes:
        files: its recorded files by kind; ``clip`` itself is always among them.
        publications: of these very bytes.
    """

    clip: Clip
    candidate: Candidate
    state: ClipState
    approval: Approval | None
    publications: tuple[Publication, ...]
    files: dict[ArtefactKind, Artefact]

    @property
    def short_hash(self) -> str:
        """Enough of the content hash for a command."""
        return self.clip.content_sha256[:_SHORT_HASH]

    @property
    def is_open(self) -> bool:
        """A person may still decide."""
        return self.state in {ClipState.WAITING, ClipState.UNCHECKED, ClipState.APPROVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldChecks:
    """Checks that follow each other and say the same, such as why they do not apply."""

    names: tuple[str, ...]
    passed: bool
    message: str


def told_once(checks: Sequence[CheckResult]) -> tuple[ToldChecks, ...]:
    """``checks`` in their order, what several of them say only once."""
    said = groupby(checks, key=lambda check: (check.passed, check.message))
    return tuple(
        ToldChecks(names=tuple(check.name for check in same), passed=passed, message=message)
        for (passed, message), same in said
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The first page: clips, newest first, and candidates that gave none."""

    clips: tuple[ClipPage, ...]
    stuck: tuple[Candidate, ...]
    niches: tuple[str, ...]
    is_empty: bool


def overview(state: sa.Engine, *, niche: str, clip_state: str) -> Overview:
    """Those of the newest clips of ``niche`` that are in ``clip_state``; an empty string is any."""
    with state.connect() as connection:
        newest = (
            sorted(clips.of_niche(connection, niche), key=lambda clip: clip.rendered_at)[::-1]
            if niche
            else clips.latest(connection, limit=_MOST_CLIPS)
        )
        pages = [clip_page(connection, clip) for clip in newest[:_MOST_CLIPS]]
        stuck = [
            candidate
            for status in (CandidateStatus.FAILED, CandidateStatus.REFUSED)
            for candidate in candidates.with_status(
                connection, status, niche=niche or None, limit=_MOST_STUCK
            )
        ]
        known = tuple(each.name for each in niches.all_niches(connection))
    return Overview(
        clips=tuple(page for page in pages if page and clip_state in {"", page.state}),
        stuck=tuple(stuck),
        niches=known,
        is_empty=not newest and not stuck,
    )


def clip_page(connection: sa.Connection, clip: Clip) -> ClipPage | None:
    """All about a clip; None while its file is not recorded."""
    candidate = candidates.get(connection, clip.candidate_key)
    files = {
        file.kind: file
        for file in artefacts.of_candidate(connection, clip.candidate_key)
        if file.clip_number in {clip.number, None}
    }
    if candidate is None or ArtefactKind.CLIP not in files:
        return None
    approval = approvals.current(connection, clip.content_sha256)
    publications = tuple(
        publication
        for publication in outbox.of_candidate(connection, clip.candidate_key)
        if publication.content_sha256 == clip.content_sha256
    )
    return ClipPage(
        clip=clip,
        candidate=candidate,
        state=clip_state_of(clip, approval, publications),
        approval=approval,
        publications=publications,
        files=files,
    )


def clip_state_of(
    clip: Clip, approval: Approval | None, publications: tuple[Publication, ...]
) -> ClipState:
    """The one word for where a clip stands: what happened to it last counts most."""
    states = {publication.state for publication in publications}
    is_refused = approval is not None and not approval.is_approved
    is_approved = approval is not None or PublicationState.APPROVED in states
    possible = (
        (ClipState.PUBLISHED, PublicationState.PUBLISHED in states),
        (ClipState.POSTING, bool(states & MAY_BE_LIVE)),
        (ClipState.REFUSED, is_refused),
        (ClipState.FAILED, not all(check.passed for check in clip.checks)),
        (ClipState.APPROVED, is_approved),
        (ClipState.UNCHECKED, not clip.checks),
    )
    return next((state for state, holds in possible if holds), ClipState.WAITING)


def asset_url(dagster_url: str, candidate_key: str, asset: str = "transform/rendered_clips") -> str:
    """What the candidate has of an asset, in the Dagster UI."""
    return f"{dagster_url}/assets/{asset}?partition={quote(candidate_key, safe='')}"
