"""Since when results count: a change is told by an arm that does otherwise than it did."""

import math
import random
from itertools import count

import pytest

from viral_forge_assets.domain.turning_points import Result, counts_from

_EVIDENCE = 5.0


def _results(*stretches: tuple[str, float, int], seed: str = "world") -> list[Result]:
    """Rewards of arm, mean and number of videos, one stretch after the other."""
    dice, numbers = random.Random(seed), count(1)  # noqa: S311  the same results every time
    return [
        Result(number=next(numbers), arm=arm, reward=dice.gauss(mean, 0.15))
        for arm, mean, videos in stretches
        for _ in range(videos)
    ]


def test_results_of_one_taste_all_count_in_most_worlds():
    worlds = [_results(("punchy", 0.6, 120), seed=f"world {n}") for n in range(40)]
    kept = [counts_from(each, evidence=_EVIDENCE) == 0 for each in worlds]
    assert sum(kept) >= 34


def test_what_was_before_a_change_does_not_count():
    known = _results(("punchy", 0.7, 60), ("punchy", 0.4, 40))
    assert counts_from(known, evidence=_EVIDENCE) == pytest.approx(61, abs=5)


def test_of_several_changes_the_last_one_counts():
    known = _results(("punchy", 0.7, 60), ("punchy", 0.3, 60), ("punchy", 0.8, 30))
    assert counts_from(known, evidence=_EVIDENCE) == pytest.approx(121, abs=5)


def test_another_arm_is_no_change():
    known = _results(("punchy", 0.9, 60), ("clean", 0.1, 60))
    assert counts_from(known, evidence=_EVIDENCE) == 0


def test_a_few_results_are_luck_whatever_they_are():
    known = _results(("punchy", 0.9, 4), ("punchy", 0.0, 4))
    assert counts_from(known, evidence=_EVIDENCE) == 0


def test_without_end_of_evidence_nothing_is_forgotten():
    known = _results(("punchy", 0.9, 60), ("punchy", 0.0, 60))
    assert counts_from(known, evidence=math.inf) == 0


@pytest.mark.parametrize("known", [[], [Result(number=3, arm="clean", reward=0.5)]])
def test_where_hardly_anything_is_known_nothing_changed(known):
    assert counts_from(known, evidence=_EVIDENCE) == 0


def test_results_that_are_all_alike_show_no_change():
    alike = [Result(number=number, arm="clean", reward=0.5) for number in range(1, 60)]
    assert counts_from(alike, evidence=_EVIDENCE) == 0
