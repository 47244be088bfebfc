"""Statements on ``clip_prints``: what clips look and sound like, by their content."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.likeness import ClipPrint
from viral_forge_resources.contracts.publishing import MAY_BE_LIVE
from viral_forge_resources.state.rows import insert_new, read_all
from viral_forge_resources.state.tables import clip_prints, publications


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedLikeness:
    """A post that a channel may have, and what it looks and sounds like."""

    publication_id: str
    title: str
    likeness: ClipPrint


def save(
    connection: sa.Connection, content_sha256: str, likeness: ClipPrint, *, now: datetime
) -> None:
    """Remember what these bytes look and sound like; once is enough."""
    row = {"content_sha256": content_sha256, "likeness": likeness, "taken_at": now}
    insert_new(connection, clip_prints, [row])


def get(connection: sa.Connection, content_sha256: str) -> ClipPrint | None:
    """What these bytes look and sound like, None where nobody looked."""
    wanted = clip_prints.c.content_sha256 == content_sha256
    return connection.execute(sa.select(clip_prints.c.likeness).where(wanted)).scalar()


def posted_on(
    connection: sa.Connection, channel_id: str, *, since: datetime
) -> tuple[PostedLikeness, ...]:
    """What the channel may have of what was handed to it since then, the newest first."""
    posts = publications.c
    is_same = clip_prints.c.content_sha256 == posts.content_sha256
    statement = (
        sa.select(posts.publication_id, posts.title, clip_prints.c.likeness)
        .join_from(publications, clip_prints, is_same)
        .where(posts.channel_id == channel_id, posts.state.in_(sorted(MAY_BE_LIVE)))
        .where(posts.claimed_at >= since)
        .order_by(posts.claimed_at.desc(), posts.publication_id)
    )
    return read_all(connection, PostedLikeness, statement)
