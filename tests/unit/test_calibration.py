"""Whether a score predicted results, and weights that would have."""

import random

import pytest

from viral_forge_assets.domain.calibration import (
    FEWEST_POSTS,
    Calibration,
    Scored,
    calibration,
    refit,
    spearman,
    wilson,
)

CURRENT = {"velocity": 0.4, "lifetime_rate": 0.2, "engagement": 0.2, "freshness": 0.2}


def videos(number: int, *, telling: str | None = "engagement") -> list[Scored]:
    """Videos whose results follow one part of the score, or none."""
    dice = random.Random(f"{number} {telling}")  # noqa: S311  the same videos every time
    found = []
    for place in range(number):
        parts = {name: dice.random() for name in CURRENT}
        reward = (parts[telling] if telling else dice.random()) * 0.8 + dice.random() * 0.2
        score = sum(CURRENT[name] * part for name, part in parts.items())
        found.append(Scored(candidate_key=f"{place:04}", score=score, reward=reward, parts=parts))
    return found


def test_too_few_videos_tell_nothing_and_say_how_many_are_needed():
    found = calibration(videos(FEWEST_POSTS - 1))
    assert (found.correlation, found.bins) == (None, ())
    assert found.reason is not None
    assert found.reason.startswith("19 videos have a score and a result after 72 hours; 20 are")
    assert refit(videos(FEWEST_POSTS - 1), CURRENT).weights is None


def test_the_curve_counts_every_video_once_and_an_empty_bin_has_no_share():
    some = [Scored(candidate_key=str(n), score=0.05 + n / 100, reward=n / 40) for n in range(30)]
    found = calibration(some)
    assert sum(each.videos for each in found.bins) == 30
    assert [each.videos for each in found.bins] == [15, 15, 0, 0, 0]
    assert [each.share for each in found.bins] == [0, 1, None, None, None]
    assert (found.bins[4].share_low, found.bins[4].share_high) == (None, None)
    assert found.correlation == pytest.approx(1)


def _interval(found: Calibration) -> tuple[float, float, float]:
    assert found.low is not None
    assert found.high is not None
    assert found.correlation is not None
    return found.low, found.correlation, found.high


def test_an_interval_holds_its_correlation_and_narrows_with_videos():
    few, many = _interval(calibration(videos(30))), _interval(calibration(videos(300)))
    assert sorted(few) == list(few)
    assert sorted(many) == list(many)
    assert many[2] - many[0] < few[2] - few[0]


def test_results_that_are_all_the_same_tell_no_correlation():
    same = [Scored(candidate_key=str(n), score=n / 40, reward=0.5) for n in range(30)]
    found = calibration(same)
    assert (found.correlation, found.reason) == (None, "all scores, or all results, are the same")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233),  # as scipy.stats.spearmanr says
        ([1, 2, 2, 4], [4, 3, 2, 1], -0.9486832980505138),
        ([1, 1, 1], [1, 2, 3], None),
    ],
)
def test_rank_correlation(first, second, expected):
    found = spearman(first, second)
    assert found == (expected if expected is None else pytest.approx(expected))


def test_wilson_interval():
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


def test_a_refit_leans_on_the_part_that_tells_results():
    found = refit(videos(120), CURRENT)
    assert found.weights is not None
    assert found.correlation is not None
    assert found.before is not None
    assert found.weights["engagement"] == max(found.weights.values())
    assert sum(found.weights.values()) == pytest.approx(1)
    assert min(found.weights.values()) >= 0
    assert found.correlation > found.before + 0.2


def test_a_refit_to_noise_is_no_better_on_videos_that_it_did_not_see():
    found = refit(videos(100, telling=None), CURRENT)
    assert found.correlation is not None
    assert abs(found.correlation) < 0.3


def test_a_refit_does_not_depend_on_the_order_of_videos():
    some = videos(60)
    assert refit(list(reversed(some)), CURRENT) == refit(some, CURRENT)


def test_parts_that_have_expired_fit_nothing():
    some = [
        Scored(candidate_key=each.candidate_key, score=each.score, reward=each.reward)
        for each in videos(60)
    ]
    assert refit(some, CURRENT).weights is None
    assert calibration(some).correlation is not None
