from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from viral_forge_assets.domain.panning import Axis, still_or_moving

FPS = 25
FASTEST = 1.25  # crops a second
WIDE = Axis(part=0.32, rest=0.5)
TIMES = [frame / FPS for frame in range(5 * FPS)]


def _seen(places: list[float], *, step_s: float = 0.2) -> list[tuple[float, float]]:
    return [((index + 0.5) * step_s, place) for index, place in enumerate(places)]


def _crossing(start: float = 0.1, end: float = 0.9, count: int = 25) -> list[float]:
    return [start + (end - start) * index / (count - 1) for index in range(count)]


def test_what_crosses_the_picture_is_followed_without_lag():
    path = still_or_moving(_seen(_crossing()), TIMES, WIDE)

    misses = [
        abs(middle - WIDE.inside(0.1 + 0.8 * (at_s - 0.1) / 4.8))
        for at_s, middle in zip(TIMES, path, strict=True)
    ]
    assert max(misses) < 0.15 * WIDE.part
    assert sum(misses) / len(misses) < 0.05 * WIDE.part


def test_to_the_left_is_the_mirror_of_to_the_right():
    right = still_or_moving(_seen(_crossing()), TIMES, WIDE)
    left = still_or_moving(_seen(_crossing(0.9, 0.1)), TIMES, WIDE)

    assert left == pytest.approx([1 - middle for middle in right])


def test_a_lone_outlier_moves_nothing():
    places = [0.5] * 25
    places[12] = 0.95

    assert still_or_moving(_seen(places), TIMES, WIDE) == (0.5,)


def test_a_lone_outlier_bends_no_pan():
    places = _crossing()
    straight = still_or_moving(_seen(places), TIMES, WIDE)
    places[12] = 0.05

    assert still_or_moving(_seen(places), TIMES, WIDE) == pytest.approx(straight, abs=0.02)


def test_what_moves_now_here_now_there_is_no_one_subject():
    assert still_or_moving(_seen([0.15, 0.15, 0.85, 0.85] * 6), TIMES, WIDE) == (0.5,)


def test_what_is_too_fast_to_follow_is_not_followed():
    assert len(still_or_moving(_seen([0.1, 0.5, 0.9, 0.5] * 6), TIMES, WIDE)) == 1


def test_a_few_points_make_no_subject():
    assert still_or_moving(_seen([0.1, 0.2, 0.3, 0.8, 0.9]), TIMES, WIDE) == (0.5,)


def test_a_still_crop_is_where_all_of_the_movement_is_held():
    [middle] = still_or_moving(_seen([0.62, 0.7] * 12), TIMES, WIDE)

    assert 0.6 < middle < 0.72


def test_who_stands_still_for_a_while_is_kept():
    walk = [(at_s, place) for at_s, place in _seen(_crossing(0.2, 0.5, 10))]
    later = [(at_s + 3.0, place) for at_s, place in _seen(_crossing(0.5, 0.8, 10))]

    path = still_or_moving(walk + later, TIMES, WIDE)

    assert path[round(2.5 * FPS)] == pytest.approx(0.5, abs=0.02)


@given(
    rest=st.floats(0.2, 0.8),
    wobble=st.lists(st.floats(-0.04, 0.04), min_size=25, max_size=25),
)
def test_wobble_inside_the_dead_zone_moves_nothing(rest, wobble):
    axis = Axis(part=0.32, rest=rest)
    path = still_or_moving(_seen([rest + each for each in wobble]), TIMES, axis)

    assert path == (axis.still,)


_PLACES = st.lists(st.floats(0, 1), min_size=8, max_size=40)
_PARTS = st.floats(0.1, 1.0)


@given(places=_PLACES, part=_PARTS, rest=st.floats(0, 1))
def test_a_crop_is_always_inside_the_picture(places, part, rest):
    path = still_or_moving(_seen(places), TIMES, Axis(part=part, rest=rest))

    assert len(path) in (1, len(TIMES))
    assert min(path) >= part / 2 - 1e-9
    assert max(path) <= 1 - part / 2 + 1e-9


@given(start=st.floats(0, 1), steps=st.lists(st.floats(-0.06, 0.06), min_size=24, max_size=24))
def test_a_pan_never_jumps_and_starts_and_stops_softly(start, steps):
    places = [start]
    for step in steps:
        places.append(min(max(places[-1] + step, 0.0), 1.0))
    path = still_or_moving(_seen(places), TIMES, WIDE)
    assume(len(path) > 1)

    speeds = [(b - a) * FPS / WIDE.part for a, b in pairwise(path)]
    assert max(map(abs, speeds)) <= FASTEST + 1e-6
    inner = speeds[FPS // 2 : -FPS // 2]
    assert max(abs(b - a) for a, b in pairwise(inner)) * FPS <= 2 * FASTEST / 0.4 + 1e-6


def test_a_shot_that_begins_on_a_move_begins_as_calmly_as_it_goes_on():
    quick = [0.28 + 0.05 * min(index, 6) + 0.01 * (index % 2) for index in range(25)]
    path = still_or_moving(_seen(quick), TIMES, WIDE)

    assert len(path) == len(TIMES)
    jerks = [
        d - 3 * c + 3 * b - a
        for a, b, c, d in zip(path, path[1:], path[2:], path[3:], strict=False)
    ]
    clip_px = 1080 / WIDE.part
    assert (sum(jerk**2 for jerk in jerks) / len(jerks)) ** 0.5 * clip_px <= 0.6
