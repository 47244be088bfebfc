"""Whether the score of a video foretold what its clips came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from viral_forge_assets.domain.calibration import FEWEST_POSTS, spearman

_BINS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Videos of about the same score.

    Attributes:
        score: their mean.
        result: mean of what they came to, in [0, 1].
    """

    score: float
    result: float
    videos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Scores against results.

    Attributes:
        bins: as many videos in each, give or take one; by score.
        correlation: Spearman's; None where all scores or all results are the same.
        reason: why there are no bins.
    """

    bins: tuple[Bin, ...]
    correlation: float | None
    videos: int
    reason: str | None = None


def reliability(pairs: Sequence[tuple[float, float]]) -> Reliability:
    """Of score and result of each video."""
    if len(pairs) < FEWEST_POSTS:
        reason = f"{len(pairs)} of the {FEWEST_POSTS} videos with a score and a result are there"
        return Reliability(bins=(), correlation=None, videos=len(pairs), reason=reason)
    in_order, count = sorted(pairs), len(pairs)
    cuts = [count * number // _BINS for number in range(_BINS + 1)]
    parts = [in_order[start:end] for start, end in pairwise(cuts)]
    return Reliability(
        bins=tuple(
            Bin(
                score=fmean(score for score, _ in part),
                result=fmean(result for _, result in part),
                videos=len(part),
            )
            for part in parts
        ),
        correlation=spearman([score for score, _ in pairs], [result for _, result in pairs]),
        videos=count,
    )
