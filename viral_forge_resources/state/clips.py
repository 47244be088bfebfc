"""Statements on ``clips``."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.records import CheckResult, Clip
from viral_forge_resources.contracts.results import MadeClip
from viral_forge_resources.state.rows import excluded, read_all, to_row, upsert
from viral_forge_resources.state.tables import candidates, clips


def record(connection: sa.Connection, clip: Clip) -> None:
    """Remember a clip as it is now; the checks of other bytes fall away."""
    is_same = clips.c.content_sha256 == excluded(connection, clips, "content_sha256")
    kept = sa.case((is_same, clips.c.checks), else_=excluded(connection, clips, "checks"))
    upsert(connection, clips, to_row(clip), instead={"checks": kept})


def record_checks(
    connection: sa.Connection,
    candidate_key: str,
    number: int,
    *,
    content_sha256: str,
    checks: tuple[CheckResult, ...],
) -> bool:
    """True if these bytes are still the clip, and now have these checks."""
    is_current = (
        (clips.c.candidate_key == candidate_key)
        & (clips.c.number == number)
        & (clips.c.content_sha256 == content_sha256)
    )
    return connection.execute(sa.update(clips).where(is_current).values(checks=checks)).rowcount > 0


def keep_only(connection: sa.Connection, candidate_key: str, numbers: Collection[int]) -> int:
    """How many other clips of the candidate were forgotten now."""
    others = (clips.c.candidate_key == candidate_key) & clips.c.number.not_in(numbers)
    return connection.execute(sa.delete(clips).where(others)).rowcount


def of_candidate(connection: sa.Connection, key: str) -> tuple[Clip, ...]:
    """The clips of a candidate, by number."""
    statement = sa.select(clips).where(clips.c.candidate_key == key).order_by(clips.c.number)
    return read_all(connection, Clip, statement)


def with_material(
    connection: sa.Connection, platform: str, platform_video_id: str
) -> tuple[Clip, ...]:
    """Clips that hold that work besides their source, by candidate and number."""
    # The text narrows it down where a database keeps many clips; what counts is what it says.
    text = sa.cast(clips.c.materials, sa.Text)
    may_hold = sa.select(clips).where(text.contains(platform_video_id, autoescape=True))
    return tuple(
        clip
        for clip in read_all(
            connection, Clip, may_hold.order_by(clips.c.candidate_key, clips.c.number)
        )
        if any(
            (each.platform, each.platform_video_id) == (platform, platform_video_id)
            for each in clip.materials
        )
    )


def with_content(connection: sa.Connection, prefix: str) -> tuple[Clip, ...]:
    """Clips whose content hash starts with ``prefix``; none where that is empty."""
    if not prefix:
        return ()
    statement = sa.select(clips).where(
        clips.c.content_sha256.startswith(prefix.lower(), autoescape=True)
    )
    return read_all(connection, Clip, statement.order_by(clips.c.candidate_key, clips.c.number))


def of_niche(connection: sa.Connection, niche: str) -> tuple[Clip, ...]:
    """The clips of a niche, by candidate and number."""
    statement = sa.select(clips).join(candidates).where(candidates.c.niche == niche)
    return read_all(connection, Clip, statement.order_by(clips.c.candidate_key, clips.c.number))


def made(connection: sa.Connection, *, until: datetime) -> tuple[MadeClip, ...]:
    """Every clip, as it stands, that was rendered before ``until``, by candidate and number."""
    statement = (
        sa.select(candidates.c.niche, clips.c.candidate_key, clips.c.number)
        .join(candidates)
        .where(clips.c.rendered_at < until)
        .order_by(clips.c.candidate_key, clips.c.number)
    )
    return tuple(map(MadeClip._make, connection.execute(statement)))


def latest(connection: sa.Connection, *, limit: int) -> tuple[Clip, ...]:
    """The newest clips, newest first."""
    newest_first = (clips.c.rendered_at.desc(), clips.c.candidate_key, clips.c.number)
    return read_all(connection, Clip, sa.select(clips).order_by(*newest_first).limit(limit))
