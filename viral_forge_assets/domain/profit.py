"""What clips cost and what is left of what they earned; nothing unknown is taken for nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from viral_forge_resources.contracts.costs import CostEvent
from viral_forge_resources.contracts.prices import Prices

ClipKey = tuple[str, int]
"""Candidate key and number of a clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What a live post earned so far, as its platform tells.

    Attributes:
        amount: in ``currency``; None where no platform told; ``reason`` says so.
    """

    publication_id: str
    candidate_key: str
    clip_number: int
    channel_id: str
    amount: float | None
    currency: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostOfClip:
    """What one clip cost.

    Attributes:
        own_usd: spent on this clip alone, as far as it has a price.
        shared_usd: its even share of what was spent on all clips of its candidate.
        unpriced: what else it took, and why that has no price; the cost is at least what is known.
    """

    candidate_key: str
    clip_number: int
    own_usd: float
    shared_usd: float
    unpriced: tuple[str, ...] = ()

    @property
    def known_usd(self) -> float:
        """What is known: the whole cost where ``unpriced`` is empty, else a part of it."""
        return self.own_usd + self.shared_usd

    @property
    def cost_usd(self) -> float | None:
        """The whole cost; None where a part of it has no price."""
        return None if self.unpriced else self.known_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Profit:
    """What is left of what something earned.

    Attributes:
        name: clip, niche or channel.
        cost_usd: None where a part of it has no price; ``known_cost_usd`` is the rest.
        revenue_usd: None where no post told any in a currency that has a rate.
        profit_usd: None where one of them is None.
        at_most_usd: revenue less the known cost; None where there is no revenue.
        posts: live ones; ``posts_told`` of them told what they earned.
        reasons: why something is None, or left out.
    """

    name: str
    cost_usd: float | None
    known_cost_usd: float
    revenue_usd: float | None
    profit_usd: float | None
    at_most_usd: float | None
    posts: int
    posts_told: int
    reasons: tuple[str, ...] = ()


def costs_of_clips(events: Iterable[CostEvent], clips: Sequence[ClipKey]) -> tuple[CostOfClip, ...]:
    """What each of ``clips`` cost.

    What a niche spends before it has a candidate, such as ranking, is no clip's.
    """
    own: defaultdict[ClipKey, list[CostEvent]] = defaultdict(list)
    shared: defaultdict[str, list[CostEvent]] = defaultdict(list)
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for key, number in clips:
        numbers[key].append(number)
    for event in events:
        if event.candidate_key is None:
            continue
        if event.clip_number in numbers[event.candidate_key]:
            own[event.candidate_key, event.clip_number or 0].append(event)
        else:  # also what a clip cost that the edit has no more
            shared[event.candidate_key].append(event)
    return tuple(
        CostOfClip(
            candidate_key=key,
            clip_number=number,
            own_usd=_known(own[key, number]),
            shared_usd=_known(shared[key]) / len(numbers[key]),
            unpriced=_unpriced([*own[key, number], *shared[key]]),
        )
        for key, number in clips
    )


def profit_of_clips(
    costs: Sequence[CostOfClip], earned: Sequence[Earned], prices: Prices
) -> tuple[Profit, ...]:
    """The profit of each clip."""
    by_clip: defaultdict[ClipKey, list[Earned]] = defaultdict(list)
    for each in earned:
        by_clip[each.candidate_key, each.clip_number].append(each)
    return tuple(
        _profit(
            f"{cost.candidate_key} #{cost.clip_number}",
            cost.known_usd,
            cost.unpriced,
            by_clip[cost.candidate_key, cost.clip_number],
            prices,
        )
        for cost in costs
    )


def profit_of_niche(
    niche: str, events: Sequence[CostEvent], earned: Sequence[Earned], prices: Prices
) -> Profit:
    """The profit of a niche: every cost of its own counts, also of what became no clip."""
    return _profit(niche, _known(events), _unpriced(events), earned, prices)


def profit_of_channels(
    costs: Sequence[CostOfClip],
    events: Iterable[CostEvent],
    earned: Sequence[Earned],
    prices: Prices,
) -> tuple[Profit, ...]:
    """The profit of each channel that a clip is live on.

    A clip's cost is shared evenly by its live posts, but for what was paid for one channel's post.
    """
    paid: defaultdict[str, list[CostEvent]] = defaultdict(list)
    by_clip: defaultdict[ClipKey, list[CostEvent]] = defaultdict(list)
    for event in events:
        if event.channel_id is not None:
            paid[event.channel_id].append(event)
            by_clip[event.candidate_key or "", event.clip_number or 0].append(event)
    posts: defaultdict[ClipKey, int] = defaultdict(int)
    for each in earned:
        posts[each.candidate_key, each.clip_number] += 1
    known = {(cost.candidate_key, cost.clip_number): cost for cost in costs}
    found = []
    for channel in sorted({each.channel_id for each in earned}):
        own = [each for each in earned if each.channel_id == channel]
        clips = [(each.candidate_key, each.clip_number) for each in own]
        shares = [
            (known[clip].known_usd - _known(by_clip[clip])) / posts[clip]
            for clip in clips
            if clip in known
        ]
        unpriced = {why for clip in clips if clip in known for why in known[clip].unpriced}
        total = fsum(shares) + _known(paid[channel])
        found.append(_profit(channel, total, tuple(sorted(unpriced)), own, prices))
    return tuple(found)


def _profit(
    name: str,
    known_usd: float,
    unpriced: tuple[str, ...],
    earned: Sequence[Earned],
    prices: Prices,
) -> Profit:
    told, reasons = _revenue(earned, prices)
    revenue = fsum(told) if told else None
    cost = None if unpriced else known_usd
    return Profit(
        name=name,
        cost_usd=cost,
        known_cost_usd=known_usd,
        revenue_usd=revenue,
        profit_usd=None if revenue is None or cost is None else revenue - cost,
        at_most_usd=None if revenue is None else revenue - known_usd,
        posts=len(earned),
        posts_told=len(told),
        reasons=(*unpriced, *reasons),
    )


def _revenue(earned: Sequence[Earned], prices: Prices) -> tuple[list[float], tuple[str, ...]]:
    """In US dollars, of each post that told; and why others did not, or are left out."""
    told: list[float] = []
    reasons = set() if earned else {"nothing is posted"}
    for each in earned:
        if each.amount is None or each.currency is None:
            reasons.add(each.reason or "no source tells what it earned")
            continue
        priced = prices.in_usd(each.amount, each.currency)
        if priced.usd is None:
            reasons.add(priced.reason or "")
        else:
            told.append(priced.usd)
    return told, tuple(sorted(reasons))


def _known(events: Iterable[CostEvent]) -> float:
    return fsum(event.usd for event in events if event.usd is not None)


def _unpriced(events: Iterable[CostEvent]) -> tuple[str, ...]:
    found: Mapping[str, None] = dict.fromkeys(
        f"{event.kind}: {event.reason or 'it has no price'}"
        for event in events
        if event.usd is None and event.quantity
    )
    return tuple(sorted(found))
