"""Costs, revenues and profits, each with what is not known of it."""

from dataclasses import dataclass
from enum import StrEnum

_NO_COST = "no cost is recorded"


class Bound(StrEnum):
    """How a number that is known in part only lies to the whole."""

    EXACT = ""
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What a live post earned so far, as its platform tells.

    Attributes:
        amount: in ``currency``; None where no platform told; ``reason`` says so.
    """

    publication_id: str
    niche: str
    candidate_key: str
    clip_number: int
    channel_id: str
    amount: float | None
    currency: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What something cost.

    Attributes:
        usd: of what has a price; None where nothing has.
        unpriced: what else it took, and why that has no price.
    """

    usd: float | None = None
    unpriced: tuple[str, ...] = ()

    @property
    def bound(self) -> Bound:
        """``usd`` is the whole, or a part of it."""
        return Bound.AT_LEAST if self.unpriced else Bound.EXACT

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not wholly known; empty where it is."""
        return self.unpriced or ((_NO_COST,) if self.usd is None else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """What live posts earned so far.

    Attributes:
        usd: of the posts that told it in a currency that has a rate; None where none did.
        posts: all of them; ``told`` of them are in ``usd``.
        reasons: why others are not, or why there is none.
    """

    usd: float | None
    posts: int
    told: int
    reasons: tuple[str, ...] = ()

    @property
    def bound(self) -> Bound:
        """``usd`` is of all posts, or of some."""
        return Bound.EXACT if self.told == self.posts else Bound.AT_LEAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Profit:
    """What is left of what a clip, a niche, a channel or the studio earned."""

    name: str
    cost: Cost
    revenue: Revenue

    @property
    def usd(self) -> float | None:
        """Revenue less cost; None where one is not known, or both in part only."""
        if self.cost.usd is None or self.revenue.usd is None:
            return None
        if self.cost.bound and self.revenue.bound:
            return None
        return self.revenue.usd - self.cost.usd

    @property
    def bound(self) -> Bound:
        """What ``usd`` says of the profit where cost or revenue is known in part."""
        return Bound.AT_MOST if self.cost.bound else self.revenue.bound

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why something is not known, or not wholly."""
        return (*self.cost.reasons, *self.revenue.reasons)
