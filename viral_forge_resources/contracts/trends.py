"""Niches that nobody asked for yet."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TrendKind(StrEnum):
    """What rises."""

    KEYWORD = "keyword"
    CHANNEL = "channel"


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class NicheProposal:
    """A keyword or channel that rises, as a niche to be.

    Attributes:
        name: of the niche that it would become.
        source_niche: in whose scans it was seen.
        term: the keyword, or the channel's name.
        platforms: where it rises.
        evidence: the figures, for people.
    """

    name: str
    source_niche: str
    kind: TrendKind
    term: str
    platforms: tuple[str, ...]
    evidence: str
    proposed_at: datetime
    state: ProposalState = ProposalState.OPEN
    decided_at: datetime | None = None
    decided_by: str | None = None
