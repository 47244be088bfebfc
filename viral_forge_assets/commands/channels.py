"""``viral-forge channel``: where clips go."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from getpass import getuser
from typing import Annotated

import typer

import viral_forge_resources.oauth
from viral_forge_assets import definitions
from viral_forge_assets.commands.best_times import best_times
from viral_forge_assets.commands.connect import studio
from viral_forge_assets.commands.terminal import say, told_plainly, writing
from viral_forge_assets.domain.rhythms import checked, described, parse_slot
from viral_forge_assets.domain.standing import standing
from viral_forge_assets.halting import resume_channel, told_of
from viral_forge_assets.watching import FIRST_PUBLISHER, add_channel, give_rhythm, retire_channel
from viral_forge_resources.accounts.leaving import Leaver
from viral_forge_resources.contracts.oauth import StoredAccount
from viral_forge_resources.contracts.rhythm import Rhythm
from viral_forge_resources.plugins import plugin_names
from viral_forge_resources.state import channel_halts, oauth_tokens
from viral_forge_resources.state import channels as channels_state

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


@app.command("list")
def channel_list() -> None:
    """List the channels, their accounts, and how those stand."""
    with studio() as (settings, engine), engine.connect() as connection:
        key_ids = definitions.vault_of(settings).key_ids
        for channel in channels_state.in_use(connection):
            account = oauth_tokens.get(connection, channel.channel_id)
            told = _told(account, key_ids) if account else _without(channel.publisher)
            say(": ".join(part for part in (channel.channel_id, channel.niche, *told) if part))
            if halted := channel_halts.current(connection, channel.channel_id):
                say(f"    {told_of(halted)}")


def _without(publisher: str) -> tuple[str, ...]:
    needs_one = publisher in plugin_names(viral_forge_resources.oauth)
    return ("no account",) if needs_one else ()


def _told(account: StoredAccount, key_ids: Collection[str]) -> tuple[str, str]:
    manners = definitions.open_login(account.platform).manners
    found = standing(account, manners, key_ids=key_ids, now=datetime.now(UTC))
    return found.state, found.text


@app.command("remove")
def channel_remove(
    channel: Annotated[str, typer.Argument(metavar="PUBLISHER:NAME", help="The channel.")],
    *,
    forget: Annotated[
        bool, typer.Option("--forget", help="Delete the tokens without telling the platform.")
    ] = False,
) -> None:
    """Take a channel away: planned posts are withdrawn, access is given back, tokens are deleted.

    What is live stays live.
    """
    with studio() as (settings, engine):
        with engine.begin() as connection:
            withdrawn = retire_channel(connection, channel, now=datetime.now(UTC))
        say(f"{channel} takes no clips any more; {withdrawn} planned posts are withdrawn")
        leaver = Leaver(engine, definitions.vault_of(settings), definitions.open_login)
        say(leaver.leave(channel, is_forgetting=forget))


@app.command("resume")
def channel_resume(
    channel: Annotated[str, typer.Argument(metavar="PUBLISHER:NAME", help="The channel.")],
    note: Annotated[str, typer.Option(help="What you saw there, and why it may go on.")],
) -> None:
    """Let a channel post again that stopped after its platform spoke against it."""
    now = datetime.now(UTC)
    with writing() as connection:
        moved = resume_channel(connection, channel, resumed_by=getuser(), note=note, now=now)
    say(f"{channel} posts again; {moved} waiting posts have another time now")


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


app.command("best-times")(best_times)


def _rhythm(said: Rhythm) -> Rhythm | None:
    """None where nothing but usual things was said."""
    return None if said == Rhythm(zone="UTC", slots=()) else checked(said)
