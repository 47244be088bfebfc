"""What an experiment deals, and what it believes."""

from collections import Counter

import pytest

from viral_forge_assets.domain.arm_posteriors import Outcome, beliefs
from viral_forge_assets.domain.experiments import Dealt, deal, posterior_version, verdict
from viral_forge_resources.contracts.experiments import Arm, Reason, Rules

NAMES = ("clean", "story", "punchy")
ARMS = tuple(Arm(name=name, recipe=name) for name in NAMES)
RULES = Rules()


def outcomes(**rewards: list[float | None]) -> list[Outcome]:
    """Rewards by arm, dealt in turn."""
    rounds = max(len(each) for each in rewards.values())
    return [
        Outcome(number=turn * len(rewards) + place + 1, arm=arm, reward=each[turn])
        for turn in range(rounds)
        for place, (arm, each) in enumerate(rewards.items())
        if turn < len(each)
    ]


def dealt(known: list[Outcome], *, rules: Rules = RULES, videos: int = 120) -> list[Dealt]:
    return [deal(ARMS, known, rules, seed=f"video-{number}") for number in range(videos)]


LEARNED = outcomes(clean=[0.3, 0.35] * 6, story=[0.4, 0.45] * 6, punchy=[0.7, 0.65] * 6)


def test_nobody_knows_anything_of_arms_without_results():
    known = beliefs(NAMES, [], RULES)
    assert [arm.probability_best for arm in known.arms] == pytest.approx([1 / 3] * 3)
    assert {(arm.mean, arm.rewards) for arm in known.arms} == {(known.arms[0].mean, 0)}
    assert known.arms[0].mean == pytest.approx(0.5, abs=0.01)


def test_a_draw_without_a_result_is_no_failure():
    waiting = [Outcome(number=100 + n, arm="punchy", reward=None) for n in range(30)]
    before, after = beliefs(NAMES, LEARNED, RULES), beliefs(NAMES, [*LEARNED, *waiting], RULES)
    assert after.leader.mean == before.leader.mean
    assert after.leader.draws == before.leader.draws + 30


def test_the_interval_holds_the_mean_and_narrows_with_results():
    few = beliefs(NAMES, LEARNED[:6], RULES).leader
    many = beliefs(NAMES, LEARNED, RULES).leader
    assert few.low < few.mean < few.high
    assert many.high - many.low < few.high - few.low


def test_the_better_an_arm_did_the_more_it_is_dealt():
    counted = Counter(each.arm.name for each in dealt(LEARNED))
    assert counted["punchy"] > 90
    assert counted["clean"] > 0  # it is the holdout's


def test_the_same_video_is_dealt_the_same_by_the_same_results():
    again = deal(ARMS, list(reversed(LEARNED)), RULES, seed="video-1")
    assert deal(ARMS, LEARNED, RULES, seed="video-1") == again


def test_a_result_changes_the_version_of_what_is_known_and_a_waiting_draw_does_not():
    version = posterior_version(NAMES, LEARNED, RULES)
    waiting = [*LEARNED, Outcome(number=99, arm="clean", reward=None)]
    assert posterior_version(NAMES, waiting, RULES) == version
    known = [*LEARNED, Outcome(number=99, arm="clean", reward=0.1)]
    assert posterior_version(NAMES, known, RULES) != version


def test_what_stands_as_probability_is_how_often_an_arm_is_dealt():
    made = dealt(LEARNED, videos=800, rules=Rules(holdout_share=0.3))
    counted = Counter(each.arm.name for each in made)
    for name, probability in made[0].probabilities.items():
        assert counted[name] / 800 == pytest.approx(probability, abs=0.05)
    assert sum(made[0].probabilities.values()) == pytest.approx(1)


def test_every_arm_is_dealt_its_least_before_anything_learned_counts():
    lucky = outcomes(clean=[0.1], story=[0.1], punchy=[0.9])
    made = dealt(lucky, rules=Rules(holdout_share=0))
    assert {each.reason for each in made} == {Reason.EXPOSURE}
    assert all(count > 20 for count in Counter(each.arm.name for each in made).values())


def test_a_batch_dealt_at_once_is_spread_though_no_result_is_in():
    known: list[Outcome] = []
    for number in range(15):
        arm = deal(ARMS, known, Rules(holdout_share=0), seed=f"video-{number}").arm.name
        known.append(Outcome(number=number + 1, arm=arm, reward=None))
    assert Counter(each.arm for each in known) == dict.fromkeys(NAMES, 5)


def test_the_holdout_gets_the_control_whatever_was_learned():
    made = dealt(LEARNED, rules=Rules(holdout_share=0.2), videos=300)
    held = [each for each in made if each.reason is Reason.HOLDOUT]
    assert {each.arm.name for each in held} == {"clean"}
    assert 35 < len(held) < 85


def test_no_arm_is_ever_given_up():
    certain = outcomes(clean=[0.1] * 40, story=[0.1] * 40, punchy=[0.9] * 40)
    assert min(dealt(certain, videos=1)[0].probabilities.values()) >= 0.009


def test_a_taste_that_changed_is_followed():
    before = outcomes(clean=[0.3] * 30, story=[0.4] * 30, punchy=[0.7] * 30)
    later = [
        Outcome(number=100 + n, arm=("story", "punchy")[n % 2], reward=(0.7, 0.4)[n % 2])
        for n in range(60)
    ]
    assert beliefs(NAMES, before, RULES).leader.name == "punchy"
    assert beliefs(NAMES, [*before, *later], RULES).leader.name == "story"


def test_it_is_settled_once_the_leader_is_sure_and_every_arm_was_seen_enough():
    few = outcomes(clean=[0.3] * 12, story=[0.4] * 12, punchy=[0.7] * 4)
    assert not verdict(NAMES, few, RULES).is_settled
    assert "punchy has 4 of the 10 results" in verdict(NAMES, few, RULES).why
    made = verdict(NAMES, LEARNED, RULES)
    assert (made.leader, made.is_settled) == ("punchy", True)


def test_arms_that_do_alike_are_not_settled():
    alike = outcomes(clean=[0.4, 0.6] * 10, story=[0.6, 0.4] * 10, punchy=[0.5, 0.51] * 10)
    assert not verdict(NAMES, alike, RULES).is_settled
