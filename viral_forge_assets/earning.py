"""What a niche's clips cost and earned, read from state."""

from dataclasses import dataclass

import sqlalchemy as sa

from viral_forge_assets.domain.profit import (
    CostOfClip,
    Earned,
    Profit,
    costs_of_clips,
    profit_of_channels,
    profit_of_clips,
    profit_of_niche,
)
from viral_forge_resources.contracts.metrics import ESTIMATED_REVENUE
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import costs as costs_state
from viral_forge_resources.state import results


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """A niche's costs and profits."""

    costs: tuple[CostOfClip, ...]
    clips: tuple[Profit, ...]
    channels: tuple[Profit, ...]
    niche: Profit


def books_of(connection: sa.Connection, niche: str, prices: Prices) -> Books:
    """Every clip, channel and the niche as a whole."""
    events = costs_state.of_niche(connection, niche)
    made = [(clip.candidate_key, clip.number) for clip in clips_state.of_niche(connection, niche)]
    earned = earned_by(connection, niche)
    costs = costs_of_clips(events, made)
    return Books(
        costs=costs,
        clips=profit_of_clips(costs, earned, prices),
        channels=profit_of_channels(costs, events, earned, prices),
        niche=profit_of_niche(niche, events, earned, prices),
    )


def earned_by(connection: sa.Connection, niche: str) -> tuple[Earned, ...]:
    """What each live post of the niche earned so far: the newest number of each."""
    posts = results.posts_of_niche(connection, niche)
    values = results.values_of(connection, posts, (ESTIMATED_REVENUE,))
    newest = {each.publication_id: each for each in sorted(values, key=lambda each: each.as_of)}
    found = []
    for post in posts:
        told = newest.get(post.publication_id)
        found.append(
            Earned(
                publication_id=post.publication_id,
                candidate_key=post.candidate_key,
                clip_number=post.clip_number,
                channel_id=post.channel_id,
                amount=told.value if told else None,
                currency=told.unit if told else None,
            )
        )
    return tuple(found)
