"""Statements on ``candidates``."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.errors import NotFound, printable
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import Candidate, CandidateStatus
from viral_forge_resources.state.rows import Values, insert_new, read_all, read_one, to_row
from viral_forge_resources.state.tables import candidates, clips, publications, sightings

_AT_ONCE = 400
_KEPT = frozenset({"candidate_key", "source_sha256"})  # a decision knows nothing of these
_FIGURES = ("score", "score_parts", "weights_version", "ranking")
_NO_NEWS = frozenset({"decided_at", *_FIGURES}) | _KEPT  # these alone are no new decision
_OPEN = (
    PublicationState.PLANNED,
    PublicationState.APPROVED,
    PublicationState.SUBMITTING,
    PublicationState.PROCESSING,
    PublicationState.UNKNOWN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a round of decisions came to.

    Attributes:
        new: keys that were not known before.
        changed: keys whose decision is another one now.
        unchanged: how many stayed as they were.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int


def decide(connection: sa.Connection, decisions: Sequence[Candidate]) -> Decided:
    """Remember decisions on candidates, new and known.

    A retired candidate stays as it is. A failed one stays failed as long as nothing that it is
    made of changed: that it is wanted does not mend it.
    """
    wanted = {decision.candidate_key: decision for decision in decisions}
    known = of_keys(connection, sorted(wanted))
    fresh = [to_row(decision) for key, decision in wanted.items() if key not in known]
    new = insert_new(connection, candidates, fresh)
    changed, figures = [], []
    for key, before in known.items():
        now = wanted[key]
        if _stays(before, now):
            continue
        if _is_news(before, now):
            _update(connection, key, to_row(now))
            changed.append(key)
        else:
            figures.append(now)
    _update_figures(connection, figures)
    return Decided(
        new=tuple(sorted(new)),
        changed=tuple(sorted(changed)),
        unchanged=len(wanted) - len(new) - len(changed),
    )


def of_keys(connection: sa.Connection, keys: Sequence[str]) -> dict[str, Candidate]:
    """Those of the candidates that there are, by key."""
    found = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = candidates.c.candidate_key.in_(keys[start : start + _AT_ONCE])
        for candidate in read_all(connection, Candidate, sa.select(candidates).where(some)):
            found[candidate.candidate_key] = candidate
    return found


def _stays(before: Candidate, now: Candidate) -> bool:
    if before.status is CandidateStatus.FAILED and now.status is CandidateStatus.SHORTLISTED:
        return (before.locator, before.subtitles, before.rights_id) == (
            now.locator,
            now.subtitles,
            now.rights_id,
        )
    return before.status is CandidateStatus.RETIRED or (
        not _is_news(before, now)
        and all(getattr(before, name) == getattr(now, name) for name in _FIGURES)
    )


def _is_news(before: Candidate, now: Candidate) -> bool:
    compared = (field.name for field in fields(Candidate) if field.name not in _NO_NEWS)
    return any(getattr(before, name) != getattr(now, name) for name in compared)


def _update(connection: sa.Connection, key: str, row: Values) -> None:
    values = {name: value for name, value in row.items() if name not in _KEPT}
    is_active = candidates.c.status != CandidateStatus.RETIRED
    this = candidates.c.candidate_key == key
    connection.execute(sa.update(candidates).where(this, is_active).values(values))


def _update_figures(connection: sa.Connection, decisions: Sequence[Candidate]) -> None:
    if not decisions:
        return
    this = candidates.c.candidate_key == sa.bindparam("key")
    changes = {
        name: sa.bindparam(f"new_{name}", type_=candidates.c[name].type) for name in _FIGURES
    }
    rows = [
        {"key": each.candidate_key} | {f"new_{name}": getattr(each, name) for name in _FIGURES}
        for each in decisions
    ]
    connection.execute(sa.update(candidates).where(this).values(changes), rows)


def get(connection: sa.Connection, key: str) -> Candidate | None:
    """The candidate of that key."""
    statement = sa.select(candidates).where(candidates.c.candidate_key == key)
    return read_one(connection, Candidate, statement)


def with_status(
    connection: sa.Connection,
    status: CandidateStatus,
    *,
    niche: str | None = None,
    limit: int | None = None,
) -> tuple[Candidate, ...]:
    """Candidates of that status, the longest decided first."""
    statement = sa.select(candidates).where(candidates.c.status == status)
    if niche is not None:
        statement = statement.where(candidates.c.niche == niche)
    oldest_first = (candidates.c.decided_at, candidates.c.candidate_key)
    return read_all(connection, Candidate, statement.order_by(*oldest_first).limit(limit))


def keys_with_status(connection: sa.Connection, status: CandidateStatus) -> tuple[str, ...]:
    """Keys of the candidates of that status, the longest decided first."""
    oldest_first = (candidates.c.decided_at, candidates.c.candidate_key)
    statement = sa.select(candidates.c.candidate_key).where(candidates.c.status == status)
    return tuple(connection.scalars(statement.order_by(*oldest_first)))


def decided_at(connection: sa.Connection, keys: Sequence[str]) -> dict[str, datetime]:
    """When each of ``keys`` was decided on last; at most some hundred at once."""
    columns = (candidates.c.candidate_key, candidates.c.decided_at)
    statement = sa.select(*columns).where(candidates.c.candidate_key.in_(keys))
    return {row.candidate_key: row.decided_at for row in connection.execute(statement)}


def never_planned(connection: sa.Connection) -> frozenset[str]:
    """Keys of the shortlisted candidates of which no post was ever planned."""
    mine = publications.c.candidate_key == candidates.c.candidate_key
    statement = sa.select(candidates.c.candidate_key).where(
        candidates.c.status == CandidateStatus.SHORTLISTED, ~sa.exists().where(mine)
    )
    return frozenset(connection.scalars(statement))


def of_niche(connection: sa.Connection, niche: str) -> tuple[Candidate, ...]:
    """Every candidate of a niche, by status and key."""
    statement = sa.select(candidates).where(candidates.c.niche == niche)
    order = (candidates.c.status, candidates.c.candidate_key)
    return read_all(connection, Candidate, statement.order_by(*order))


def set_status(
    connection: sa.Connection,
    key: str,
    status: CandidateStatus,
    *,
    reason: str,
    remedy: str | None = None,
    now: datetime,
) -> None:
    """Give a candidate another status.

    Raises:
        NotFound: no candidate has that key.
    """
    values = {"status": status, "reason": reason, "remedy": remedy, "decided_at": now}
    this = candidates.c.candidate_key == key
    if connection.execute(sa.update(candidates).where(this).values(values)).rowcount == 0:
        raise NotFound(f"{printable(key)} names no candidate.")


def forget_figures(connection: sa.Connection, *, platforms: Collection[str]) -> int:
    """How many candidates of ``platforms`` lost the figures behind their score.

    They are those whose sightings are all gone; the score itself, which is ours, stays.
    """
    is_of_it = [
        getattr(sightings.c, name) == getattr(candidates.c, name)
        for name in ("niche", "platform", "platform_video_id")
    ]
    has_figures = sa.or_(
        sa.cast(candidates.c.score_parts, sa.Text) != "[]", candidates.c.ranking.is_not(None)
    )
    statement = (
        sa.update(candidates)
        .where(candidates.c.platform.in_(platforms), has_figures, ~sa.exists().where(*is_of_it))
        .values(score_parts=(), ranking=None)
    )
    return connection.execute(statement).rowcount


def claim_source(connection: sa.Connection, key: str, sha256: str) -> str:
    """Key of the niche's candidate that owns these source bytes: this one if nobody did before.

    Raises:
        NotFound: no candidate has that key.
    """
    candidate = get(connection, key)
    if candidate is None:
        raise NotFound(f"{printable(key)} names no candidate.")
    owned = (candidates.c.niche == candidate.niche) & (candidates.c.source_sha256 == sha256)
    owner = sa.select(candidates.c.candidate_key).where(owned)
    found: str | None = connection.scalar(owner)
    if found is not None:
        return found
    mine = sa.update(candidates).where(candidates.c.candidate_key == key)
    try:
        with connection.begin_nested():
            connection.execute(mine.values(source_sha256=sha256))
    except sa.exc.IntegrityError:  # another process was first
        return str(connection.scalar(owner))
    return key


def retirable(connection: sa.Connection, *, before: datetime) -> tuple[str, ...]:
    """Keys of candidates that nothing happened to since ``before`` and nothing is open about.

    Refused ones are not among them: they are no partitions, and may still get a right.
    """
    decided = candidates.c.status.in_((CandidateStatus.SHORTLISTED, CandidateStatus.FAILED))
    mine = publications.c.candidate_key == candidates.c.candidate_key
    is_busy = sa.or_(
        publications.c.state.in_(_OPEN),
        publications.c.planned_at >= before,
        publications.c.published_at >= before,
    )
    rendered = (clips.c.candidate_key == candidates.c.candidate_key) & (
        clips.c.rendered_at >= before
    )
    statement = (
        sa.select(candidates.c.candidate_key)
        .where(decided, candidates.c.decided_at < before)
        .where(~sa.exists().where(mine, is_busy), ~sa.exists().where(rendered))
        .order_by(candidates.c.candidate_key)
    )
    return tuple(connection.scalars(statement))


def of_video(
    connection: sa.Connection, platform: str, platform_video_id: str
) -> tuple[Candidate, ...]:
    """The candidates that one video became, by key: at most one a niche."""
    is_it = (candidates.c.platform == platform) & (
        candidates.c.platform_video_id == platform_video_id
    )
    statement = sa.select(candidates).where(is_it).order_by(candidates.c.candidate_key)
    return read_all(connection, Candidate, statement)


def by_author(connection: sa.Connection, author: str) -> set[tuple[str, str]]:
    """Platform and id of the videos whose author has that name, whatever its case."""
    statement = sa.select(candidates.c.platform, candidates.c.platform_video_id).where(
        sa.func.lower(candidates.c.author) == author.strip().lower()
    )
    return {(row.platform, row.platform_video_id) for row in connection.execute(statement)}
