"""Weights of our score of a video: which there were, and which count."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WeightsState(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    DECLINED = "declined"
    REPLACED = "replaced"  # it counted until another one was adopted, or the first came back


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreWeights:
    """Weights that a refit found for one niche.

    Attributes:
        version: a number of its own among all niches; stands with each score made with it.
        weights: by part of the score, none negative, adding up to 1.
        posts: how many videos with results they were fitted to.
        correlation: Spearman's, of the scores with the results, on videos that a fit left out.
        correlation_before: the same with the weights that counted when this was proposed.
        decided_by: who adopted or declined it.
    """

    version: int
    niche: str
    weights: Mapping[str, float]
    state: WeightsState
    posts: int
    correlation: float
    correlation_before: float
    proposed_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
