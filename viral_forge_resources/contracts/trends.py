"""Niches that nobody asked for yet."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from viral_forge_resources.contracts.used_sounds import UsedSound


class TrendKind(StrEnum):
    """What may become a niche."""

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


class Gain(NamedTuple):
    """How much one video's views grew between two of its sightings.

    A named tuple: a look at a niche holds tens of thousands.

    Attributes:
        views: never below 0: platforms take counts back.
        hours: between the two sightings.
    """

    platform: str
    platform_video_id: str
    title: str
    author: str | None
    author_id: str | None
    tags: tuple[str, ...]
    views: int
    hours: float
    sound: UsedSound | None = None
