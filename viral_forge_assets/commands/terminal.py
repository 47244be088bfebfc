"""What every command does alike: says things plainly, and works on the state in one go."""

from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.markup import escape

from viral_forge_assets import definitions
from viral_forge_resources.contracts.errors import ViralForgeError

# No emoji: of "folder:cooking:…" it would make a pan.
out = Console(highlight=False, soft_wrap=True, emoji=False)
_err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


@contextmanager
def told_plainly() -> Generator[None]:
    """Errors that we raise on purpose are told in words; all others keep their traceback."""
    try:
        yield
    except ViralForgeError as error:
        _err.print(f"[red]✗[/] {escape(str(error))}")
        raise typer.Exit(1) from error


@contextmanager
def writing() -> Generator[sa.Connection]:
    """The state in one transaction: all that a command does to it happens, or nothing."""
    with told_plainly():
        engine = definitions.open_state(definitions.read_settings())
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def say(text: str) -> None:
    """Print ``text`` as it is."""
    out.print(escape(text))
