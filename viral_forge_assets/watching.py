"""Adds niches and channels to what the studio watches and serves, and takes niches away."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

import viral_forge_resources.scanners
from viral_forge_assets.domain.niches import Known
from viral_forge_assets.queueing import deal_times
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import checked_niche_name, slug
from viral_forge_resources.contracts.publishing import MAY_BE_LIVE, Channel, PublicationState
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.contracts.rhythm import Rhythm
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.plugins import plugin_names
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import niches as niches_state
from viral_forge_resources.state import publications as publications_state

FIRST_PUBLISHER = "folder"

_ON_THEIR_WAY = MAY_BE_LIVE - {PublicationState.PUBLISHED}


def known_things(recipes: Iterable[str]) -> Known:
    """What a niche may name in this studio."""
    return Known(
        recipes=frozenset(recipes),
        scanners=frozenset(plugin_names(viral_forge_resources.scanners)),
    )


def watch_niche(connection: sa.Connection, niche: Niche, *, now: datetime) -> None:
    """Watch ``niche``; one that has no channel yet gets a folder to publish into.

    Raises:
        BadInput: its name cannot name a niche.
    """
    checked_niche_name(niche.name)
    niches_state.save(connection, niche, now=now)
    if not channels_state.serving(connection, niche.name):
        add_channel(connection, niche.name, publisher=FIRST_PUBLISHER, name=niche.name, now=now)


def unwatch_niche(connection: sa.Connection, name: str, *, now: datetime) -> int:
    """How many of its candidates are retired: those of which no post was ever planned.

    All that was seen and made stays, and posts that are planned still go out.

    Raises:
        BadInput: no such niche.
    """
    if not niches_state.remove(connection, name):
        raise BadInput(name, reason="names no niche", remedy="`viral-forge niche list` names them.")
    unplanned = candidates_state.never_planned(connection)
    leaving = [
        row.candidate_key
        for row in candidates_state.with_status(connection, CandidateStatus.SHORTLISTED, niche=name)
        if row.candidate_key in unplanned
    ]
    for key in leaving:
        candidates_state.set_status(
            connection, key, CandidateStatus.RETIRED, reason="its niche was removed", now=now
        )
    return len(leaving)


def add_channel(
    connection: sa.Connection, niche: str, *, publisher: str, name: str, now: datetime
) -> Channel:
    """The channel that takes the niche's clips from now on.

    Raises:
        BadInput: no such niche, or the channel serves another one.
    """
    channel = wanted_channel(connection, niche, publisher=publisher, name=name)
    channels_state.save(connection, channel, now=now)
    return channel


def wanted_channel(
    connection: sa.Connection, niche: str | None, *, publisher: str, name: str
) -> Channel:
    """The channel of that name, there already or not.

    Args:
        connection: to the state.
        niche: whose clips it takes; None: whose it takes already.
        publisher: where it is.
        name: of people's choice.

    Raises:
        BadInput: no such niche, or the channel serves another one.
    """
    channel_id = f"{publisher}:{slug(name)}"
    known = channels_state.get(connection, channel_id)
    niche = niche or (known.niche if known else None)
    if niche is None:
        raise BadInput(
            channel_id, reason="is a new channel", remedy="Say whose clips it takes: --niche NAME."
        )
    if niches_state.get(connection, niche) is None:
        raise BadInput(
            niche, reason="names no niche", remedy="Add it with `viral-forge niche add NAME`."
        )
    if known is not None and known.niche != niche:
        raise BadInput(
            channel_id,
            reason=f"already takes the clips of {known.niche}",
            remedy="Give the channel another name.",
        )
    if known is not None:
        return known
    return Channel(channel_id=channel_id, publisher=publisher, name=slug(name), niche=niche)


def retire_channel(connection: sa.Connection, channel_id: str, *, now: datetime) -> int:
    """How many planned posts are withdrawn, now that clips go to that channel no more.

    Raises:
        BadInput: no such channel, or a post of it is on its way.
    """
    if channels_state.get(connection, channel_id) is None:
        raise BadInput(
            channel_id,
            reason="names no channel",
            remedy="`viral-forge channel list` names them.",
        )
    moving = publications_state.of_channel(connection, channel_id, *_ON_THEIR_WAY)
    if moving:
        raise BadInput(
            channel_id,
            reason=f"has {len(moving)} posts whose end is open",
            remedy="Wait until they are live, or settle them: `viral-forge settle`.",
        )
    channels_state.retire(connection, channel_id, now=now)
    return publications_state.withdraw_channel(
        connection, channel_id, reason="its channel was removed"
    )


def give_rhythm(
    connection: sa.Connection, channel_id: str, rhythm: Rhythm | None, *, now: datetime
) -> int:
    """How many waiting posts of the channel have another time, now that this is its rhythm.

    Raises:
        BadInput: no such channel.
    """
    channel = channels_state.get(connection, channel_id)
    if channel is None:
        raise BadInput(
            channel_id,
            reason="names no channel",
            remedy="Add it with `viral-forge channel add NICHE NAME`.",
        )
    channel = replace(channel, rhythm=rhythm)
    channels_state.save(connection, channel, now=now)
    return deal_times(connection, channel, now=now, is_anew=True)
