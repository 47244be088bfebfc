"""Stops a channel that its platform speaks against, until a person has looked at it."""

from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.publishing import Settlement
from viral_forge_assets.queueing import deal_channel
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.state import channel_halts as channel_halts_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state.channel_halts import Halt

MOST_REJECTIONS = 3
"""So many posts in a row that a platform refuses stop their channel, whatever it says."""


def halt_after(
    connection: sa.Connection, publication: Publication, decided: Settlement, *, now: datetime
) -> bool:
    """True if the publication's channel stops posting after what became of it."""
    reason = _reason(connection, publication, decided)
    if reason is None:
        return False
    halted = Halt(
        channel_id=publication.channel_id,
        halted_at=now,
        reason=reason,
        publication_id=publication.publication_id,
    )
    return channel_halts_state.halt(connection, halted)


def _reason(connection: sa.Connection, publication: Publication, decided: Settlement) -> str | None:
    if decided.halts:
        return f"the platform speaks against it: {decided.reason}"
    if decided.state is not PublicationState.REJECTED:
        return None
    refused = channel_halts_state.rejections_in_a_row(
        connection, publication.channel_id, most=MOST_REJECTIONS
    )
    if refused < MOST_REJECTIONS:
        return None
    return f"its last {refused} posts were refused, the newest because: {decided.reason}"


def resume_channel(
    connection: sa.Connection, channel_id: str, *, resumed_by: str, note: str, now: datetime
) -> int:
    """How many posts of the channel have another time, now that it posts again.

    Raises:
        BadInput: no such channel, it has not stopped, or the note says nothing.
    """
    if channels_state.get(connection, channel_id) is None:
        raise BadInput(
            channel_id,
            reason="names no channel",
            remedy="`viral-forge channel list` names them.",
        )
    if not note.strip():
        raise BadInput(
            channel_id,
            reason="goes on for no reason",
            remedy="Say with --note what you saw on the platform, and what is different now.",
        )
    is_resumed = channel_halts_state.resume(
        connection, channel_id, resumed_by=resumed_by, note=note.strip(), now=now
    )
    if not is_resumed:
        raise BadInput(
            channel_id,
            reason="has not stopped",
            remedy="`viral-forge channel list` says which have.",
        )
    return deal_channel(connection, channel_id, now=now)


def told_of(halted: Halt) -> str:
    """The halt in a sentence, with what to do."""
    return (
        f"stopped at {halted.halted_at:%Y-%m-%d %H:%M} UTC: {halted.reason}. Look at the account on"
        f" the platform, then `viral-forge channel resume {halted.channel_id} --note WHY`"
    )
