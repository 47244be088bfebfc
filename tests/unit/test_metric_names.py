"""What is measured has one name, one unit and one meaning."""

import pytest

from viral_forge_assets.domain.performance import SUMMED
from viral_forge_resources.contracts.metrics import (
    AVERAGE_SHARE_VIEWED,
    DEFINITIONS,
    METRICS,
    REACH,
    curve_point,
    definition_of,
    is_summable,
    position_of,
)
from viral_forge_resources.publishers._studio_columns import COLUMNS


def test_every_definition_speaks_of_a_known_metric():
    assert {metric for _, metric in DEFINITIONS} <= set(METRICS)


def test_what_reports_add_up_may_be_added_up():
    assert all(is_summable(metric) for metric in SUMMED)


@pytest.mark.parametrize("metric", [AVERAGE_SHARE_VIEWED, REACH, curve_point(0.5), "no_such"])
def test_averages_people_and_unknown_numbers_are_never_added_up(metric):
    assert not is_summable(metric)


def test_a_file_and_an_api_measure_in_the_same_unit():
    known = [(c, METRICS[c.metric]) for c in COLUMNS if c.metric in METRICS]
    assert known
    assert all(column.measure.unit == (metric.unit or "¤") for column, metric in known)


@pytest.mark.parametrize("position", [0.01, 0.29, 0.5, 1.0])
def test_a_point_of_a_curve_is_read_back_where_it_lies(position):
    assert position_of(curve_point(position)) == position


@pytest.mark.parametrize("name", ["views", "audience_watch_ratio", "audience_watch_ratio@2.00"])
def test_what_is_no_point_of_a_curve_has_no_position(name):
    assert position_of(name) is None


def test_a_point_is_defined_as_its_curve():
    assert definition_of("youtube", curve_point(0.25)).startswith("youtube audience_watch_ratio v1")
