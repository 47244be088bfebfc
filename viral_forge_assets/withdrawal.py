"""What the end of a right brings about: derivatives freeze, and what is live already is listed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.clearance import verdict_on
from viral_forge_resources.contracts.errors import NotFound, printable
from viral_forge_resources.contracts.publishing import MAY_BE_LIVE, Publication
from viral_forge_resources.contracts.records import Candidate, CandidateStatus
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import rights as rights_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What became of a video's candidates when a right to it ended.

    Attributes:
        frozen: candidates that nothing is made or posted of any more.
        withdrawn: how many planned posts will not go out.
        live: posts that may be out already; only a person can take them down.
    """

    frozen: tuple[Candidate, ...]
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
    return Withdrawal(frozen=tuple(frozen), withdrawn=withdrawn, live=tuple(live))


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
