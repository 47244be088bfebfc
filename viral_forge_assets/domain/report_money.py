"""What a report says of cost, revenue and profit: the figures of ``viral-forge costs``."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from viral_forge_assets.domain.money import Bound, Profit
from viral_forge_assets.domain.report_inputs import ReportInputs
from viral_forge_assets.domain.report_words import dollars, of
from viral_forge_resources.contracts.reports import (
    Axis,
    Cell,
    Chart,
    ChartKind,
    Headline,
    Point,
    Section,
    Series,
    Table,
)

_MOST_ROWS = 8
_COLUMNS = (
    *("of", "name", "cost_usd", "cost_is", "revenue_usd", "revenue_is", "posts", "posts_told"),
    *("profit_usd", "profit_is", "not_known_because"),
)
_SIGNS: Mapping[Bound, str] = {Bound.AT_LEAST: "\u2265", Bound.AT_MOST: "\u2264"}


def headlines(inputs: ReportInputs) -> tuple[Headline, ...]:
    """Of the whole studio."""
    every = inputs.books.studio
    cost, revenue = every.cost, every.revenue
    told = f"estimated by the platforms, of {of(revenue.told, revenue.posts, 'post')}"
    return (
        Headline(
            label="Cost",
            value=_short(cost.usd, cost.bound),
            basis="; ".join(cost.reasons) or "everything that was written down",
        ),
        Headline(
            label="Revenue",
            value=_short(revenue.usd, revenue.bound),
            basis="; ".join(revenue.reasons) if revenue.usd is None else told,
        ),
        Headline(
            label="Profit",
            value=_short(every.usd, every.bound),
            basis="; ".join(every.reasons) or told,
        ),
    )


def money(inputs: ReportInputs) -> Section:
    """Costs, revenue and profit by niche and channel."""
    named = Section(
        name="money",
        title="Cost and profit",
        sentence="US dollars since the beginning, by niche and by channel."
        " \u2265 at least, \u2264 at most: the rest is not known.",
    )
    known = [each for each in inputs.books.niches if _is_known(each)]
    if not known:
        why = "No cost has a price and no platform told a revenue yet. Prices are settings:"
        return replace(named, absent=f"{why} VIRAL_FORGE_PRICE_…")
    shown = sorted(known, key=lambda each: (-(each.cost.usd or 0), each.name))[:_MOST_ROWS]
    chart = Chart(
        kind=ChartKind.BARS,
        x=Axis(label="US dollars"),
        y=Axis(label=""),
        series=(
            _series("cost", [(each.cost.usd, each.cost.bound) for each in shown]),
            _series("revenue", [(each.revenue.usd, each.revenue.bound) for each in shown]),
            _series("profit", [(each.usd, each.bound) for each in shown]),
        ),
        categories=tuple(each.name for each in shown),
    )
    return replace(named, chart=chart, table=_channels(inputs.books.channels))


def _is_known(profit: Profit) -> bool:
    return profit.cost.usd is not None or profit.revenue.usd is not None


def _series(name: str, values: Sequence[tuple[float | None, Bound]]) -> Series:
    return Series(
        name=name,
        points=tuple(
            Point(at=float(place), value=value, label=_short(value, bound) or "not known")
            for place, (value, bound) in enumerate(values)
        ),
    )


def _short(value: float | None, bound: Bound) -> str | None:
    return None if value is None else f"{_SIGNS.get(bound, '')} {dollars(value)}".strip()


def _channels(channels: Sequence[Profit]) -> Table:
    rows = tuple(
        (
            each.name,
            _short(each.cost.usd, each.cost.bound),
            _short(each.revenue.usd, each.revenue.bound),
            _short(each.usd, each.bound),
            "; ".join(each.reasons) or None,
        )
        for each in channels
    )
    columns = ("channel", "cost", "revenue", "profit", "not known")
    return Table(name="channels", title="Channels", columns=columns, rows=rows)


def table(inputs: ReportInputs) -> Table:
    """Every figure: the studio's, niches', channels' and clips'."""
    books = inputs.books
    clips = [profit for niche in sorted(books.clips) for profit in books.clips[niche]]
    rows = (
        _row("studio", books.studio),
        *(_row("niche", each) for each in books.niches),
        *(_row("channel", each) for each in books.channels),
        *(_row("clip", each) for each in clips),
    )
    return Table(name="money", title="Money", columns=_COLUMNS, rows=rows)


def _row(of_what: str, profit: Profit) -> tuple[Cell, ...]:
    cost, revenue = profit.cost, profit.revenue
    return (
        *(of_what, profit.name, cost.usd, _is(cost.usd, cost.bound)),
        *(revenue.usd, _is(revenue.usd, revenue.bound), revenue.posts, revenue.told),
        *(profit.usd, _is(profit.usd, profit.bound), "; ".join(profit.reasons) or None),
    )


def _is(value: float | None, bound: Bound) -> str:
    return "not known" if value is None else bound or "exact"
