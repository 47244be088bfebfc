"""``viral-forge queue``: what goes out when."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from viral_forge_assets.approval import prefer_post
from viral_forge_assets.commands.terminal import say, writing
from viral_forge_resources.state import queues as queues_state

app = typer.Typer(no_args_is_help=True, help="What goes out when.")


@app.command("show")
def queue_show(
    most: Annotated[int, typer.Option(min=1, max=10_000, help="Rows at most.")] = 50,
) -> None:
    """Show what waits or is under way, the next to go first."""
    with writing() as connection:
        rows = queues_state.queued(connection, limit=most)
    if not rows:
        say("nothing waits: approve a clip, or plan one")
    for row in rows:
        yes = f"approved by {row.approved_by}" if row.approved_by else "not approved"
        say(f"{row.due_at:%Y-%m-%d %H:%M} UTC  {row.channel_id}  {row.state}, {yes}: {row.title}")
        if row.halted_because:
            say("    waits: its channel has stopped, `viral-forge channel list` says why")
        say(f"    post {row.publication_id}, {row.candidate_key} clip {row.clip_number}")


@app.command("prefer")
def queue_prefer(
    publication: Annotated[str, typer.Argument(help="The post's id, as `queue show` says it.")],
    priority: Annotated[int, typer.Argument(help="Higher goes first; 0 is usual.")] = 1,
) -> None:
    """Let a post that waits go before others of its channel."""
    now = datetime.now(UTC)
    with writing() as connection:
        row = prefer_post(connection, publication, priority=priority, now=now)
    say(f"{row.publication_id} goes out on {row.channel_id} at {row.due_at:%Y-%m-%d %H:%M} UTC")
