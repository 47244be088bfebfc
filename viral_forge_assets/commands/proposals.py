"""``viral-forge niche trends``, ``proposals``, ``accept`` and ``decline``: what scans suggest."""

from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated

import typer

from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.domain.outlook import Rising, outlook
from viral_forge_assets.partitions import known_niche
from viral_forge_assets.trending import take_up, trends_of, turn_down
from viral_forge_resources.contracts.trends import ProposalState
from viral_forge_resources.state import proposals as proposals_state

_Name = Annotated[str, typer.Argument(help="Its name, as `niche proposals` prints it.")]


def show_trends(
    niche: Annotated[str, typer.Argument(help="Its name, as `niche list` prints it.")],
) -> None:
    """List the keywords, channels and sounds that rise in a niche's scans."""
    with writing() as connection:
        seen = trends_of(connection, known_niche(connection, niche), now=datetime.now(UTC))
    found = outlook((), {}, zones={}, trends=seen)
    for each in (*found.rising, *found.sounds):
        say(_line(each))
    for reason in filter(None, (found.rising_reason, found.sounds_reason)):
        say(reason)


def _line(each: Rising) -> str:
    rise = f"{each.strength:.1f} times its earlier share"
    return f"{each.kind} '{each.term}': {rise} on {', '.join(each.platforms)}, {each.videos} videos"


def show_proposals(
    *,
    decided: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
) -> None:
    """List what rises on several platforms and could become a niche."""
    with writing() as connection:
        state = None if decided else ProposalState.OPEN
        proposals = proposals_state.all_proposals(connection, state)
    for each in proposals:
        ended = "" if each.state is ProposalState.OPEN else f" [{each.state} by {each.decided_by}]"
        say(f"{each.name}: {each.kind} '{each.term}', seen in {each.source_niche}{ended}")
        say(f"    {each.evidence}")
    if not proposals:
        say("nothing is proposed")


def accept(name: _Name) -> None:
    """Watch a proposed niche, with the policy and recipe of the one that it was seen in."""
    with writing() as connection:
        niche = take_up(connection, name, decided_by=getuser(), now=datetime.now(UTC))
    say(f"watching {niche.name}, which searches for {', '.join(niche.queries)}")


def decline(name: _Name) -> None:
    """Turn a proposed niche down; it is not proposed again."""
    with writing() as connection:
        turn_down(connection, name, decided_by=getuser(), now=datetime.now(UTC))
    say(f"{name} is declined")
