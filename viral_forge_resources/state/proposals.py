"""Statements on ``niche_proposals``, and on what of ``sightings`` proposals are made from."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.trends import Gain, NicheProposal, ProposalState
from viral_forge_resources.state.rows import insert_new, read_all, read_one, to_row
from viral_forge_resources.state.tables import niche_proposals, sightings

_HOUR_S = 3600
_EXPIRED_EVIDENCE = "its figures were removed after their time"


def propose(connection: sa.Connection, proposals: Sequence[NicheProposal]) -> tuple[str, ...]:
    """Names of the proposals that are new; one that was ever made stays as it is."""
    return tuple(insert_new(connection, niche_proposals, [to_row(each) for each in proposals]))


def get(connection: sa.Connection, name: str) -> NicheProposal | None:
    """The proposal of that name."""
    wanted = sa.select(niche_proposals).where(niche_proposals.c.name == name)
    return read_one(connection, NicheProposal, wanted)


def all_proposals(
    connection: sa.Connection, state: ProposalState | None = None
) -> tuple[NicheProposal, ...]:
    """Every proposal, or every one in that state, the newest first."""
    statement = sa.select(niche_proposals)
    if state is not None:
        statement = statement.where(niche_proposals.c.state == state)
    order = (niche_proposals.c.proposed_at.desc(), niche_proposals.c.name)
    return read_all(connection, NicheProposal, statement.order_by(*order))


def decide(
    connection: sa.Connection, name: str, state: ProposalState, *, decided_by: str, now: datetime
) -> bool:
    """True if the proposal was open until now."""
    is_open = (niche_proposals.c.name == name) & (niche_proposals.c.state == ProposalState.OPEN)
    decided = {"state": state, "decided_by": decided_by, "decided_at": now}
    return (
        connection.execute(sa.update(niche_proposals).where(is_open).values(decided)).rowcount > 0
    )


def forget_figures(connection: sa.Connection, *, before: datetime) -> int:
    """How many proposals made before that moment lost the figures that they quote."""
    has_figures = (niche_proposals.c.proposed_at < before) & (
        niche_proposals.c.evidence != _EXPIRED_EVIDENCE
    )
    statement = sa.update(niche_proposals).where(has_figures)
    return connection.execute(statement.values(evidence=_EXPIRED_EVIDENCE)).rowcount


def gains(
    connection: sa.Connection, niche: str, *, after: datetime, until: datetime
) -> tuple[Gain, ...]:
    """How much each video of the niche that was seen twice in that time grew meanwhile.

    A video whose views are hidden is left out.
    """
    seen = sightings.c
    video = (seen.platform, seen.platform_video_id)
    oldest, newest = sa.func.min(seen.seen_at), sa.func.max(seen.seen_at)
    ends = (
        sa.select(*video, oldest.label("first"), newest.label("last"))
        .where(seen.niche == niche, seen.seen_at > after, seen.seen_at <= until)
        .where(seen.views.is_not(None))
        .group_by(*video)
        .having(newest > oldest)
        .subquery()
    )
    first, last = sightings.alias(), sightings.alias()
    told = (last.c.title, last.c.author, last.c.author_id, last.c.tags, last.c.sound)
    grown = (last.c.views - first.c.views).label("grown")
    statement = sa.select(ends, *told, grown)
    for end, moment in ((first, ends.c.first), (last, ends.c.last)):
        is_it = (
            (end.c.niche == niche)
            & (end.c.platform == ends.c.platform)
            & (end.c.platform_video_id == ends.c.platform_video_id)
            & (end.c.seen_at == moment)
        )
        statement = statement.join(end, is_it)
    return tuple(
        Gain(
            platform=row.platform,
            platform_video_id=row.platform_video_id,
            title=row.title,
            author=row.author,
            author_id=row.author_id,
            tags=row.tags,
            views=max(row.grown, 0),
            hours=(row.last - row.first).total_seconds() / _HOUR_S,
            sound=row.sound,
        )
        for row in connection.execute(statement)
    )
