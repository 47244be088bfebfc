from dataclasses import replace

from viral_forge_assets.domain.moments import Moment
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.domain.segments import segments_of
from viral_forge_assets.domain.tightening import Tightening
from viral_forge_resources.contracts.media import (
    SceneMap,
    Stretch,
    Transcript,
    TranscriptOrigin,
    Word,
)

RECIPE = Recipe(name="mine", version=1, description="A test.")
BODY = Stretch(start_s=10.0, end_s=40.0)
HOOK = Stretch(start_s=20.0, end_s=23.0)
MOMENT = Moment(stretch=BODY, score=0.5, reasons=(), hook=HOOK)
SCENES = SceneMap(duration_s=60.0, shots=(), silences=(Stretch(start_s=30.0, end_s=34.0),))
SAID = Transcript(
    origin=TranscriptOrigin.RECOGNISED,
    language="en",
    words=(
        Word(text="One.", start_s=10.0, end_s=30.0),
        Word(text="Two.", start_s=34.0, end_s=40.0),
    ),
)


def test_a_moment_is_one_piece_where_the_recipe_asks_for_nothing():
    assert segments_of(MOMENT, RECIPE, SCENES, SAID).segments == (BODY,)


def test_the_strongest_sentence_comes_first_where_the_recipe_asks_for_it():
    cut = segments_of(MOMENT, replace(RECIPE, hook_first=True), SCENES, SAID)

    assert cut.segments == (HOOK, BODY)
    assert cut.reasons == ("its strongest sentence, 3.0 s, is shown first",)


def test_a_moment_whose_first_sentence_is_its_strongest_starts_at_once():
    cut = segments_of(replace(MOMENT, hook=None), replace(RECIPE, hook_first=True), SCENES, SAID)

    assert cut.segments == (BODY,)


def test_no_hook_makes_a_clip_longer_than_the_recipe_allows():
    recipe = replace(RECIPE, hook_first=True, max_duration_s=31.0)

    assert segments_of(MOMENT, recipe, SCENES, SAID).segments == (BODY,)


def test_a_moment_is_tightened_behind_its_hook():
    recipe = replace(RECIPE, hook_first=True, tighten=Tightening())

    segments = segments_of(MOMENT, recipe, SCENES, SAID).segments

    assert segments[0] == HOOK
    assert len(segments) == 3
    assert segments[1].start_s == 10.0
    assert segments[2].end_s == 40.0


def test_tightening_never_makes_a_clip_too_short():
    recipe = replace(RECIPE, tighten=Tightening(), min_duration_s=29.0)

    assert segments_of(MOMENT, recipe, SCENES, SAID).segments == (BODY,)
