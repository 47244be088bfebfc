"""What a person decides about the outbox: yes or no to a clip's bytes, the end of a lost post."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.queueing import deal_channel, deal_times
from viral_forge_resources.contracts.errors import BadInput, NotFound, printable
from viral_forge_resources.contracts.publishing import Approval, Publication, PublicationState
from viral_forge_resources.contracts.records import Clip
from viral_forge_resources.state import approvals as approvals_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import queues as queues_state

_SHORTEST_PREFIX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who says what of a clip, when and why."""

    is_approved: bool
    decided_by: str
    decided_at: datetime
    note: str | None = None


def decide(connection: sa.Connection, prefix: str, decision: Decision) -> Clip:
    """The clip decided on; its planned posts become approved, or its open ones withdrawn.

    A yes counts for posts that were withdrawn before, too: a person may think again.

    Args:
        connection: in a transaction of the caller's.
        prefix: the clip's content hash, or its first 8 digits or more.
        decision: what is said of it.

    Raises:
        BadInput: no clip has such bytes now, several have, or its checks do not allow a yes.
    """
    clip = _only_clip(connection, prefix)
    if decision.is_approved:
        _refuse_faulty(clip)
    approvals_state.record(
        connection,
        Approval(
            content_sha256=clip.content_sha256,
            is_approved=decision.is_approved,
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
            note=decision.note,
        ),
    )
    if decision.is_approved:
        _plan_again(connection, clip, now=decision.decided_at)
        publications_state.approve(connection, clip.content_sha256, now=decision.decided_at)
        _deal_times(connection, clip, now=decision.decided_at)
    else:
        reason = f"rejected by {decision.decided_by}"
        publications_state.withdraw(connection, clip.content_sha256, reason=reason)
    return clip


def _plan_again(connection: sa.Connection, clip: Clip, *, now: datetime) -> None:
    for row in publications_state.of_candidate(connection, clip.candidate_key):
        is_same = row.content_sha256 == clip.content_sha256
        if is_same and row.state is PublicationState.WITHDRAWN:
            planned = replace(row, state=PublicationState.PLANNED, planned_at=now, reason=None)
            publications_state.plan(connection, planned)


def _deal_times(connection: sa.Connection, clip: Clip, *, now: datetime) -> None:
    """What waited for this yes may have missed its time: else all of it would go out at once."""
    rows = publications_state.of_candidate(connection, clip.candidate_key)
    for channel_id in sorted({row.channel_id for row in rows}):
        deal_channel(connection, channel_id, now=now)


def _only_clip(connection: sa.Connection, prefix: str) -> Clip:
    if len(prefix) < _SHORTEST_PREFIX:
        raise BadInput(
            prefix,
            reason=f"is too short for a content hash: {len(prefix)} digits",
            remedy=f"Give its first {_SHORTEST_PREFIX} digits or more.",
        )
    found = clips_state.with_content(connection, prefix.lower())
    if len({clip.content_sha256 for clip in found}) != 1:
        raise BadInput(
            prefix,
            reason="is the content hash of no clip as it is now"
            if not found
            else f"begins the content hashes of {len(found)} clips",
            remedy="See the clip's page in the console, or its publication_plan in the UI.",
        )
    return found[0]


def _refuse_faulty(clip: Clip) -> None:
    failed = [check.name for check in clip.checks if not check.passed]
    if failed or not clip.checks:
        raise BadInput(
            clip.content_sha256[:12],
            reason=f"failed {', '.join(failed)}" if failed else "has not been checked yet",
            remedy=f"Materialize rendered_clips of {clip.candidate_key} again.",
        )


def prefer_post(
    connection: sa.Connection, publication_id: str, *, priority: int, now: datetime
) -> Publication:
    """The post with that priority among those that wait for its channel, and the time it has now.

    Raises:
        NotFound: no publication has that id.
        BadInput: it does not wait any more, or its channel has no rhythm to move it in.
    """
    row = _known_publication(connection, publication_id)
    channel = channels_state.get(connection, row.channel_id)
    if channel is None or channel.rhythm is None:
        raise BadInput(
            row.channel_id,
            reason="has no rhythm: its posts go out as soon as they may",
            remedy="Give it one with `viral-forge channel rhythm`.",
        )
    if not queues_state.prefer(connection, publication_id, priority):
        raise BadInput(
            publication_id,
            reason=f"is {row.state}: it does not wait",
            remedy="`viral-forge queue show` names what does.",
        )
    deal_times(connection, channel, now=now)
    return _known_publication(connection, publication_id)


def settle_unknown(
    connection: sa.Connection,
    publication_id: str,
    *,
    live_at: str | None,
    decided_by: str,
    now: datetime,
) -> Publication:
    """The publication after a person looked at its channel: published, or approved and due again.

    Args:
        connection: in a transaction of the caller's.
        publication_id: of a post whose end is unknown.
        live_at: the post's address; None where the platform certainly holds no such post.
        decided_by: who looked.
        now: the moment of the word.

    Raises:
        NotFound: no publication has that id.
        BadInput: its end is not unknown, or no post can be at that address.
    """
    step: publications_state.StepFacts
    if live_at is None:
        state = PublicationState.APPROVED
        step = {"reason": f"{decided_by} looked: the platform does not hold it", "due_at": now}
    else:
        state = PublicationState.PUBLISHED
        step = {"reason": f"{decided_by} looked: it is live", **_post_at(live_at)}
    _known_publication(connection, publication_id)
    unknown = PublicationState.UNKNOWN
    is_settled = publications_state.settle(
        connection, publication_id, state, expected=unknown, now=now, **step
    )
    settled = _known_publication(connection, publication_id)
    if not is_settled:
        raise BadInput(
            publication_id,
            reason=f"is {settled.state}: its end is not unknown",
            remedy="Only a post whose answer was lost is settled by hand.",
        )
    return settled


def _post_at(url: str) -> publications_state.StepFacts:
    address = url.strip()
    scheme, _, rest = address.partition("://")
    if scheme not in {"http", "https", "file"} or not rest:
        raise BadInput(
            url,
            reason="is no address of a post",
            remedy="Copy the whole address from the browser, such as https://example.com/p/1.",
        )
    return {"post_id": address.rstrip("/").rpartition("/")[2] or address, "post_url": address}


def _known_publication(connection: sa.Connection, publication_id: str) -> Publication:
    found = publications_state.get(connection, publication_id)
    if found is None:
        raise NotFound(f"no publication has the id {printable(publication_id)}.")
    return found
