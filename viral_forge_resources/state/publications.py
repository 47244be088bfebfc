"""Statements on ``publications``, the outbox: every step is one conditional update."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa

from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.contracts.keys import short_hash
from viral_forge_resources.contracts.publishing import (
    MAY_BE_LIVE,
    TRANSITIONS,
    Disclosure,
    PostText,
    Publication,
    PublicationState,
    Published,
)
from viral_forge_resources.state import snapshots
from viral_forge_resources.state.channel_halts import is_halted
from viral_forge_resources.state.rows import Values, insert_new, to_row
from viral_forge_resources.state.tables import (
    candidates,
    channels,
    publication_sessions,
    publications,
)

_S = PublicationState
_AT_ONCE = 500
_WAITING = (_S.PLANNED, _S.APPROVED)
_DUE = (_S.APPROVED, _S.PROCESSING, _S.UNKNOWN)
_MAY_STAY = frozenset({_S.PROCESSING, _S.UNKNOWN})
_ENDS = frozenset({_S.PUBLISHED, _S.REJECTED, _S.WITHDRAWN})


class StepFacts(TypedDict, total=False):
    """What a step may write besides the state; what is None or not given stays as it is.

    Only the reason does not: it speaks of the state that a publication is in now. ``live_at`` is
    when the public sees the post, where that is not the moment of the step.
    """

    receipt: str | None
    post_id: str | None
    post_url: str | None
    live_at: datetime | None
    reason: str | None
    due_at: datetime | None


def publication_id(content_sha256: str, channel_id: str) -> str:
    """The id that these bytes have on this channel, every time they are planned."""
    return short_hash(content_sha256, channel_id)


def plan(connection: sa.Connection, publication: Publication) -> bool:
    """True if the publication waits for approval now; older plans for the clip are withdrawn.

    A withdrawn one of the same bytes comes back. False if these bytes have another row for that
    channel, or if an older post of the clip may be live there.

    Raises:
        ValueError: it is not planned but further.
    """
    if publication.state is not _S.PLANNED:
        raise ValueError(f"a publication does not start as {publication.state}")
    _lock_channel(connection, publication.channel_id)
    same_clip = (
        (publications.c.candidate_key == publication.candidate_key)
        & (publications.c.clip_number == publication.clip_number)
        & (publications.c.channel_id == publication.channel_id)
    )
    # Locked before they are judged: a claim under way ends before, or sees what became of them.
    siblings = _read(connection, sa.select(publications).where(same_clip).with_for_update())
    if any(sibling.state in MAY_BE_LIVE for sibling in siblings):
        return False
    is_older = same_clip & (publications.c.content_sha256 != publication.content_sha256)
    _withdraw(connection, is_older, reason="The clip was rendered anew.")
    return _bring_back(connection, same_clip, publication) or bool(
        insert_new(connection, publications, [_values(publication)])
    )


def _bring_back(
    connection: sa.Connection, same_clip: sa.ColumnElement[bool], publication: Publication
) -> bool:
    is_withdrawn = _is(publication.publication_id) & (publications.c.state == _S.WITHDRAWN)
    values = _values(publication) | {"approved_at": None}
    values.pop("attempts")
    step = sa.update(publications).where(same_clip, is_withdrawn)
    return connection.execute(step.values(values)).rowcount > 0


def _lock_channel(connection: sa.Connection, channel_id: str) -> None:
    # Two plans for one channel take turns, also where there is no row yet that they could lock.
    channel = sa.select(channels.c.channel_id).where(channels.c.channel_id == channel_id)
    connection.execute(channel.with_for_update(key_share=True))


def get(connection: sa.Connection, publication_id: str) -> Publication | None:
    """The publication of that id."""
    found = _read(connection, sa.select(publications).where(_is(publication_id)))
    return found[0] if found else None


def of_content(connection: sa.Connection, content_sha256: str) -> tuple[Publication, ...]:
    """Every publication of these bytes."""
    of = publications.c
    statement = sa.select(publications).where(of.content_sha256 == content_sha256)
    return _read(connection, statement.order_by(of.channel_id))


def of_candidate(connection: sa.Connection, key: str) -> tuple[Publication, ...]:
    """Every publication of a candidate, by clip and moment of planning."""
    statement = sa.select(publications).where(publications.c.candidate_key == key)
    order = (publications.c.clip_number, publications.c.planned_at, publications.c.publication_id)
    return _read(connection, statement.order_by(*order))


def of_niche(connection: sa.Connection, niche: str) -> tuple[Publication, ...]:
    """Every publication of a niche's clips, by candidate, clip and moment of planning."""
    statement = sa.select(publications).join(candidates).where(candidates.c.niche == niche)
    order = (publications.c.candidate_key, publications.c.clip_number, publications.c.planned_at)
    return _read(connection, statement.order_by(*order, publications.c.publication_id))


def in_state(connection: sa.Connection, *states: PublicationState) -> tuple[Publication, ...]:
    """Every publication in one of the states, the longest due first."""
    statement = sa.select(publications).where(publications.c.state.in_(states))
    order = (publications.c.due_at, publications.c.publication_id)
    return _read(connection, statement.order_by(*order))


def has_live(connection: sa.Connection) -> bool:
    """Whether any post is live."""
    is_live = sa.select(publications.c.publication_id).where(publications.c.state == _S.PUBLISHED)
    return connection.execute(is_live.limit(1)).first() is not None


def live(
    connection: sa.Connection, *, ids: Sequence[str], publishers: Sequence[str] = ()
) -> tuple[Publication, ...]:
    """The live ones of ``ids``, and every live post on a channel of ``publishers``."""
    is_live = sa.select(publications).where(publications.c.state == _S.PUBLISHED)
    of_publishers = [publications.c.channel_id.startswith(f"{name}:") for name in publishers]
    found = list(_read(connection, is_live.where(sa.or_(*of_publishers)))) if publishers else []
    known = {row.publication_id for row in found}
    wanted = [each for each in ids if each not in known]
    for start in range(0, len(wanted), _AT_ONCE):
        some = publications.c.publication_id.in_(wanted[start : start + _AT_ONCE])
        found += _read(connection, is_live.where(some))
    return tuple(found)


def tell(connection: sa.Connection, publication_id: str, disclosure: Disclosure) -> bool:
    """True if the publication waits, and will be posted with ``disclosure``."""
    step = sa.update(publications).where(_is(publication_id), publications.c.state.in_(_WAITING))
    return connection.execute(step.values(disclosure=disclosure)).rowcount > 0


def approve(connection: sa.Connection, content_sha256: str, *, now: datetime) -> int:
    """How many plans of these bytes were approved now."""
    is_planned = (publications.c.content_sha256 == content_sha256) & (
        publications.c.state == _S.PLANNED
    )
    step = sa.update(publications).where(is_planned).values(state=_S.APPROVED, approved_at=now)
    return connection.execute(step).rowcount


def withdraw(connection: sa.Connection, content_sha256: str, *, reason: str) -> int:
    """How many publications of these bytes, planned or approved, will not be posted now."""
    return _withdraw(connection, publications.c.content_sha256 == content_sha256, reason=reason)


def withdraw_dropped(
    connection: sa.Connection, candidate_key: str, kept: Collection[int], *, reason: str
) -> int:
    """How many publications, planned or approved, of other clips than ``kept`` are withdrawn."""
    is_dropped = (publications.c.candidate_key == candidate_key) & (
        publications.c.clip_number.not_in(kept)
    )
    return _withdraw(connection, is_dropped, reason=reason)


def withdraw_content(connection: sa.Connection, content_sha256: str, *, reason: str) -> int:
    """How many publications, planned or approved, of these very bytes are withdrawn."""
    return _withdraw(connection, publications.c.content_sha256 == content_sha256, reason=reason)


def of_channel(
    connection: sa.Connection, channel_id: str, *states: PublicationState
) -> tuple[Publication, ...]:
    """Every publication of the channel that is in one of the states."""
    statement = sa.select(publications).where(
        publications.c.channel_id == channel_id, publications.c.state.in_(states)
    )
    return _read(connection, statement.order_by(publications.c.due_at))


def withdraw_channel(connection: sa.Connection, channel_id: str, *, reason: str) -> int:
    """How many publications, planned or approved, of the channel are withdrawn."""
    return _withdraw(connection, publications.c.channel_id == channel_id, reason=reason)


def _withdraw(connection: sa.Connection, which: sa.ColumnElement[bool], *, reason: str) -> int:
    is_waiting = publications.c.state.in_(_WAITING)
    _forget_session(connection, which & is_waiting)
    step = sa.update(publications).where(which, is_waiting)
    return connection.execute(step.values(state=_S.WITHDRAWN, reason=reason)).rowcount


def due(connection: sa.Connection, *, now: datetime, limit: int) -> tuple[Publication, ...]:
    """What there is to do: approved ones that are due first, then those to look at again.

    Approved ones of a channel that has stopped, or is submitting another one, wait.
    """
    is_held_up = is_halted(publications.c.channel_id) | _is_channel_busy()
    waits = (publications.c.state == _S.APPROVED) & is_held_up
    statement = sa.select(publications).where(
        publications.c.state.in_(_DUE), publications.c.due_at <= now, ~waits
    )
    # A post that nobody can decide about stays unknown for days: it may not hold up new ones.
    looks_again = sa.case((publications.c.state == _S.APPROVED, 0), else_=1)
    order = (looks_again, publications.c.due_at, publications.c.publication_id)
    return _read(connection, statement.order_by(*order).limit(limit))


def claim(
    connection: sa.Connection,
    publication_id: str,
    *,
    claimed_by: str,
    lease: timedelta,
    now: datetime,
) -> Publication | None:
    """The publication, submitting and ours until the lease is over; None if it may not start now.

    It may not while another one of the channel is submitting, while the channel has stopped, or if
    it is not approved and due.
    """
    step = (
        sa.update(publications)
        .where(_is(publication_id), publications.c.state == _S.APPROVED)
        .where(publications.c.due_at <= now, ~_is_channel_busy())
        .where(~is_halted(publications.c.channel_id))
        .values(state=_S.SUBMITTING, lease_until=now + lease)
        .values(claimed_by=claimed_by, claimed_at=now)
        .values(attempts=publications.c.attempts + 1, receipt=None, reason=None)
    )
    try:
        with connection.begin_nested():
            found = _rows(connection.execute(step.returning(publications)))
    except sa.exc.IntegrityError:  # the unique indices saw a claim that this transaction could not
        return None
    return found[0] if found else None


def _is_channel_busy() -> sa.ColumnElement[bool]:
    other = publications.alias("other")
    return sa.exists().where(
        other.c.channel_id == publications.c.channel_id, other.c.state == _S.SUBMITTING
    )


def renew(connection: sa.Connection, claimed: Publication, *, lease_until: datetime) -> bool:
    """True if the claim still holds, and does until ``lease_until``; False if it was taken over."""
    is_ours = (
        _is(claimed.publication_id)
        & (publications.c.state == _S.SUBMITTING)
        & (publications.c.claimed_by == claimed.claimed_by)
        & (publications.c.attempts == claimed.attempts)
    )
    step = sa.update(publications).where(is_ours).values(lease_until=lease_until)
    return connection.execute(step).rowcount > 0


def settle(
    connection: sa.Connection,
    publication_id: str,
    state: PublicationState,
    *,
    expected: PublicationState,
    now: datetime,
    claimed_by: str | None = None,
    **facts: Unpack[StepFacts],
) -> bool:
    """True if the publication took the step from ``expected`` to ``state``, False if it had moved.

    A publication in processing or unknown may stay so, with another reason or due later. With
    ``claimed_by`` the step is taken only if that claim is the newest one.

    Raises:
        ValueError: no publication may ever take this step, or only ``claim`` or ``plan`` takes it.
    """
    if not _may_settle(expected, state):
        raise ValueError(f"a publication does not go from {expected} to {state} here")
    live_at = facts.pop("live_at", None) or now
    given = {name: value for name, value in facts.items() if value is not None}
    values: Values = {"reason": None, "lease_until": None, "state": state, **given}
    if state is _S.PUBLISHED:
        values["published_at"] = live_at
    if (expected, state) == (_S.PLANNED, _S.APPROVED):
        values["approved_at"] = now
    step = sa.update(publications).where(_is(publication_id), publications.c.state == expected)
    if claimed_by is not None:
        step = step.where(publications.c.claimed_by == claimed_by)
    is_taken = connection.execute(step.values(values)).rowcount > 0
    if is_taken and state is _S.PUBLISHED:
        snapshots.enrol(connection, publication_id, published_at=live_at)
    if is_taken and state in _ENDS:
        _forget_session(connection, publications.c.publication_id == publication_id)
    return is_taken


def rename(connection: sa.Connection, publication: Publication, known_as: Published) -> bool:
    """True if the live post stands under the id ``known_as`` from now on, and its state as it was.

    False if it was taken down, or got another id than ``publication`` has, meanwhile.
    """
    step = sa.update(publications).where(
        _is(publication.publication_id),
        publications.c.state == _S.PUBLISHED,
        publications.c.post_id == publication.post_id,
    )
    values = {"post_id": known_as.post_id, "post_url": known_as.url, "reason": known_as.note}
    return connection.execute(step.values(values)).rowcount > 0


def _forget_session(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """Where nothing is left to resume, no address of an upload is kept."""
    ended = sa.select(publications.c.publication_id).where(which)
    is_theirs = publication_sessions.c.publication_id.in_(ended)
    connection.execute(sa.delete(publication_sessions).where(is_theirs))


def _may_settle(expected: PublicationState, state: PublicationState) -> bool:
    if state is expected:
        return state in _MAY_STAY
    return state in TRANSITIONS[expected] - {_S.SUBMITTING, _S.PLANNED}


def expire_leases(connection: sa.Connection, *, now: datetime) -> int:
    """How many claims ended without an answer: whether they took effect is unknown now."""
    is_over = (publications.c.state == _S.SUBMITTING) & (publications.c.lease_until <= now)
    step = sa.update(publications).where(is_over)
    values = {
        "state": _S.UNKNOWN,
        "lease_until": None,
        "reason": "No answer came before the lease was over.",
    }
    return connection.execute(step.values(values)).rowcount


def _is(publication_id: str) -> sa.ColumnElement[bool]:
    return publications.c.publication_id == publication_id


def _values(publication: Publication) -> Values:
    values = to_row(publication)
    values.update(to_row(values.pop("text")))
    return values


def _read(connection: sa.Connection, statement: sa.Select[Any]) -> tuple[Publication, ...]:
    return _rows(connection.execute(statement))


def _rows(result: sa.Result[Any]) -> tuple[Publication, ...]:
    return tuple(_publication(dict(row)) for row in result.mappings())


def _publication(row: dict[str, Any]) -> Publication:
    words = {field.name: row.pop(field.name) for field in fields(PostText)}
    style = words.pop("title_style")
    row.pop("approved_at")
    text = PostText(**words, title_style=TitleStyle(style) if style else None)
    disclosure = row.pop("disclosure") or Disclosure()  # planned before there were any
    return Publication(text=text, disclosure=disclosure, **row)
