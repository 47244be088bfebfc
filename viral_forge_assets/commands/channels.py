"""``viral-forge channel``: where clips go."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.watching import FIRST_PUBLISHER, add_channel

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
