"""``viral-forge niche proposals``, ``accept`` and ``decline``: niches that scans suggest."""

from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated

import typer

from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.trending import take_up, turn_down
from viral_forge_resources.contracts.trends import ProposalState
from viral_forge_resources.state import proposals as proposals_state

_Name = Annotated[str, typer.Argument(help="Its name, as `niche proposals` prints it.")]


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
