"""Growth comes from two readings of the same thing; where there are not two, there is none."""

from datetime import timedelta

import pytest

from tests.builders import NOW
from viral_forge_assets.domain.growth import Reading, at_age, by_post, curve, growth, ranks

_HOUR = timedelta(hours=1)


def _read(*values: tuple[float, float], counted: str = "v1") -> list[Reading]:
    """Readings of one post, each as age in hours and value."""
    return [Reading("post", value, NOW + age * _HOUR, counted) for age, value in values]


def test_growth_is_what_the_last_two_readings_differ_by_an_hour():
    found = growth(_read((1, 100), (6, 200), (24, 560)))
    assert (found.per_hour, found.gained, found.hours) == (20, 360, 18)
    assert found.until == NOW + 24 * _HOUR


@pytest.mark.parametrize(
    ("readings", "reason"), [([], "never read"), (_read((24, 560)), "read once so far")]
)
def test_without_two_readings_growth_is_absent_and_says_why(readings, reason):
    found = growth(readings)
    assert (found.per_hour, found.gained, found.reason) == (None, None, reason)


def test_numbers_of_two_definitions_are_no_series():
    changed = _read((1, 100)) + _read((6, 9_000), counted="v2")
    assert growth(changed).per_hour is None
    assert growth(changed).reason == "what was counted changed between its readings"


def test_readings_minutes_apart_say_nothing_of_growth():
    assert growth(_read((24, 100), (24.2, 100))).reason == "its readings lie too close together"


def test_a_platform_that_takes_counts_back_makes_growth_negative():
    assert growth(_read((1, 100), (6, 50))).per_hour == -10


def test_nothing_between_two_readings_is_guessed():
    read = _read((6, 100), (72, 700))
    assert at_age(read, NOW, timedelta(hours=24)) is None
    assert at_age(read, NOW, timedelta(hours=72)) == 700


def test_a_curve_has_no_point_where_too_few_posts_were_read():
    posts = {f"post {number}": NOW for number in range(3)}
    read = by_post(
        Reading(post, 100.0 * number, NOW + age * _HOUR, "v1")
        for number, post in enumerate(posts, 1)
        for age in ((6, 24) if number < 3 else (6,))
    )
    points = {point.age / _HOUR: point for point in curve(posts, read, least=3)}
    assert (points[6].value, points[6].posts) == (200, 3)
    assert (points[1].value, points[1].posts) == (None, 0)
    assert set(points) == {1, 6}  # at 24 h only two of the three were read


def test_a_curve_is_of_the_same_posts_at_every_age():
    posts = {f"post {number}": NOW for number in range(6)}
    read = by_post(
        Reading(post, 10.0 if number < 4 else 10_000.0, NOW + age * _HOUR, "v1")
        for number, post in enumerate(posts)
        for age in ((6, 24) if number < 4 else (6,))
    )
    points = curve(posts, read, least=3)
    assert [(point.value, point.posts) for point in points[1:]] == [(10, 4), (10, 4)]


def test_ranks_lie_between_the_worst_and_the_best_and_equals_share_theirs():
    assert ranks({"a": 5, "b": 1, "c": 9}) == {"a": 0.5, "b": 0.0, "c": 1.0}
    assert ranks({"a": 5, "b": 5, "c": 5}) == {"a": 0.5, "b": 0.5, "c": 0.5}
