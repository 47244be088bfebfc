"""``viral-forge channel``: where clips go."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from viral_forge_assets.commands.terminal import say, told_plainly, writing
from viral_forge_assets.domain.rhythms import checked, described, parse_slot
from viral_forge_assets.watching import FIRST_PUBLISHER, add_channel, give_rhythm
from viral_forge_resources.contracts.rhythm import Rhythm

app = typer.Typer(no_args_is_help=True, help="Where clips go.")


@app.command("add")
def channel_add(
    niche: Annotated[str, typer.Argument(help="Whose clips it takes.")],
    name: Annotated[str, typer.Argument(help="Name of the channel.")],
    publisher: Annotated[str, typer.Option(help="Publisher plugin.")] = FIRST_PUBLISHER,
) -> None:
    """Send a niche's clips to one more channel."""
    with writing() as connection:
        added = add_channel(
            connection, niche, publisher=publisher, name=name, now=datetime.now(UTC)
        )
    say(f"{added.channel_id} takes the clips of {niche}")


@app.command("rhythm")
def channel_rhythm(
    channel: Annotated[str, typer.Argument(metavar="PUBLISHER:NAME", help="The channel.")],
    slot: Annotated[
        list[str] | None,
        typer.Option(help="When it posts: 18:00, 'mon-fri 18:00', 'sat,sun 11:30'."),
    ] = None,
    zone: Annotated[str, typer.Option(help="By whose clock, such as Europe/Berlin.")] = "UTC",
    most_a_day: Annotated[int | None, typer.Option(help="Posts a day at most.")] = None,
    warm_up: Annotated[
        list[int] | None, typer.Option(help="The same for its first days, one option a day.")
    ] = None,
    distance: Annotated[int, typer.Option(metavar="MINUTES", help="Between two posts.")] = 0,
    jitter: Annotated[
        int, typer.Option(metavar="MINUTES", help="At most so much later than its slot.")
    ] = 0,
    catch_up: Annotated[
        int, typer.Option(metavar="DAYS", help="A post that is later by more is withdrawn.")
    ] = 3,
) -> None:
    """Say when a channel posts; without a slot, as soon as a post may go out.

    What waits for the channel gets new times.
    """
    with told_plainly():
        rhythm = _rhythm(
            Rhythm(
                zone=zone,
                slots=tuple(parse_slot(each) for each in slot or ()),
                most_a_day=most_a_day,
                warm_up=tuple(warm_up or ()),
                least_distance=timedelta(minutes=distance),
                jitter=timedelta(minutes=jitter),
                catch_up=timedelta(days=catch_up),
            )
        )
    with writing() as connection:
        moved = give_rhythm(connection, channel, rhythm, now=datetime.now(UTC))
    said = described(rhythm) if rhythm else "posts as soon as they may go out"
    say(f"{channel}: {said}; {moved} waiting posts have another time now")


def _rhythm(said: Rhythm) -> Rhythm | None:
    """None where nothing but usual things was said."""
    return None if said == Rhythm(zone="UTC", slots=()) else checked(said)
