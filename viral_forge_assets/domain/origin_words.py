"""What a post was made of, cost and earned, in words: commands, pages and tables say the same."""

from collections.abc import Sequence
from datetime import datetime

from viral_forge_assets.domain.money import Bound
from viral_forge_assets.domain.report_words import bounded, dollars
from viral_forge_resources.contracts.lineage import Lineage
from viral_forge_resources.contracts.metrics import ESTIMATED_REVENUE, Unit
from viral_forge_resources.contracts.publishing import PostMetric

_DOLLARS = "USD"


def moment_words(at: datetime) -> str:
    """To the minute, with the zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def recipe_words(post: Lineage) -> str:
    """The recipe's name and version, and the beginning of its hash."""
    if post.recipe is None:
        return "no longer known: the clip was rendered anew since"
    return f"{post.recipe} {str(post.recipe_hash)[:8]}"


def source_words(post: Lineage) -> str:
    """Title and author."""
    return f"{post.source_title} by {post.source_author or 'an unknown author'}"


def right_words(post: Lineage) -> str:
    """The record that the clip rests on, and whether it still stands."""
    if post.licence is None or post.recorded_at is None:
        return "none is on record"
    ended = f"; revoked {moment_words(post.revoked_at)}" if post.revoked_at else ""
    held = f" of {post.holder}" if post.holder else ""
    recorded = f"recorded by {post.recorded_by}, {moment_words(post.recorded_at)}"
    return f"{post.licence}{held}, {post.evidence} ({recorded}){ended}"


def clip_cost_words(post: Lineage) -> str:
    """What the clip cost, as ``viral-forge costs`` has it."""
    missing = post.costs_unpriced
    if post.cost_usd is None and not missing:
        return "no cost is recorded"
    bound = Bound.AT_LEAST if missing else Bound.EXACT
    known = bounded(post.cost_usd, bound) or "not known"
    return f"{known}; {missing} costs without a price are not in it" if missing else known


def revenue_words(post: Lineage, numbers: Sequence[PostMetric] = ()) -> str:
    """What the platform told last; where it told nothing, why, as far as ``numbers`` say it."""
    if post.revenue is None:
        told = [each.reason for each in numbers if each.metric == ESTIMATED_REVENUE]
        return f"not known: {next(filter(None, told), 'no source tells what it earned')}"
    return _money(post.revenue, str(post.revenue_currency))


def number_words(number: PostMetric) -> str:
    """The value with its unit, or why there is none."""
    if number.value is None:
        return f"absent: {number.reason}"
    if number.unit == Unit.RATIO:
        return f"{number.value * 100:.1f} %"
    if number.unit in {Unit.COUNT, Unit.SECONDS}:
        return f"{number.value:,.10g}{' s' if number.unit == Unit.SECONDS else ''}"
    return _money(number.value, number.unit)


def _money(amount: float, currency: str) -> str:
    return dollars(amount) if currency == _DOLLARS else f"{amount:,.2f} {currency}"
