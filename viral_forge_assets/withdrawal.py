"""What the end of a right brings about: derivatives freeze, and what is live already is listed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.clearance import verdict_on
from viral_forge_resources.contracts.errors import NotFound, printable
from viral_forge_resources.contracts.publishing import MAY_BE_LIVE, Publication
from viral_forge_resources.contracts.records import Candidate, CandidateStatus, Clip
from viral_forge_resources.contracts.rights import RightsRecord
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import rights as rights_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What became of a video's candidates when a right to it ended.

    Attributes:
        frozen: candidates that nothing is made or posted of any more.
        clips: clips of other candidates that hold the work, as music; they are not posted any more.
        withdrawn: how many planned posts will not go out.
        live: posts that may be out already; only a person can take them down.
    """

    frozen: tuple[Candidate, ...]
    clips: tuple[Clip, ...]
    withdrawn: int
    live: tuple[Publication, ...]


def revoke_right(connection: sa.Connection, rights_id: str, *, now: datetime) -> Withdrawal:
    """End a right for good, and freeze whatever no other right allows.

    Raises:
        NotFound: no right in force has that id.
    """
    record = rights_state.get(connection, rights_id)
    if record is None or not rights_state.revoke(connection, rights_id, now=now):
        raise NotFound(
            f"no right in force has the id {printable(rights_id)}; "
            "`viral-forge rights show CANDIDATE` lists them."
        )
    frozen: list[Candidate] = []
    live: list[Publication] = []
    withdrawn = 0
    for candidate in candidates_state.of_video(
        connection, record.platform, record.platform_video_id
    ):
        posts = publications_state.of_candidate(connection, candidate.candidate_key)
        live += [post for post in posts if post.state in MAY_BE_LIVE]
        verdict = verdict_on(connection, candidate, now=now)
        if verdict.is_allowed:
            continue
        frozen.append(candidate)
        withdrawn += _freeze(connection, candidate, verdict.reason, verdict.remedy, now=now)
    holding, more_live, more_withdrawn = _stop_clips(connection, record, now=now)
    return Withdrawal(
        frozen=tuple(frozen),
        clips=holding,
        withdrawn=withdrawn + more_withdrawn,
        live=(*live, *more_live),
    )


def _stop_clips(
    connection: sa.Connection, record: RightsRecord, *, now: datetime
) -> tuple[tuple[Clip, ...], list[Publication], int]:
    """Clips that may not be posted for what they hold, posts that may be live, how many ended."""
    stopped: list[Clip] = []
    live: list[Publication] = []
    withdrawn = 0
    for clip in clips_state.with_material(connection, record.platform, record.platform_video_id):
        posts = publications_state.of_candidate(connection, clip.candidate_key)
        same = [post for post in posts if post.content_sha256 == clip.content_sha256]
        live += [post for post in same if post.state in MAY_BE_LIVE]
        reason = _refusal_of(connection, clip, now=now)
        if reason is not None:
            stopped.append(clip)
            withdrawn += publications_state.withdraw_content(
                connection, clip.content_sha256, reason=reason
            )
    return tuple(stopped), live, withdrawn


def _refusal_of(connection: sa.Connection, clip: Clip, *, now: datetime) -> str | None:
    """Why a clip may not be posted any more, None if it may."""
    candidate = candidates_state.get(connection, clip.candidate_key)
    if candidate is None:
        return "its candidate is not known any more"
    verdict = verdict_on(connection, candidate, now=now, materials=clip.materials)
    return None if verdict.is_allowed else verdict.reason


def _freeze(
    connection: sa.Connection,
    candidate: Candidate,
    reason: str,
    remedy: str | None,
    *,
    now: datetime,
) -> int:
    """How many planned posts of the candidate will not go out."""
    if candidate.status is not CandidateStatus.RETIRED:
        candidates_state.set_status(
            connection,
            candidate.candidate_key,
            CandidateStatus.REFUSED,
            reason=reason,
            remedy=remedy,
            now=now,
        )
    return publications_state.withdraw_dropped(
        connection, candidate.candidate_key, (), reason=reason
    )
