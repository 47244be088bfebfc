"""``viral-forge channel best-times``: when a channel's posts did best, as slots for its rhythm."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.domain.outlook import channel_slots
from viral_forge_assets.domain.slot_results import MIDDLE, ChannelSlots, SlotResult
from viral_forge_assets.outcomes import views_read
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.rhythm import Rhythm
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import reporting


def best_times(
    channel: Annotated[str, typer.Argument(metavar="PUBLISHER:NAME", help="The channel.")],
) -> None:
    """Say at which times of day a channel's posts did best, and which of them it posts at.

    Nothing is changed: `viral-forge channel rhythm` is how a channel gets other times.
    """
    now = datetime.now(UTC)
    with writing() as connection:
        known = channels_state.get(connection, channel)
        if known is None:
            raise BadInput(
                channel,
                reason="names no channel",
                remedy="`viral-forge channel list` names them.",
            )
        posts = [
            post
            for post in reporting.live_posts(connection, until=now)
            if post.channel_id == channel
        ]
        read = views_read(connection, until=now)
    zone = known.rhythm.zone if known.rhythm else "UTC"
    for line in _lines(channel_slots(channel, posts, read, zone=zone), known.rhythm):
        say(line)


def _lines(found: ChannelSlots, rhythm: Rhythm | None) -> Iterator[str]:
    if found.reason is not None:
        yield f"nothing is learned of {found.channel_id}'s times yet: {found.reason}"
        return
    yield (
        f"{found.channel_id} by the clock of {found.zone}, from {found.results} results a day after"
        " each post: expected rank among its posts, 50 % is as good as any"
    )
    for slot in found.slots:
        yield f"    {slot.name}: {slot.estimate:.0%} from {slot.posts} posts, {_use(slot, rhythm)}"
    yield "Times at which it never posted may be better: nothing is known of them."


def _use(slot: SlotResult, rhythm: Rhythm | None) -> str:
    if rhythm is not None and any(slot.holds(each.at) for each in rhythm.slots):
        return "in its rhythm"
    words = "not in its rhythm" if rhythm is not None else "it has no rhythm"
    return f"{words} (--slot {slot.starts:%H:%M})" if slot.estimate > MIDDLE else words
