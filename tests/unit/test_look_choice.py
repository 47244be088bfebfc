"""What a look may be, and who decides it."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import jsonschema
import pytest

from viral_forge_assets.domain.caption_styles import CaptionStyle, Effect, with_accent
from viral_forge_assets.domain.edit_plan import ClipPlan
from viral_forge_assets.domain.look_choice import (
    look_moments,
    look_of_colours,
    look_question,
    look_said,
    with_look,
)
from viral_forge_assets.domain.looks import Grade, LookWish, grade_filter
from viral_forge_assets.domain.variation import PlannedFilter
from viral_forge_assets.filters._compose import open_filter
from viral_forge_resources.contracts.llm import Answer
from viral_forge_resources.contracts.media import Framing, FramingMode, Stretch
from viral_forge_resources.contracts.vision import Keyframe, Tones

PLAIN = Tones(
    brightness=0.5, contrast=0.2, saturation=0.3, warmth=0.0, red=0.5, green=0.5, blue=0.5
)
WISH = LookWish(accents=("FFD60A", "0A3DFF"))
CLIP = ClipPlan(
    number=1,
    segments=(Stretch(start_s=10, end_s=20),),
    framing=Framing(mode=FramingMode.FIT, width_px=640, height_px=360),
    fps=Fraction(25),
    score=0.5,
    filters=(PlannedFilter(name="vignette"),),
)


def _pictures(**tones: float) -> list[Keyframe]:
    return [Keyframe(at_s=0.0, jpeg=b"jpeg", tones=replace(PLAIN, **tones))]


def _answer(**changes: Any) -> Answer:
    said = {"mood": "calm", "lighting": "dark", "subject": "a cat", "grade": "warm"}
    return Answer(
        document=said | {"accent": "#FFD60A"} | changes,
        provider="fake",
        model="eye-1",
        prompt_tokens=900,
        completion_tokens=20,
        cost_usd=0.01,
    )


@pytest.mark.parametrize(
    ("tones", "grade"),
    [
        ({"brightness": 0.1}, Grade.BRIGHT),
        ({"contrast": 0.4}, Grade.SOFT),
        ({"saturation": 0.05}, Grade.VIVID),
        ({"contrast": 0.05}, Grade.VIVID),
        ({"warmth": 0.2}, Grade.WARM),
        ({"warmth": -0.2}, Grade.COOL),
        ({}, Grade.NATURAL),
    ],
)
def test_light_and_colours_call_for_a_grade(tones, grade):
    look = look_of_colours(WISH, _pictures(**tones), because="nobody was asked")
    assert (look.grade, look.decided_by) == (grade, "colours")
    assert look.why.endswith("; nobody was asked")


def test_a_grade_that_the_recipe_does_not_permit_is_not_chosen():
    wish = LookWish(grades=(Grade.WARM,))
    look = look_of_colours(wish, _pictures(brightness=0.1), because="nobody was asked")
    assert look.grade is Grade.NATURAL
    assert "permits no bright" in look.why
    assert look_question(wish, _pictures()).schema["properties"]["grade"]["enum"] == [
        "natural",
        "warm",
    ]


@pytest.mark.parametrize(
    ("mean", "accent"),
    [({"red": 0.9, "green": 0.8, "blue": 0.1}, "0A3DFF"), ({"blue": 0.9, "red": 0.0}, "FFD60A")],
)
def test_the_accent_stands_out_from_the_pictures(mean, accent):
    assert look_of_colours(WISH, _pictures(**mean), because="x").accent == accent


def test_the_pictures_go_along_and_nothing_of_the_file():
    question = look_question(WISH, _pictures())
    assert question.pictures == (b"jpeg",)
    assert question.material == '{"pictures": 1}'


def test_an_answer_gives_the_look_and_what_it_took():
    look = look_said(_answer())
    assert (look.grade, look.accent, look.decided_by) == (Grade.WARM, "FFD60A", "fake eye-1")
    assert (look.prompt_tokens, look.completion_tokens, look.cost_usd) == (900, 20, 0.01)


@pytest.mark.parametrize(
    "changes",
    [
        {"grade": "eq=brightness=1"},
        {"accent": "#000000"},
        {"mood": "buy now"},
        {"subject": 7},
        {"more": "x"},
    ],
)
def test_an_answer_may_say_nothing_but_what_is_permitted(changes):
    schema = look_question(WISH, _pictures()).schema
    jsonschema.validate(_answer().document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_answer(**changes).document, schema)


def test_what_it_says_of_the_subject_is_one_short_line():
    look = look_said(_answer(subject="a\ncat\u202e{\\an8}" + "x" * 500))
    assert look.subject is not None
    assert look.subject.startswith("a cat {\\an8}x")
    assert (len(look.subject), "\n" in look.told) == (120, False)


def test_a_look_grades_the_clip_ahead_of_its_recipe_and_says_who_decided():
    clip = with_look(CLIP, look_said(_answer()), WISH)
    assert [each.name for each in clip.filters] == ["colour", "vignette"]
    assert clip.look is not None
    assert clip.look.filter == clip.filters[0]
    assert clip.filters[0].parameters["warmth"] == pytest.approx(0.48)
    assert clip.reasons[-1].startswith(
        "look warm, captions #FFD60A: fake eye-1 (calm, dark, a cat)"
    )


def test_a_natural_look_changes_nothing():
    clip = with_look(CLIP, look_said(_answer(grade="natural")), WISH)
    assert clip.filters == CLIP.filters


@pytest.mark.parametrize("grade", list(Grade))
@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_every_grade_is_one_that_the_filter_takes(grade, strength):
    planned = grade_filter(grade, strength)
    if planned is not None:
        open_filter(planned.name, planned.parameters)
    assert (planned is None) == (grade is Grade.NATURAL or strength == 0)


@pytest.mark.parametrize(("length_s", "number"), [(3, 6), (24, 6), (40, 10), (300, 12)])
def test_six_to_twelve_pictures_are_spread_over_what_the_clip_shows(length_s, number):
    moments = look_moments([Stretch(start_s=10, end_s=10 + length_s)])
    assert len(moments) == number
    assert moments[0] - 10 == pytest.approx(length_s / number / 2)
    assert moments[-1] == pytest.approx(10 + length_s - length_s / number / 2)


def test_pictures_are_of_the_segments_and_not_of_what_was_cut_away():
    segments = [Stretch(start_s=0, end_s=3), Stretch(start_s=100, end_s=103)]
    assert look_moments(segments) == pytest.approx((0.5, 1.5, 2.5, 100.5, 101.5, 102.5))


def _style(**changes: Any) -> CaptionStyle:
    values: dict[str, Any] = {
        "name": "s",
        "version": 1,
        "description": "d",
        "font_size": 0.1,
        "max_characters": 9,
    }
    return CaptionStyle(**(values | changes))


def test_captions_take_the_accent_where_their_style_has_one():
    coloured = _style(effect=Effect.COLOUR, accent="FFFFFF")
    assert with_accent(coloured, "0A3DFF").accent == "0A3DFF"
    barred = _style(effect=Effect.BAR, accent_box="FFFFFF")
    assert with_accent(barred, "0A3DFF").accent_box == "0A3DFF"
    for unchanged in (_style(), _style(effect=Effect.BOX, accent_box="FFFFFF")):
        assert with_accent(unchanged, "0A3DFF") == unchanged
    assert with_accent(coloured, None) == coloured
