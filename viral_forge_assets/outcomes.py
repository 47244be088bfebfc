"""Reads what posts came to out of state, for the stages that sum it up."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.growth import Reading, by_post
from viral_forge_resources.contracts.metrics import VIEWS
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import reporting


def views_read(
    connection: sa.Connection, *, until: datetime, niche: str | None = None
) -> dict[str, list[Reading]]:
    """Every reading of views before ``until``, by publication id, the oldest first."""
    return by_post(
        Reading(row.publication_id, row.value, row.as_of, f"{row.source}: {row.definition}")
        for row in reporting.readings(connection, VIEWS, until=until, niche=niche)
    )


def zones_of(connection: sa.Connection) -> Mapping[str, str]:
    """By whose clock each channel posts; channels without a rhythm are not in it."""
    known = channels_state.in_use(connection)
    return {each.channel_id: each.rhythm.zone for each in known if each.rhythm is not None}
