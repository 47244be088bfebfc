"""``viral-forge costs``: what a niche's clips cost, and what is left of what they earned."""

from typing import Annotated

import typer

from viral_forge_assets import definitions
from viral_forge_assets.commands.terminal import say, told_plainly, writing
from viral_forge_assets.domain.profit import Profit
from viral_forge_assets.earning import books_of
from viral_forge_assets.partitions import known_niche


def costs(niche: Annotated[str, typer.Argument(help="Name of the niche.")]) -> None:
    """Show cost and profit of a niche, its channels and its clips; what is unknown says so."""
    with told_plainly():
        prices = definitions.prices_of(definitions.read_settings())
    with writing() as connection:
        known_niche(connection, niche)
        books = books_of(connection, niche, prices)
    for profit in (books.niche, *books.channels, *books.clips):
        say(f"{profit.name}: {_told(profit)}")
    for reason in sorted({why for each in (books.niche, *books.clips) for why in each.reasons}):
        say(f"    not known: {reason}")


def _told(profit: Profit) -> str:
    cost = f"${profit.known_cost_usd:.4f}"
    parts = [f"cost {cost}" if profit.cost_usd is not None else f"cost at least {cost}"]
    if profit.revenue_usd is None:
        parts.append("revenue not known")
    else:
        told = f"{profit.posts_told} of {profit.posts} posts"
        parts.append(f"revenue ${profit.revenue_usd:.4f} ({told})")
    if profit.profit_usd is not None:
        parts.append(f"profit ${profit.profit_usd:.4f}")
    elif profit.at_most_usd is not None:
        parts.append(f"profit at most ${profit.at_most_usd:.4f}")
    return ", ".join(parts)
