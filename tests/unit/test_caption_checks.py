"""Faults of captions are found, and good ones pass."""

from dataclasses import replace
from typing import Any

import pytest

from tests.captions import STYLES, UPRIGHT, placed, said
from viral_forge_assets.domain.caption_checks import (
    CAPTION_CHECK_NAMES,
    Shown,
    check_captions,
    covering_faults,
    timing_faults,
    zone_faults,
)
from viral_forge_assets.domain.placement import Obstacle, ObstacleKind
from viral_forge_assets.domain.safe_zones import Box
from viral_forge_resources.contracts.records import CheckResult
from viral_forge_resources.contracts.works import ShownCaption

TALK = said("Most people think you need many hours of practice, but you really do not.", each=0.3)
FACE = Obstacle(
    start_s=0,
    end_s=9,
    box=Box(left=0.2, top=0.5, right=0.8, bottom=0.62),
    kind=ObstacleKind.FACE,
)


def shown(style: str, *obstacles: Obstacle) -> list[ShownCaption]:
    return [
        ShownCaption(
            start_s=each.line.start_s,
            end_s=each.line.end_s,
            words=each.line.words,
            left=each.box.left,
            top=each.box.top,
            right=each.box.right,
            bottom=each.box.bottom,
        )
        for each in placed(TALK, STYLES[style], obstacles=obstacles)
    ]


@pytest.mark.parametrize("style", sorted(STYLES))
def test_what_we_lay_out_has_no_fault(style):
    assert timing_faults(shown(style), TALK) == ()
    assert covering_faults(shown(style, FACE), UPRIGHT, [FACE]) == ()
    assert zone_faults(shown(style, FACE), UPRIGHT) == ()


def test_a_caption_over_a_face_is_a_fault_where_there_is_room():
    faults = covering_faults(shown("bold"), UPRIGHT, [FACE])
    assert "covers what is in the picture (face)" in faults[0].text


def test_a_caption_over_a_face_that_fills_the_frame_is_none():
    close_up = replace(FACE, box=Box(left=0, top=0, right=1, bottom=1))
    assert covering_faults(shown("bold", close_up), UPRIGHT, [close_up]) == ()


def test_a_caption_under_the_controls_of_a_platform_is_a_fault():
    low = [replace(each, top=0.8, bottom=0.9) for each in shown("bold")]
    assert len(zone_faults(low, UPRIGHT)) == len(low)


@pytest.mark.parametrize(
    ("change", "said_of_it"),
    [
        ({"start_s": 0.2}, "'Most' is shown +0.20 s off its sound"),
        ({"end_s": 0.5}, "before its end"),
    ],
)
def test_a_caption_beside_its_words_is_a_fault(change, said_of_it):
    first, *others = shown("bold")
    faults = timing_faults([replace(first, **change), *others], TALK)
    assert said_of_it in " ".join(fault.text for fault in faults)


def test_a_word_without_a_caption_is_a_fault():
    _, *others = shown("bold")
    faults = timing_faults(others, TALK)
    assert faults[0].text == "'Most' is heard and not shown"


def test_two_captions_at_once_are_a_fault():
    first, second, *others = shown("bold")
    faults = timing_faults([first, replace(second, start_s=first.end_s - 0.2), *others], TALK)
    assert "two captions are shown at once" in {fault.text for fault in faults}


def _checked(**changes: Any) -> dict[str, CheckResult]:
    good = Shown(captions=shown("bold", FACE), words=TALK, frame=UPRIGHT, obstacles=[FACE])
    return {each.name: each for each in check_captions(replace(good, **changes))}


def test_good_captions_pass_each_check():
    results = _checked()
    assert list(results) == list(CAPTION_CHECK_NAMES)
    assert all(each.passed for each in results.values())


@pytest.mark.parametrize(
    ("changes", "name", "told"),
    [
        ({"captions": shown("bold", FACE)[:1]}, "in_time", "is heard and not shown"),
        ({"captions": shown("bold")}, "in_the_clear", "covers what is in the picture (face)"),
        (
            {"captions": [replace(each, bottom=0.97) for each in shown("bold", FACE)]},
            "in_the_safe_zone",
            "a platform's controls cover it",
        ),
    ],
)
def test_each_fault_fails_its_check_alone(changes, name, told):
    (failed,) = (each for each in _checked(**changes).values() if not each.passed)
    assert failed.name == f"rendered_clips_have_captions_{name}"
    assert told in failed.message


def test_a_clip_without_captions_says_why_there_is_nothing_to_check():
    results = _checked(captions=(), words=(), none_because="nothing is said in it")
    assert {each.message for each in results.values()} == {"not applicable: nothing is said in it"}
    assert all(each.passed for each in results.values())


def test_words_without_a_caption_fail():
    results = _checked(captions=())
    assert not results["rendered_clips_have_captions_in_time"].passed


def test_that_nobody_looked_for_faces_is_told():
    message = _checked(unseen=["CenterFace is missing"])[
        "rendered_clips_have_captions_in_the_clear"
    ]
    assert "nobody looked: CenterFace is missing" in message.message
