from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viral_forge_assets.domain.edit_plan import (
    EditPlan,
    clip_fps,
    plan_edit,
    plan_hash,
    render_spec,
    with_sound,
    words_in_clip,
)
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.domain.variation import Between, RecipeFilter
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import (
    FramingMode,
    MediaProbe,
    SceneMap,
    Shot,
    SoundLevel,
    Stretch,
    Transcript,
    TranscriptOrigin,
    Word,
)
from viral_forge_resources.contracts.storage import StoredFile
from viral_forge_resources.contracts.works import Extra
from viral_forge_resources.documents import from_json, to_json

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PROBE = MediaProbe(
    container="mp4",
    duration_s=20.0,
    width_px=1920,
    height_px=1080,
    rotation_deg=0,
    pixel_aspect=Fraction(1),
    fps=Fraction(30000, 1001),
    is_variable_rate=False,
    is_hdr=False,
    video_codec="h264",
    pixel_format="yuv420p",
    start_s=0.0,
    audio_channels=2,
)
RECIPE = Recipe(
    name="mine",
    version=3,
    description="A test.",
    filters=(RecipeFilter(name="zoom", parameters={"scale": 1.05}),),
)
SCENES = SceneMap(duration_s=20.0, shots=(Shot(start_s=0, end_s=20, focus_x=0.3),), silences=())
LEVEL = SoundLevel(measured_lufs=-20.0, gain_db=6.2, expected_lufs=-14.1)


def _plan(recipe: Recipe = RECIPE, **changes: object) -> EditPlan:
    arguments: dict[str, Any] = {
        "probe": PROBE,
        "scene_map": SCENES,
        "transcript": Transcript(origin=TranscriptOrigin.NO_SPEECH),
        "source_sha256": "a" * 64,
        "rights_id": "own-1",
        "source_name": "holiday.mp4",
    }
    return plan_edit(recipe, **(arguments | changes))


def test_a_plan_survives_its_document():
    plan = with_sound(_plan(), {1: LEVEL})

    read = from_json(EditPlan, to_json(plan), name="edit plan")

    assert read == plan
    assert read.clips[0].fps == Fraction(30000, 1001)
    assert to_json(read) == to_json(plan)


def test_a_plan_says_what_made_it_and_why():
    plan = _plan()

    assert (plan.recipe, plan.recipe_version, plan.rights_id) == ("mine", 3, "own-1")
    assert plan.clips[0].segments == (Stretch(start_s=0.0, end_s=20.0),)
    assert "crop: loses 68% of the picture" in plan.clips[0].reasons


def test_a_crop_that_would_lose_too_much_becomes_a_fit():
    plan = _plan(replace(RECIPE, max_crop=0.5))

    assert plan.clips[0].framing.mode is FramingMode.FIT
    assert "fit: a crop would lose 68% of the picture, above 50%" in plan.clips[0].reasons


def test_a_source_too_short_for_a_clip_is_refused():
    with pytest.raises(BadInput, match=r"holiday\.mp4"):
        _plan(scene_map=SceneMap(duration_s=0.2, shots=(), silences=()))


@pytest.mark.parametrize(
    ("fps", "is_variable", "expected"),
    [
        (Fraction(24000, 1001), False, Fraction(24000, 1001)),
        (Fraction(60), False, Fraction(60)),
        (Fraction(25), True, Fraction(30)),
        (Fraction(10), False, Fraction(30)),
        (Fraction(120), False, Fraction(30)),
    ],
)
def test_a_usual_constant_rate_is_kept_exactly_and_any_other_becomes_30(fps, is_variable, expected):
    assert clip_fps(replace(PROBE, fps=fps, is_variable_rate=is_variable)) == expected


def test_a_clip_has_a_frame_for_each_tick_of_its_duration():
    assert _plan().clips[0].frames == 599


def test_sound_levels_reach_their_clips_only():
    plan = with_sound(_plan(), {2: LEVEL})

    assert plan.clips[0].sound is None


def test_the_renderer_is_told_everything_of_the_plan():
    plan = with_sound(_plan(), {1: LEVEL})

    spec = render_spec(plan, plan.clips[0], PROBE, source_filters=("eq",), frame_filters=("hflip",))

    assert (spec.width_px, spec.height_px, spec.fps) == (1080, 1920, Fraction(30000, 1001))
    assert (spec.gain_db, spec.has_sound, spec.crf) == (6.2, True, 21)
    assert (spec.source_filters, spec.frame_filters) == (("eq",), ("hflip",))
    assert spec.comment == f"recipe=mine@3+{plan.recipe_hash} source={'a' * 64} rights=own-1"


@pytest.mark.parametrize("audio_channels", [None, 0])
def test_a_source_without_sound_channels_has_no_sound(audio_channels):
    probe = replace(PROBE, audio_channels=audio_channels)
    plan = _plan(probe=probe)

    spec = render_spec(plan, plan.clips[0], probe, source_filters=(), frame_filters=())

    assert (spec.has_sound, spec.gain_db) == (False, None)


@pytest.mark.parametrize("measured_lufs", [None, -64.2])
def test_sound_that_nobody_hears_is_treated_as_no_sound(measured_lufs):
    inaudible = SoundLevel(measured_lufs=measured_lufs, gain_db=None, expected_lufs=None)
    plan = with_sound(_plan(), {1: inaudible})

    spec = render_spec(plan, plan.clips[0], PROBE, source_filters=(), frame_filters=())

    assert (spec.has_sound, spec.gain_db) == (False, None)


def test_the_plan_hash_follows_what_the_bytes_depend_on_and_nothing_else():
    plan = _plan()
    clip = plan.clips[0]
    known = plan_hash(plan, clip)

    assert plan_hash(plan, replace(clip, reasons=("another",), score=0.1)) == known
    assert plan_hash(replace(plan, clips=(clip, replace(clip, number=2))), clip) == known
    assert plan_hash(plan, replace(clip, fps=Fraction(25))) != known
    assert plan_hash(replace(plan, rights_id="own-2"), clip) != known
    assert plan_hash(plan, replace(clip, sound=LEVEL)) != known


def _word(text: str, start_s: float, end_s: float) -> Word:
    return Word(text=text, start_s=start_s, end_s=end_s)


def test_words_move_with_their_segment_and_vanish_with_what_is_cut_away():
    words = (_word("one", 1.0, 2.0), _word("two", 4.0, 5.0), _word("three", 7.0, 8.0))

    heard = words_in_clip(words, (Stretch(start_s=0.5, end_s=3.0), Stretch(start_s=6.5, end_s=9.0)))

    assert heard == (_word("one", 0.5, 1.5), _word("three", 3.0, 4.0))


def test_a_word_at_an_edge_is_shortened():
    heard = words_in_clip((_word("edge", 1.0, 3.0),), (Stretch(start_s=2.0, end_s=5.0),))

    assert heard == (_word("edge", 0.0, 1.0),)


def test_a_word_that_loses_its_middle_is_still_one_word():
    segments = (Stretch(start_s=0.0, end_s=4.0), Stretch(start_s=5.0, end_s=8.0))

    assert words_in_clip((_word("loong", 3.0, 6.0),), segments) == (_word("loong", 3.0, 5.0),)


def test_a_word_shown_twice_is_heard_twice():
    segments = (Stretch(start_s=0.0, end_s=4.0), Stretch(start_s=0.0, end_s=4.0))

    heard = words_in_clip((_word("again", 1.0, 2.0),), segments)

    assert [word.start_s for word in heard] == [1.0, 5.0]


def test_a_word_without_length_is_kept():
    heard = words_in_clip((_word("hm", 2.0, 2.0),), (Stretch(start_s=1.0, end_s=3.0),))

    assert heard == (_word("hm", 1.0, 1.0),)


_INSTANT = st.floats(0, 100)


@UNHURRIED
@given(
    spans=st.lists(st.tuples(_INSTANT, st.floats(0.01, 3)), max_size=20).map(sorted),
    edges=st.lists(_INSTANT, min_size=2, max_size=8, unique=True).map(sorted),
)
def test_words_stay_in_order_and_inside_the_clip(spans, edges):
    words, end_s = [], 0.0
    for start_s, length_s in spans:
        begin_s = max(start_s, end_s)
        end_s = begin_s + length_s
        words.append(_word("w", begin_s, end_s))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    segments = [Stretch(start_s=a, end_s=b) for a, b in pairs]

    heard = words_in_clip(words, segments)

    duration_s = sum(segment.duration_s for segment in segments)
    assert len(heard) <= len(words)
    assert all(-1e-9 <= word.start_s <= word.end_s <= duration_s + 1e-9 for word in heard)
    assert all(a.end_s <= b.start_s + 1e-9 for a, b in pairwise(heard))
    spoken_s = sum(
        max(min(word.end_s, s.end_s) - max(word.start_s, s.start_s), 0)
        for s in segments
        for word in words
    )
    assert sum(word.end_s - word.start_s for word in heard) == pytest.approx(spoken_s, abs=1e-6)


def test_what_a_recipe_leaves_open_stands_drawn_in_the_plan_and_changes_with_the_source():
    wide = replace(
        RECIPE,
        filters=(RecipeFilter(name="zoom", parameters={"scale": Between(least=1.0, most=1.08)}),),
    )

    plans = [_plan(wide, source_sha256=digit * 64) for digit in "aab"]

    drawn = [plan.clips[0].filters[0].parameters["scale"] for plan in plans]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(1.0 <= float(scale) <= 1.08 for scale in drawn)
    assert plan_hash(plans[0], plans[0].clips[0]) == plan_hash(plans[1], plans[1].clips[0])


def test_a_plan_knows_the_cuts_of_its_clip_and_whether_anybody_looked_for_text():
    shots = (Shot(start_s=0, end_s=8), Shot(start_s=8, end_s=20))
    scenes = SceneMap(duration_s=20.0, shots=shots, silences=(), no_texts_because="no reader")

    clip = _plan(scene_map=scenes).clips[0]

    assert clip.cuts_s == (8.0 - clip.segments[0].start_s,)
    assert clip.texts is None


def test_a_clip_made_of_other_files_is_another_clip():
    plan = _plan()
    mask = StoredFile(key="a/b/c/transform/mask", uri="file:///mask", size_bytes=1, sha256="a" * 64)
    clip = replace(plan.clips[0], extras=(Extra(name="mask", file=mask),))
    changed = replace(clip, extras=(Extra(name="mask", file=replace(mask, sha256="b" * 64)),))
    assert len({plan_hash(plan, each) for each in (plan.clips[0], clip, changed)}) == 3
