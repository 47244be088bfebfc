"""Moments of a silent source are chosen by what moves in it."""

from fractions import Fraction

import pytest

from viral_forge_assets.domain.liveliness import liveliness_of
from viral_forge_assets.domain.moments import Moment, choose_moments
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.media import (
    MOVEMENT_STEP_S,
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
    Transcript,
    TranscriptOrigin,
)

_RECIPE = Recipe(name="mine", version=1, description="A test.", max_duration_s=20, clips=2)
_TAKE_S = 120.0
_STILL, _LIVELY = 0.002, 0.02


def _take(*lively: tuple[float, float], start_s: float = 0.0, end_s: float = _TAKE_S) -> Shot:
    steps = [start_s + MOVEMENT_STEP_S * n for n in range(round((end_s - start_s) * 2))]
    movement = (
        _LIVELY if any(first <= at_s < last for first, last in lively) else _STILL for at_s in steps
    )
    return Shot(start_s=start_s, end_s=end_s, movement=tuple(movement))


def _chosen(*shots: Shot, duration_s: float = _TAKE_S) -> tuple[Moment, ...]:
    probe = MediaProbe(
        container="mp4",
        duration_s=duration_s,
        width_px=1280,
        height_px=720,
        rotation_deg=0,
        pixel_aspect=Fraction(1),
        fps=Fraction(25),
        is_variable_rate=False,
        is_hdr=False,
        video_codec="h264",
        pixel_format="yuv420p",
        start_s=0.0,
    )
    return choose_moments(
        _RECIPE,
        probe,
        SceneMap(duration_s=duration_s, shots=shots, silences=()),
        Transcript(origin=TranscriptOrigin.NO_SOUND),
        source_name="cat.mp4",
    )


def test_a_silent_take_does_not_always_give_its_first_seconds():
    first, *_ = _chosen(_take((70.0, 84.0)))
    assert 66.0 <= first.stretch.start_s <= 70.0
    assert first.stretch.end_s >= 84.0


def test_the_plan_says_how_lively_the_moment_is():
    first, *_ = _chosen(_take((70.0, 84.0)))
    assert any("times the source's usual movement" in reason for reason in first.reasons)


def test_of_a_source_that_stays_whole_nothing_is_said_of_its_movement():
    (whole,) = _chosen(_take((7.0, 9.0), end_s=15.0), duration_s=15.0)
    assert not any("movement" in reason for reason in whole.reasons)


def test_two_lively_moments_of_one_take_are_two_clips():
    starts = sorted(
        moment.stretch.start_s for moment in _chosen(_take((30.0, 40.0), (90.0, 100.0)))
    )
    assert starts == [pytest.approx(30.0, abs=4.1), pytest.approx(90.0, abs=4.1)]


def test_calm_moments_come_last_and_are_clips_all_the_same():
    first, second = _chosen(
        _take((0.0, 20.0), end_s=20.0),
        Shot(start_s=20.0, end_s=40.0, movement=(0.0,) * 40),
        duration_s=40.0,
    )
    assert (first.stretch.start_s, second.stretch.start_s) == (0.0, 20.0)


def test_the_same_source_gives_the_same_moments():
    take = _take((30.0, 40.0), (90.0, 100.0))
    assert _chosen(take) == _chosen(take)


@pytest.mark.parametrize(
    "take",
    [
        Shot(start_s=0.0, end_s=_TAKE_S),
        Shot(start_s=0.0, end_s=_TAKE_S, movement=(0.00005,) * 240),
    ],
)
def test_where_nothing_moves_or_nobody_looked_the_first_seconds_stay(take):
    first, *_ = _chosen(take)
    assert first.stretch.start_s == 0.0
    assert not any("movement" in reason for reason in first.reasons)


def test_where_all_of_a_take_moves_alike_the_earliest_wins():
    first, *_ = _chosen(_take((0.0, _TAKE_S)))
    assert first.stretch.start_s == 0.0


def test_movement_is_told_of_what_was_looked_at_alone():
    lively = liveliness_of([_take(end_s=10.0), Shot(start_s=10.0, end_s=20.0)])
    assert lively is not None
    assert lively.times_usual(Stretch(start_s=2.0, end_s=8.0)) == pytest.approx(1.0)
    assert lively.times_usual(Stretch(start_s=12.0, end_s=18.0)) is None
