"""What is believed of each arm of an experiment, from the results that are in.

A reward lies in [0, 1] and scatters about its arm's mean as a normal variable would, of unknown
mean and spread: the prior is a normal-inverse-gamma that counts as one result, so it only speaks
where little else does. Results from before tastes changed do not count (``turning_points``), so
that a change is followed; an experiment may also let results weigh less the older they are. A draw
without a result yet adds nothing at all: it is no failure.

Source: K. Murphy, Conjugate Bayesian analysis of the Gaussian distribution (2007), section 3,
https://www.cs.ubc.ca/~murphyk/Papers/bayesGauss.pdf; discounting: V. Raj, S. Kalyani, Taming
Non-stationary Bandits (2017), https://arxiv.org/abs/1707.09727
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from viral_forge_assets.domain.turning_points import Result, counts_from
from viral_forge_resources.contracts.experiments import Rules

_STEPS = 800
"""Of the grid over [0, 1]; a fortieth of the narrowest posterior that 50 results leave."""

_SHAPE = 1.0
"""Of the prior of the spread: as heavy in its tails as a proper one may be."""

_TAIL = 0.025
_LEAST_SCALE = 2e-3  # results that are all alike leave no belief narrower than the grid shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One draw and what came of it.

    Attributes:
        number: of the draw in its experiment.
        reward: in [0, 1]; None where no result is in.
    """

    number: int
    arm: str
    reward: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPosterior:
    """What is believed of one arm, ready to be drawn.

    Attributes:
        mean: expected reward, in [0, 1].
        low: below it the true mean lies with a probability of 2.5 %; above ``high`` as well.
        draws: videos that were dealt this arm.
        rewards: how many of them have a result that counts.
        weight: as how many new results those count.
        probability_best: that no other arm is better.
    """

    name: str
    mean: float
    low: float
    high: float
    draws: int
    rewards: int
    weight: float
    probability_best: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Beliefs:
    """What is believed of all arms together.

    Attributes:
        expected_loss: reward that serving the leader is expected to lose against the best.
    """

    arms: tuple[ArmPosterior, ...]
    expected_loss: float

    @property
    def leader(self) -> ArmPosterior:
        """The arm of the highest mean."""
        return max(self.arms, key=lambda arm: arm.mean)


def beliefs(names: Sequence[str], outcomes: Sequence[Outcome], rules: Rules) -> Beliefs:
    """What the outcomes say of the arms ``names``; the same for the same outcomes, always."""
    dealt = Counter(each.arm for each in outcomes)
    outcomes = _counting(outcomes, rules)
    centre = _centre(outcomes, rules)
    results = [_results(name, outcomes, rules) for name in names]
    spread = _spread(results, rules)
    densities = [_density(each, centre, spread, rules) for each in results]
    below = [_cumulated(density) for density in densities]
    best = [_probability_best(number, densities, below) for number in range(len(names))]
    total = sum(best)
    means = [_mean(density) for density in densities]
    return Beliefs(
        arms=tuple(
            ArmPosterior(
                name=name,
                mean=means[number],
                low=_quantile(below[number], _TAIL),
                high=_quantile(below[number], 1 - _TAIL),
                draws=dealt[name],
                rewards=len(results[number]),
                weight=sum(weight for weight, _ in results[number]),
                probability_best=best[number] / total,
            )
            for number, name in enumerate(names)
        ),
        expected_loss=max(_expected_best(below) - max(means), 0.0),
    )


def _counting(outcomes: Sequence[Outcome], rules: Rules) -> list[Outcome]:
    """Those of today's tastes, in order: sums differ in their last digits."""
    ordered = sorted(outcomes, key=lambda each: each.number)
    results = [
        Result(number=each.number, arm=each.arm, reward=each.reward)
        for each in ordered
        if each.reward is not None
    ]
    start = counts_from(results, evidence=rules.change_evidence)
    return [each for each in ordered if each.number >= start]


_Results = list[tuple[float, float]]
"""Weight and reward of each result of an arm."""


def _results(name: str, outcomes: Sequence[Outcome], rules: Rules) -> _Results:
    newest = max((each.number for each in outcomes if each.reward is not None), default=0)
    return [
        (rules.discount ** (newest - each.number), each.reward)
        for each in outcomes
        if each.arm == name and each.reward is not None
    ]


def _centre(outcomes: Sequence[Outcome], rules: Rules) -> float:
    """Where the prior lies: what results are like here, whatever arm they are of."""
    rewards = [each.reward for each in outcomes if each.reward is not None]
    return (rules.prior_mean + sum(rewards)) / (1 + len(rewards))


def _spread(results: Sequence[_Results], rules: Rules) -> tuple[float, float]:
    """Shape of what is believed of one result's spread, and the square of its middle.

    Posts of one niche scatter alike whatever recipe they are of, so all arms tell it together: an
    arm that is hardly dealt any more keeps a belief as narrow as its few results allow.
    """
    shape, rate = _SHAPE, _SHAPE * rules.prior_spread**2
    for each in results:
        weight = sum(one for one, _ in each)
        if weight:
            mean = sum(one * reward for one, reward in each) / weight
            rate += sum(one * (reward - mean) ** 2 for one, reward in each) / 2
            shape += max(weight - 1, 0) / 2
    return shape, rate / shape


def _density(
    results: _Results, centre: float, spread: tuple[float, float], rules: Rules
) -> list[float]:
    """Density of the mean on the grid, adding up to 1: Student's t, cut off at 0 and 1."""
    shape, variance = spread
    total = rules.prior_weight + sum(each for each, _ in results)
    told = sum(each * reward for each, reward in results)
    location = (rules.prior_weight * centre + told) / total
    scale = max(math.sqrt(variance / total), _LEAST_SCALE)
    power = -(2 * shape + 1) / 2
    raw = [
        (1 + ((step / _STEPS - location) / scale) ** 2 / (2 * shape)) ** power
        for step in range(_STEPS + 1)
    ]
    whole = sum(raw)
    return [each / whole for each in raw]


def _cumulated(density: list[float]) -> list[float]:
    """Probability of lying below each point of the grid, half of its own weight included."""
    return [up_to - here / 2 for up_to, here in zip(accumulate(density), density, strict=True)]


def _probability_best(number: int, densities: list[list[float]], below: list[list[float]]) -> float:
    others = [each for place, each in enumerate(below) if place != number]
    return math.fsum(
        here * math.prod(other[step] for other in others)
        for step, here in enumerate(densities[number])
    )


def _expected_best(below: list[list[float]]) -> float:
    """Mean of the highest of all arms' means: one less the area below its distribution."""
    area: float = math.fsum(math.prod(points) for points in zip(*below, strict=True))
    return 1 - area / _STEPS


def _mean(density: list[float]) -> float:
    return math.fsum(step * here for step, here in enumerate(density)) / _STEPS


def _quantile(below: list[float], probability: float) -> float:
    return min(bisect_left(below, probability), _STEPS) / _STEPS
