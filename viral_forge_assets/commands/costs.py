"""``viral-forge costs``: what clips cost, and what is left of what they earned."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from viral_forge_assets import definitions
from viral_forge_assets.commands.terminal import say, told_plainly, writing
from viral_forge_assets.domain.report_words import profit_words
from viral_forge_assets.earning import books_of, earned_by
from viral_forge_assets.partitions import known_niche
from viral_forge_resources.state import reporting


def costs(
    niche: Annotated[
        str, typer.Argument(help="Its clips too; none: all niches and channels.")
    ] = "",
) -> None:
    """Show cost, revenue and profit, as reports do; what is unknown says so."""
    with told_plainly():
        prices = definitions.prices_of(definitions.read_settings())
    now = datetime.now(UTC)
    with writing() as connection:
        if niche:
            known_niche(connection, niche)
        earned = earned_by(connection, reporting.live_posts(connection, until=now), until=now)
        books = books_of(connection, earned, prices, until=now)
    shown = (books.studio, *books.niches, *books.channels)
    if niche:
        of_niche = [each for each in books.niches if each.name == niche]
        shown = (*of_niche, *books.clips.get(niche, ()))
    for profit in shown:
        say(f"{profit.name}: {profit_words(profit)}")
    for reason in sorted({why for each in shown for why in each.reasons}):
        say(f"    not known: {reason}")
