"""What state says of posts and of the studio, for reports."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from viral_forge_resources.contracts.publishing import PublicationState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPost:
    """A live post with what it was made of.

    Attributes:
        recipe: None where the clip was made anew since.
        score: that its candidate had; None where it never had one, or may not be kept.
    """

    publication_id: str
    niche: str
    channel_id: str
    candidate_key: str
    clip_number: int
    title: str
    post_url: str | None
    published_at: datetime
    recipe: str | None
    duration_s: float | None
    score: float | None


class Measured(NamedTuple):
    """One number of one post; a tuple, for a report reads a hundred thousand."""

    publication_id: str
    metric: str
    value: float
    unit: str
    as_of: datetime
    definition: str
    source: str


class Told(NamedTuple):
    """The newest number of a post and one metric; where there is none, why."""

    publication_id: str
    value: float | None
    unit: str | None
    reason: str | None


class CurvePoint(NamedTuple):
    """What one recipe's posts kept of their viewers at one point of the video, on average.

    Of one platform: each counts viewers in its own way.
    """

    recipe: str | None
    platform: str
    metric: str
    mean: float
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """How much came how far.

    Attributes:
        seen: videos that scans saw and whose sightings are still kept.
        candidates: videos that were chosen or refused.
        clips: as they stand now.
        approved: contents that somebody said yes to.
        posted: posts that are live.
    """

    seen: int
    candidates: int
    clips: int
    approved: int
    posted: int


class MadeClip(NamedTuple):
    """A clip that a candidate has."""

    niche: str
    candidate_key: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How many posts of a channel stand where, before they are live."""

    channel_id: str
    state: PublicationState
    posts: int
    next_at: datetime
