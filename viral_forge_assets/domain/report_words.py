"""Numbers as people read them."""

from datetime import timedelta

from viral_forge_assets.domain.money import Bound, Profit

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE_S, _HOUR_S = 60, 3600


def count(value: float) -> str:
    """A count with three digits that matter: 987, 12,300, 4.57 M."""
    if abs(value) < 10_000:  # noqa: PLR2004
        return f"{value:,.0f}"
    for size, unit in ((1e9, "bn"), (1e6, "M")):
        if abs(value) >= size:
            return f"{value / size:.3g} {unit}"
    return f"{float(f'{value:.3g}'):,.0f}"


def dollars(value: float) -> str:
    """US dollars, to the cent where cents matter, and finer below one dollar: clips cost little."""
    sign, size = "\u2212" if value < 0 else "", abs(value)
    if size >= 1000:  # noqa: PLR2004
        return f"{sign}${size:,.0f}"
    return f"{sign}${size:,.2f}" if size >= 1 or size == 0 else f"{sign}${size:.4f}"


def bounded(value: float | None, bound: Bound) -> str | None:
    """US dollars, and on which side of them the truth lies; None where nobody knows."""
    return None if value is None else f"{bound} {dollars(value)}".strip()


def profit_words(profit: Profit) -> str:
    """Cost, revenue and profit of something in one line."""
    cost, revenue = profit.cost, profit.revenue
    earned = bounded(revenue.usd, revenue.bound)
    told = f" ({of(revenue.told, revenue.posts, 'post')})" if earned else ""
    return (
        f"cost {bounded(cost.usd, cost.bound) or 'not known'},"
        f" revenue {earned or 'not known'}{told},"
        f" profit {bounded(profit.usd, profit.bound) or 'not known'}"
    )


def span(seconds: float) -> str:
    """A long time, in its one unit that matters."""
    if seconds >= 100 * _HOUR_S:
        return f"{count(seconds / _HOUR_S)} h"
    if seconds >= _HOUR_S:
        return f"{seconds / _HOUR_S:.3g} h"
    return f"{seconds / _MINUTE_S:.3g} min" if seconds >= _MINUTE_S else f"{seconds:.0f} s"


def share(value: float) -> str:
    """A part of 1 in per cent; what is hardly anything, or hardly not all, says so."""
    if 0 < value < 0.01:  # noqa: PLR2004
        return "< 1 %"
    return "> 99 %" if 0.99 < value < 1 else f"{value * 100:.0f} %"  # noqa: PLR2004


def age(value: timedelta) -> str:
    """1 h, 6 h, 24 h, 3 d, 7 d, 28 d."""
    return f"{value // _HOUR} h" if value <= _DAY else f"{value // _DAY} d"


def of(known: int, every: int, what: str) -> str:
    """On how many of how many a number rests."""
    plural = what if every == 1 else f"{what}s"
    return (
        f"all {every} {plural}" if known == every and every > 1 else f"{known} of {every} {plural}"
    )
