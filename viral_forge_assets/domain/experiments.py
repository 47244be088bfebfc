"""Which arm of an experiment a video is dealt, and when enough is known.

Thompson sampling: an arm is dealt as often as it is likely to be the best by what is known. We
compute that probability and draw from it, so that what stands beside each draw is the probability
it really had: later questions ("what if we had dealt otherwise?") need it.

Source: O. Chapelle, L. Li, An Empirical Evaluation of Thompson Sampling, NIPS 2011,
https://papers.nips.cc/paper/4321-an-empirical-evaluation-of-thompson-sampling
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from viral_forge_assets.domain.arm_posteriors import Beliefs, Outcome, beliefs
from viral_forge_resources.contracts.draws import share
from viral_forge_resources.contracts.experiments import (
    Arm,
    Experiment,
    Exploration,
    Reason,
    Rules,
)
from viral_forge_resources.contracts.keys import short_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealt:
    """What a video is dealt.

    Attributes:
        probabilities: of each arm under the whole policy, holdout included; they add up to 1.
        posterior: version of what is known: a hash of every result that counted.
    """

    arm: Arm
    probabilities: Mapping[str, float]
    reason: Reason
    posterior: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether enough is known.

    Attributes:
        probability_best: that the leader is the best.
        expected_loss: reward that serving the leader is expected to lose against the best.
        why: what is settled, or what is missing.
    """

    leader: str
    probability_best: float
    expected_loss: float
    is_settled: bool
    why: str


def deal(arms: Sequence[Arm], outcomes: Sequence[Outcome], rules: Rules, *, seed: str) -> Dealt:
    """The arm of the video that ``seed`` stands for: the same for the same outcomes.

    Draws that wait for their result count as draws: many videos dealt at once are spread over the
    arms, and none is dealt out of turn because its results take three days.
    """
    names = [arm.name for arm in arms]
    chances, reason = _chances(names, outcomes, rules)
    held_out = rules.holdout_share
    probabilities = {
        name: (1 - held_out) * chances[name] + (held_out if name == names[0] else 0.0)
        for name in names
    }
    name = _drawn(chances, share(seed, "arm"))
    if share(seed, "holdout") < held_out:
        name, reason = names[0], Reason.HOLDOUT
    return Dealt(
        arm=next(arm for arm in arms if arm.name == name),
        probabilities=probabilities,
        reason=reason,
        posterior=posterior_version(names, outcomes, rules),
    )


def explored(
    experiment: Experiment, candidate_keys: Iterable[str], *, now: datetime
) -> dict[str, Exploration]:
    """Which videos come first whatever their score; the same for the same experiment, always."""
    share_of = experiment.rules.explore_share
    if not share_of or experiment.stopped_at is not None:
        return {}
    drawn = {}
    for key in candidate_keys:
        seed = f"{experiment.experiment_id}:{key}"
        is_explored = share(seed, "explore") < share_of
        drawn[key] = Exploration(
            candidate_key=key,
            experiment_id=experiment.experiment_id,
            probability=share_of if is_explored else 1 - share_of,
            is_explored=is_explored,
            seed=seed,
            drawn_at=now,
        )
    return drawn


def verdict(names: Sequence[str], outcomes: Sequence[Outcome], rules: Rules) -> Verdict:
    """Whether the experiment may end by its rules, and which arm leads.

    Both thresholds must hold: a probability alone is passed sooner or later by looking often, the
    expected loss says what being wrong costs.
    Source: C. Stucchio, Bayesian A/B Testing at VWO (2015), section 5,
    https://cdn2.hubspot.net/hubfs/310840/VWO_SmartStats_technical_whitepaper.pdf
    """
    known = beliefs(names, outcomes, rules)
    why, is_settled = _judged(known, rules)
    return Verdict(
        leader=known.leader.name,
        probability_best=known.leader.probability_best,
        expected_loss=known.expected_loss,
        is_settled=is_settled,
        why=why,
    )


def posterior_version(names: Sequence[str], outcomes: Sequence[Outcome], rules: Rules) -> str:
    """Changes with every result that comes in, and with the rules."""
    results = [(each.number, each.arm, each.reward) for each in outcomes if each.reward is not None]
    return short_hash(repr(list(names)), repr(sorted(results)), repr(rules))


def _judged(known: Beliefs, rules: Rules) -> tuple[str, bool]:
    leader = known.leader
    short = [arm for arm in known.arms if arm.rewards < rules.settled_rewards]
    if short:
        told = ", ".join(f"{arm.name} has {arm.rewards}" for arm in short)
        return f"{told} of the {rules.settled_rewards} results that each arm needs", False
    told = (
        f"{leader.name} is the best with a probability of {leader.probability_best:.3f}"
        f" (needed: {rules.settled_probability:g}), serving it is expected to lose"
        f" {known.expected_loss:.4f} of reward (at most: {rules.settled_loss:g})"
    )
    return told, (
        leader.probability_best >= rules.settled_probability
        and known.expected_loss <= rules.settled_loss
    )


def _chances(
    names: Sequence[str], outcomes: Sequence[Outcome], rules: Rules
) -> tuple[dict[str, float], Reason]:
    """How likely each arm is dealt where the video is not held out, and why."""
    counted = Counter(each.arm for each in outcomes)
    fewest = min(counted[name] for name in names)
    if fewest < rules.least_draws:
        behind = [name for name in names if counted[name] == fewest]
        return {name: (name in behind) / len(behind) for name in names}, Reason.EXPOSURE
    known = beliefs(names, outcomes, rules)
    rest = 1 - rules.least_share * len(names)
    chances = {arm.name: rules.least_share + rest * arm.probability_best for arm in known.arms}
    return chances, Reason.LEARNED


def _drawn(chances: Mapping[str, float], point: float) -> str:
    *others, last = chances
    for name in others:
        if point < chances[name]:
            return name
        point -= chances[name]
    return last
