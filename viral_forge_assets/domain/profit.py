"""What things cost and earned, and what is left; nothing unknown is taken for nothing.

The one place where that is reckoned: commands, reports and pages show what stands here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

from viral_forge_assets.domain.money import Cost, Earned, Profit, Revenue
from viral_forge_resources.contracts.costs import CostLine
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.results import MadeClip

STUDIO = "studio"
NO_NICHE = "no niche"

_NO_POST = "nothing is posted"

ClipKey = tuple[str, int]
"""Candidate key and number of a clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Costs and profits of the whole studio.

    Attributes:
        clips: by niche.
    """

    studio: Profit
    niches: tuple[Profit, ...]
    channels: tuple[Profit, ...]
    clips: Mapping[str, tuple[Profit, ...]]


def books(
    lines: Sequence[CostLine],
    clips: Sequence[MadeClip],
    earned: Sequence[Earned],
    prices: Prices,
) -> Books:
    """Everything that was spent and earned."""
    return Books(
        studio=_profit(STUDIO, cost_of(lines), earned, prices),
        niches=_niches(lines, earned, prices),
        channels=_channels(lines, clips, earned, prices),
        clips=_clips(lines, clips, earned, prices),
    )


def cost_of(lines: Iterable[CostLine]) -> Cost:
    """All of it together."""
    priced: list[float] = []
    unpriced: set[str] = set()
    for line in lines:
        if line.usd is None:
            unpriced.add(f"{line.kind}: {line.reason or 'it has no price'}")
        else:
            priced.append(line.usd)
    return Cost(usd=fsum(priced) if priced else None, unpriced=tuple(sorted(unpriced)))


def costs_of_clips(lines: Iterable[CostLine], clips: Sequence[MadeClip]) -> dict[ClipKey, Cost]:
    """What each clip cost: its own, and an even share of what its candidate's clips needed.

    What a niche spends before it has a candidate, such as ranking, is no clip's.
    """
    own: defaultdict[ClipKey, list[CostLine]] = defaultdict(list)
    shared: defaultdict[str, list[CostLine]] = defaultdict(list)
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for clip in clips:
        numbers[clip.candidate_key].add(clip.number)
    for line in lines:
        if line.candidate_key is None:
            continue
        if line.clip_number in numbers[line.candidate_key]:
            own[line.candidate_key, line.clip_number or 0].append(line)
        else:  # also what a clip cost that the edit has no more
            shared[line.candidate_key].append(line)
    found = {}
    for clip in clips:
        key = clip.candidate_key, clip.number
        parts = [cost_of(own[key])] if own[key] else []
        if shared[clip.candidate_key]:
            among = len(numbers[clip.candidate_key])
            parts.append(_share(cost_of(shared[clip.candidate_key]), among))
        found[key] = _added(parts)
    return found


def _niches(
    lines: Sequence[CostLine], earned: Sequence[Earned], prices: Prices
) -> tuple[Profit, ...]:
    """Every cost of a niche counts, also of what became no clip."""
    spent: defaultdict[str, list[CostLine]] = defaultdict(list)
    told: defaultdict[str, list[Earned]] = defaultdict(list)
    for line in lines:
        spent[line.niche or NO_NICHE].append(line)
    for each in earned:
        told[each.niche].append(each)
    names = sorted({*spent, *told})
    return tuple(_profit(name, cost_of(spent[name]), told[name], prices) for name in names)


def _clips(
    lines: Sequence[CostLine],
    clips: Sequence[MadeClip],
    earned: Sequence[Earned],
    prices: Prices,
) -> dict[str, tuple[Profit, ...]]:
    costs = costs_of_clips(lines, clips)
    told: defaultdict[ClipKey, list[Earned]] = defaultdict(list)
    for each in earned:
        told[each.candidate_key, each.clip_number].append(each)
    found: defaultdict[str, list[Profit]] = defaultdict(list)
    for clip in clips:
        key = clip.candidate_key, clip.number
        name = f"{clip.candidate_key} #{clip.number}"
        found[clip.niche].append(_profit(name, costs[key], told[key], prices))
    return {niche: tuple(own) for niche, own in found.items()}


def _channels(
    lines: Sequence[CostLine],
    clips: Sequence[MadeClip],
    earned: Sequence[Earned],
    prices: Prices,
) -> tuple[Profit, ...]:
    """A clip's cost is shared evenly by its live posts; a channel pays for its own posts."""
    costs = costs_of_clips([line for line in lines if line.channel_id is None], clips)
    paid: defaultdict[str, list[CostLine]] = defaultdict(list)
    for line in lines:
        if line.channel_id is not None:
            paid[line.channel_id].append(line)
    live = Counter((each.candidate_key, each.clip_number) for each in earned)
    told: defaultdict[str, list[Earned]] = defaultdict(list)
    for each in earned:
        told[each.channel_id].append(each)
    found = []
    for channel in sorted({*paid, *told}):
        keys = [(each.candidate_key, each.clip_number) for each in told[channel]]
        parts = [_share(costs.get(key, _GONE), live[key]) for key in keys]
        if paid[channel]:
            parts.append(cost_of(paid[channel]))
        found.append(_profit(channel, _added(parts), told[channel], prices))
    return tuple(found)


_GONE = Cost(unpriced=("clip: it is no longer made, so its share is with its candidate's others",))


def _share(cost: Cost, among: int) -> Cost:
    return cost if cost.usd is None else replace(cost, usd=cost.usd / among)


def _added(parts: Sequence[Cost]) -> Cost:
    priced = [part.usd for part in parts if part.usd is not None]
    unpriced = {why for part in parts for why in part.reasons}
    return Cost(usd=fsum(priced) if priced else None, unpriced=tuple(sorted(unpriced)))


def _profit(name: str, cost: Cost, earned: Sequence[Earned], prices: Prices) -> Profit:
    return Profit(name=name, cost=cost, revenue=_revenue(earned, prices))


def _revenue(earned: Sequence[Earned], prices: Prices) -> Revenue:
    told: list[float] = []
    reasons = set() if earned else {_NO_POST}
    for each in earned:
        if each.amount is None or each.currency is None:
            reasons.add(each.reason or "no source tells what it earned")
            continue
        priced = prices.in_usd(each.amount, each.currency)
        if priced.usd is None:
            reasons.add(priced.reason or "")
        else:
            told.append(priced.usd)
    usd = fsum(told) if told else None
    return Revenue(usd=usd, posts=len(earned), told=len(told), reasons=tuple(sorted(reasons)))
