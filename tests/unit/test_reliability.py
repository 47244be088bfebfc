"""Whether scores foretold results is said where enough videos have both."""

import pytest

from viral_forge_assets.domain.calibration import FEWEST_POSTS
from viral_forge_assets.domain.reliability import reliability


def test_scores_that_order_results_correlate_wholly():
    found = reliability([(n / 100, n / 50) for n in range(40)])
    assert found.correlation == pytest.approx(1)
    assert [each.videos for each in found.bins] == [8] * 5
    assert [each.result for each in found.bins] == sorted(each.result for each in found.bins)


def test_scores_the_wrong_way_round_correlate_negatively():
    assert reliability([(n, -n) for n in range(40)]).correlation == pytest.approx(-1)


def test_scores_that_are_all_alike_have_no_correlation():
    assert reliability([(0.5, n) for n in range(40)]).correlation is None


def test_too_few_videos_are_no_curve():
    found = reliability([(0.1, 0.2)] * (FEWEST_POSTS - 1))
    assert (found.bins, found.correlation) == ((), None)
    assert found.reason == "19 of the 20 videos with a score and a result are there"
