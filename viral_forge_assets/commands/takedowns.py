"""``viral-forge takedown``: what is to be seen no more."""

from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated

import typer

from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.retracting import Complaint, confirm_by_hand, raise_complaint
from viral_forge_resources.state import retractions as retractions_state

app = typer.Typer(no_args_is_help=True, help="What is to be seen no more.")


@app.command("ask")
def takedown_ask(
    why: Annotated[str, typer.Option(help="For those who ask later.")],
    clip: Annotated[
        list[str] | None, typer.Option(help="Content hash, 8 digits or more: its posts.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Partition key: all that was made of that video.")
    ] = None,
    holder: Annotated[
        list[str] | None, typer.Option(help="Rights holder: all that was made of their works.")
    ] = None,
) -> None:
    """End the rights to something, and take down every post made of it.

    The daemon asks the platforms within minutes; what none of them lets us do becomes a task.
    """
    complaint = Complaint(
        why=why,
        asked_by=getuser(),
        clips=tuple(clip or ()),
        sources=tuple(source or ()),
        holders=tuple(holder or ()),
    )
    with writing() as connection:
        reach = raise_complaint(connection, complaint, now=datetime.now(UTC))
    for key in reach.frozen:
        say(f"{key} is frozen: nothing more is made or posted of it")
    if reach.withdrawn:
        say(f"{reach.withdrawn} planned posts are withdrawn")
    for post in reach.to_take_down:
        where = post.post_url or f"{post.state}, no address known"
        say(f"to be taken down: {post.publication_id} on {post.channel_id}: {where}")
    if not reach.to_take_down:
        say("no post of it can be live")


@app.command("list")
def takedown_list() -> None:
    """Show what is to be taken down, what a person must do, and what is done."""
    with writing() as connection:
        rows = retractions_state.listed(connection, limit=200)
    if not rows:
        say("nobody asked for a takedown")
    for row in rows:
        done = f", done {row.done_at:%Y-%m-%d %H:%M} UTC" if row.done_at else ""
        say(f"{row.publication_id}  {row.state}{done}  {row.channel_id}: {row.post_url or '-'}")
        say(f"    {row.title}: {row.outcome or 'nobody tried yet'}")


@app.command("done")
def takedown_done(
    publication: Annotated[str, typer.Argument(help="The post's id, as `takedown list` says it.")],
) -> None:
    """Say that you took a post down by hand."""
    with writing() as connection:
        confirm_by_hand(connection, publication, confirmed_by=getuser(), now=datetime.now(UTC))
    say(f"{publication} is down")
