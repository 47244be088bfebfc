"""What a niche cost and earned, as far as both are known."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viral_forge_assets.domain.report_words import dollars, of
from viral_forge_resources.contracts.metrics import ESTIMATED_REVENUE
from viral_forge_resources.contracts.results import Measured, ReportedPost, Spent

_USD = "USD"
STUDIO = "no niche"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Of one niche or of all, in US dollars.

    Attributes:
        cost: of what has a price; None where nothing has.
        revenue: None where no post's is known, or where it is of several currencies.
        profit: None where costs or revenue are not known; ``reason`` says so.
        is_least: some posts tell no revenue, so the profit is at least that.
        basis: what the revenue rests on, or why there is none.
    """

    name: str
    cost: float | None
    revenue: float | None
    profit: float | None
    is_least: bool = False
    basis: str = ""
    reason: str | None = None


def balances(
    posts: Sequence[ReportedPost],
    newest: Mapping[tuple[str, str], Measured],
    spent: Sequence[Spent],
) -> tuple[Balance, ...]:
    """Each niche's balance, by name; what no niche is named for stands under ``STUDIO``."""
    of_niche: defaultdict[str, list[ReportedPost]] = defaultdict(list)
    for post in posts:
        of_niche[post.niche].append(post)
    costs = {each.niche or STUDIO: each for each in spent}
    names = sorted({*of_niche, *costs})
    return tuple(_balance(name, of_niche[name], newest, costs.get(name)) for name in names)


def whole(
    posts: Sequence[ReportedPost],
    newest: Mapping[tuple[str, str], Measured],
    spent: Sequence[Spent],
) -> Balance:
    """The studio's balance."""
    priced = [each.usd for each in spent if each.usd is not None]
    together = Spent(
        niche=None,
        usd=sum(priced) if priced else None,
        events=sum(each.events for each in spent),
        unpriced=sum(each.unpriced for each in spent),
    )
    return _balance("studio", posts, newest, together if spent else None)


def _balance(
    name: str,
    posts: Sequence[ReportedPost],
    newest: Mapping[tuple[str, str], Measured],
    spent: Spent | None,
) -> Balance:
    told = [newest.get((post.publication_id, ESTIMATED_REVENUE)) for post in posts]
    known = [each for each in told if each is not None]
    currencies = sorted({each.unit for each in known})
    revenue = sum(each.value for each in known) if currencies == [_USD] else None
    cost = spent.usd if spent is not None else None
    why = _why_no_profit(currencies, spent)
    return Balance(
        name=name,
        cost=cost,
        revenue=revenue,
        profit=None if why or revenue is None or cost is None else revenue - cost,
        is_least=len(known) < len(posts),
        basis=_revenue_basis(currencies, len(known), len(posts)),
        reason=why,
    )


def _why_no_profit(currencies: Sequence[str], spent: Spent | None) -> str | None:
    if spent is None or not spent.events:
        return "no cost is recorded"
    if spent.unpriced:
        return f"{spent.unpriced} of {spent.events} costs have no price: set prices in .env"
    if not currencies:
        return "no platform told a revenue"
    return None if list(currencies) == [_USD] else _currencies(currencies)


def _revenue_basis(currencies: Sequence[str], known: int, posts: int) -> str:
    if not currencies:
        return "no platform told a revenue"
    if list(currencies) != [_USD]:
        return _currencies(currencies)
    return f"estimated by the platforms, of {of(known, posts, 'post')}"


def _currencies(currencies: Sequence[str]) -> str:
    return f"revenue is in {', '.join(currencies)}: not added up"


def profit_text(balance: Balance) -> str:
    """As people read it; empty where there is none."""
    if balance.profit is None:
        return ""
    return ("\u2265 " if balance.is_least else "") + dollars(balance.profit)
