"""What a round of choosing reads of ``candidates``."""

from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.records import Candidate, CandidateStatus
from viral_forge_resources.state.rows import read_all
from viral_forge_resources.state.tables import candidates, rights


def to_review(connection: sa.Connection, niche: str) -> tuple[Candidate, ...]:
    """Candidates of a niche whose right to be there may have come or gone, by key.

    All that were chosen, and of the refused those that the rights ledger has a row on.
    """
    mine = (rights.c.platform == candidates.c.platform) & (
        rights.c.platform_video_id == candidates.c.platform_video_id
    )
    is_refused = candidates.c.status == CandidateStatus.REFUSED
    statement = (
        sa.select(candidates)
        .where(candidates.c.niche == niche, candidates.c.status != CandidateStatus.RETIRED)
        .where(~is_refused | sa.exists().where(mine))
        .order_by(candidates.c.candidate_key)
    )
    return read_all(connection, Candidate, statement)


def statuses(connection: sa.Connection, niche: str) -> dict[tuple[str, str], CandidateStatus]:
    """What became of each candidate of a niche, by platform and id."""
    columns = (candidates.c.platform, candidates.c.platform_video_id, candidates.c.status)
    rows = connection.execute(sa.select(*columns).where(candidates.c.niche == niche))
    return {(platform, video_id): status for platform, video_id, status in rows.tuples()}


def newly_shortlisted(connection: sa.Connection, niche: str, *, since: datetime) -> dict[str, int]:
    """By platform, how many candidates of a niche were chosen from then on, but by no person."""
    statement = (
        sa.select(candidates.c.platform, sa.func.count())
        .where(candidates.c.niche == niche, candidates.c.decided_at >= since)
        .where(candidates.c.status != CandidateStatus.REFUSED, candidates.c.ranking.is_not(None))
        .group_by(candidates.c.platform)
    )
    return dict(connection.execute(statement).tuples().all())
