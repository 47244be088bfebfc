from itertools import pairwise

import pytest

from viral_forge_assets.domain.variation import (
    Between,
    OneOf,
    ParameterValue,
    PlannedFilter,
    RecipeFilter,
    drawn_filters,
    extremes,
)
from viral_forge_resources.contracts.draws import share

HYPE = RecipeFilter(
    name="hype",
    parameters={
        "strength": Between(least=0.2, most=0.4),
        "seed": Between(least=0, most=9),
        "style": OneOf(one_of=("flash", "punch")),
        "colour": "#ffffff",
    },
)
PINNED: dict[str, ParameterValue] = {
    "strength": 0.245,
    "seed": 9,
    "style": "flash",
    "colour": "#ffffff",
}


def _draws(parameter: str, *, count: int = 300) -> list[ParameterValue]:
    return [
        drawn_filters((HYPE,), "recipe", "source", clip)[0].parameters[parameter]
        for clip in range(count)
    ]


def test_the_same_recipe_source_and_clip_draw_the_same():
    assert drawn_filters((HYPE,), "recipe", "source", 1) == drawn_filters(
        (HYPE,), "recipe", "source", 1
    )


def test_what_was_drawn_stays_drawn_in_later_versions():
    assert drawn_filters((HYPE,), "recipe", "source", 1) == (
        PlannedFilter(name="hype", parameters=PINNED),
    )


@pytest.mark.parametrize("reason", [("other", "source", 1), ("recipe", "other", 1)])
def test_another_recipe_or_source_draws_another(reason):
    assert drawn_filters((HYPE,), *reason) != drawn_filters((HYPE,), "recipe", "source", 1)


def test_clips_spread_over_the_whole_range_and_never_leave_it():
    drawn = sorted(float(value) for value in _draws("strength"))

    assert 0.2 <= drawn[0] < 0.21
    assert 0.39 < drawn[-1] <= 0.4
    assert max(later - earlier for earlier, later in pairwise(drawn)) < 0.01


def test_whole_numbers_and_choices_all_come_up():
    assert set(_draws("seed")) == set(range(10))
    assert set(_draws("style")) == {"flash", "punch"}
    assert set(_draws("colour")) == {"#ffffff"}


def test_a_draw_does_not_depend_on_the_other_parameters():
    alone = RecipeFilter(name="hype", parameters={"strength": HYPE.parameters["strength"]})

    drawn = [
        drawn_filters((each,), "r", "s", 1)[0].parameters["strength"] for each in (alone, HYPE)
    ]

    assert drawn[0] == drawn[1]


def test_both_ends_of_a_range_and_each_choice_are_tried_beforehand():
    tried = [dict(planned.parameters) for planned in extremes((HYPE,))]

    assert {"strength": 0.2} in tried
    assert {"strength": 0.4} in tried
    assert {"style": "punch"} in tried


def test_shares_are_even():
    shares = [share("even", number) for number in range(1000)]

    assert all(0 <= each < 1 for each in shares)
    assert all(70 < sum(int(each * 10) == tenth for each in shares) < 130 for tenth in range(10))
