"""Statements that count what a studio has done, for its reports."""

from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.results import Queue, Steps
from viral_forge_resources.state.rows import read_all
from viral_forge_resources.state.tables import (
    approvals,
    candidates,
    clips,
    publications,
    sightings,
)

_S = PublicationState
_QUEUED = (_S.PLANNED, _S.APPROVED, _S.SUBMITTING, _S.PROCESSING, _S.UNKNOWN)


def steps(connection: sa.Connection, *, until: datetime) -> Steps:
    """How much came how far until then."""
    seen = sa.select(sightings.c.platform, sightings.c.platform_video_id).distinct()
    yes = sa.select(approvals.c.content_sha256).where(approvals.c.is_approved).distinct()
    post = publications.c
    is_live = (post.state == _S.PUBLISHED) & (post.published_at < until)
    counted = {
        "seen": seen.where(sightings.c.seen_at < until),
        "candidates": sa.select(candidates.c.candidate_key).where(candidates.c.decided_at < until),
        "clips": sa.select(clips.c.number).where(clips.c.rendered_at < until),
        "approved": yes.where(approvals.c.decided_at < until),
        "posted": sa.select(post.publication_id).where(is_live),
    }
    found = {
        name: connection.execute(
            sa.select(sa.func.count()).select_from(which.subquery())
        ).scalar_one()
        for name, which in counted.items()
    }
    return Steps(**found)


def queue(connection: sa.Connection) -> tuple[Queue, ...]:
    """Posts that wait or are under way, as they stand now, by channel and state."""
    of = publications.c
    statement = (
        sa.select(
            of.channel_id,
            of.state,
            sa.func.count().label("posts"),
            sa.func.min(of.due_at, type_=of.due_at.type).label("next_at"),
        )
        .where(of.state.in_(_QUEUED))
        .group_by(of.channel_id, of.state)
        .order_by(of.channel_id, of.state)
    )
    return read_all(connection, Queue, statement)
