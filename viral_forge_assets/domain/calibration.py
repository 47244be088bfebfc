"""Did our score of a video predict what its clips did? And which weights would have, better?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import atanh, fsum, sqrt, tanh
from statistics import median

FEWEST_POSTS = 20
"""Videos with results below which no curve, no correlation and no weights are told."""

_BINS = 5
_Z = 1.959964  # of a 95 % interval
_STEP = 0.1  # of weights that are tried; so few videos tell no finer ones
_FOLDS = 5
_STAY = 0.2  # what a fit must gain for each squared distance from the weights that count
_CERTAIN = 0.999999


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One video: what we thought of it, and what came of it.

    Attributes:
        score: ours, in [0, 1), as it stood when the video was chosen.
        reward: in [0, 1], from its posts at 72 hours.
        parts: of the score by name, as far as they were known; empty where they have expired.
    """

    candidate_key: str
    score: float
    reward: float
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Videos whose score lies from ``low`` up to ``high``, ready to be drawn.

    Attributes:
        videos: how many there are.
        good: how many of them did better than the niche's middle one.
        share: of the good ones; None without a video, as are its 95 % interval's ends.
    """

    low: float
    high: float
    videos: int
    good: int
    share: float | None
    share_low: float | None
    share_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How well the score predicted results.

    Attributes:
        videos: with a score and a result.
        correlation: Spearman's, in [-1, 1], with its 95 % interval; None where ``reason`` says.
        bins: empty where there are too few videos.
    """

    videos: int
    correlation: float | None = None
    low: float | None = None
    high: float | None = None
    bins: tuple[ReliabilityBin, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """Weights that would have predicted better, or why none are told.

    Attributes:
        correlation: Spearman's on videos that the fit did not see; ``before`` is that of the
            weights that count, on the same videos.
    """

    videos: int
    weights: Mapping[str, float] | None = None
    correlation: float | None = None
    before: float | None = None
    reason: str | None = None


def calibration(videos: Sequence[Scored]) -> Calibration:
    """Curve and correlation of a niche's videos; absent with the reason where they are too few."""
    if len(videos) < FEWEST_POSTS:
        return Calibration(videos=len(videos), reason=_too_few(len(videos)))
    bins = _reliability(videos)
    found = spearman([each.score for each in videos], [each.reward for each in videos])
    if found is None:
        return Calibration(
            videos=len(videos), bins=bins, reason="all scores, or all results, are the same"
        )
    low, high = _interval(found, len(videos))
    return Calibration(videos=len(videos), correlation=found, low=low, high=high, bins=bins)


def refit(videos: Sequence[Scored], current: Mapping[str, float]) -> Refit:
    """Weights for the parts of ``current``, none negative, adding up to 1.

    Those whose score ranks the videos most as their results do, with a pull towards the weights
    that count. What that is worth is measured on videos that a fit did not see, five times a fifth.
    """
    known = sorted((each for each in videos if each.parts), key=lambda each: each.candidate_key)
    if len(known) < FEWEST_POSTS:
        return Refit(videos=len(known), reason=_too_few(len(known)))
    candidates = list(_simplex(sorted(current)))
    left_out: list[float] = []
    for fold in range(_FOLDS):
        seen = [each for place, each in enumerate(known) if place % _FOLDS != fold]
        unseen = known[fold::_FOLDS]
        fitted = _best(seen, candidates, current)
        judged = spearman(*_judged(unseen, fitted))
        if judged is not None:
            left_out.append(judged)
    before = [
        judged
        for fold in range(_FOLDS)
        if (judged := spearman(*_judged(known[fold::_FOLDS], current))) is not None
    ]
    if not left_out or not before:
        return Refit(videos=len(known), reason="all scores, or all results, are the same")
    return Refit(
        videos=len(known),
        weights=_best(known, candidates, current),
        correlation=fsum(left_out) / len(left_out),
        before=fsum(before) / len(before),
    )


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Rank correlation in [-1, 1], ties at their middle rank; None where one of them is constant.

    Source: https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.spearmanr.html
    """
    one, other = _ranks(first), _ranks(second)
    middle = (len(one) + 1) / 2
    above = fsum((a - middle) * (b - middle) for a, b in zip(one, other, strict=True))
    spread = fsum((a - middle) ** 2 for a in one) * fsum((b - middle) ** 2 for b in other)
    return above / sqrt(spread) if spread else None


def wilson(good: int, of: int) -> tuple[float, float]:
    """95 % interval of a share.

    Source: E. B. Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953
    """
    share, pull = good / of, _Z**2 / of
    middle = (share + pull / 2) / (1 + pull)
    half = _Z * sqrt(share * (1 - share) / of + pull / (4 * of)) / (1 + pull)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _interval(correlation: float, videos: int) -> tuple[float, float]:
    """95 % interval of a rank correlation.

    Source: D. Bonett, T. Wright, Sample size requirements for estimating Pearson, Kendall and
    Spearman correlations (2000), https://doi.org/10.1007/BF02294183
    """
    centre = atanh(max(min(correlation, _CERTAIN), -_CERTAIN))
    half = _Z * sqrt((1 + correlation**2 / 2) / (videos - 3))
    return tanh(centre - half), tanh(centre + half)


def _reliability(videos: Sequence[Scored]) -> tuple[ReliabilityBin, ...]:
    middle = median(each.reward for each in videos)
    bins = []
    for number in range(_BINS):
        inside = [each for each in videos if min(int(each.score * _BINS), _BINS - 1) == number]
        good = sum(each.reward > middle for each in inside)
        low, high = wilson(good, len(inside)) if inside else (None, None)
        bins.append(
            ReliabilityBin(
                low=number / _BINS,
                high=(number + 1) / _BINS,
                videos=len(inside),
                good=good,
                share=good / len(inside) if inside else None,
                share_low=low,
                share_high=high,
            )
        )
    return tuple(bins)


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        start = end + 1
    return ranks


def _simplex(names: Sequence[str]) -> Iterable[dict[str, float]]:
    """Every way to share 1 among the names in steps."""
    steps = round(1 / _STEP)
    for counts in product(range(steps + 1), repeat=len(names) - 1):
        if sum(counts) <= steps:
            whole = (*counts, steps - sum(counts))
            yield {name: count / steps for name, count in zip(names, whole, strict=True)}


def _best(
    videos: Sequence[Scored],
    candidates: Sequence[Mapping[str, float]],
    current: Mapping[str, float],
) -> Mapping[str, float]:
    def worth(weights: Mapping[str, float]) -> float:
        moved = fsum((weights[name] - current[name]) ** 2 for name in current)
        return (spearman(*_judged(videos, weights)) or 0.0) - _STAY * moved

    return max((dict(current), *candidates), key=worth)


def _judged(
    videos: Sequence[Scored], weights: Mapping[str, float]
) -> tuple[list[float], list[float]]:
    """Scores by those weights, where a part that is not known adds nothing, and results."""
    scores = [
        fsum(weight * each.parts.get(name, 0.0) for name, weight in weights.items())
        for each in videos
    ]
    return scores, [each.reward for each in videos]


def _too_few(videos: int) -> str:
    return (
        f"{videos} videos have a score and a result after 72 hours; {FEWEST_POSTS} are needed"
        " before anything is told"
    )
