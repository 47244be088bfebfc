"""Gives the posts that wait for a channel their times, by the channel's rhythm."""

from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.posting_times import Fate, Turn, deal, fate
from viral_forge_resources.contracts.publishing import Channel, Publication
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import queues as queues_state


def deal_times(
    connection: sa.Connection, channel: Channel, *, now: datetime, is_anew: bool = False
) -> int:
    """How many posts have another time now; none where the channel has no rhythm.

    A post keeps the time that it has, unless it has passed or one of higher priority needs it;
    with ``is_anew`` none does.
    """
    if channel.rhythm is None:
        return 0
    queues_state.lock(connection, channel.channel_id)
    waiting = queues_state.waiting(connection, channel.channel_id)
    turns = [
        Turn(
            publication_id=row.publication_id,
            planned_at=row.planned_at,
            # What was planned a moment ago is due at once: nobody gave it a time yet.
            due_at=None if row.due_at <= row.planned_at else row.due_at,
            priority=row.priority,
        )
        for row in waiting
    ]
    taken = queues_state.taken(connection, channel.channel_id, now=now)
    dealt = deal(turns, channel.rhythm, taken=taken, now=now, is_anew=is_anew)
    moved = {
        row.publication_id: dealt[row.publication_id]
        for row in waiting
        if dealt[row.publication_id] != row.due_at
    }
    queues_state.move(connection, moved)
    return len(moved)


def deal_channel(connection: sa.Connection, channel_id: str, *, now: datetime) -> int:
    """``deal_times`` for the channel of that id."""
    channel = channels_state.get(connection, channel_id)
    return 0 if channel is None else deal_times(connection, channel, now=now)


def turn_of(connection: sa.Connection, publication: Publication, *, now: datetime) -> Fate:
    """What becomes of a due post by its channel's rhythm; whoever asks may claim it right after.

    The channel stays locked until the transaction ends, so no other post takes the place.
    """
    queues_state.lock(connection, publication.channel_id)
    channel = channels_state.get(connection, publication.channel_id)
    if channel is None or channel.rhythm is None:
        return Fate.GO
    taken = queues_state.taken(connection, publication.channel_id, now=now)
    return fate(publication.due_at, channel.rhythm, taken=taken, now=now)
