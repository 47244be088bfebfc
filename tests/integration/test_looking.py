"""The look of a clip: a model is shown pictures once, within the budget, or colours decide."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.builders import NOW
from tests.clips import lavfi, make
from tests.fakes.language_model import FakeModel
from tests.studio import Ran, Studio, open_studio, tiny_recipes
from viral_forge_assets.domain.looks import LookWish
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.vision import PictureQuestion
from viral_forge_resources.media.keyframes import keyframes
from viral_forge_resources.media.probe import probe
from viral_forge_resources.state import costs

_SAID = {
    "mood": "calm",
    "lighting": "dark",
    "subject": "a test",
    "grade": "warm",
    "accent": "#FF2D55",
}
_WISH = LookWish(accents=("FFD60A", "FF2D55"))
_SRT = "1\n00:00:00,100 --> 00:00:01,900\nBoil the water\n"


def _recipes(**changes: Any) -> dict[str, Recipe]:
    recipe = replace(tiny_recipes()["clean"], look=_WISH, caption_style="karaoke", **changes)
    return {"clean": recipe}


@pytest.fixture
def video(tmp_path):
    return make(
        tmp_path / "dark.mp4",
        *lavfi("testsrc2=s=180x320:r=24:d=2,colorlevels=romax=0.3:gomax=0.3:bomax=0.3"),
    )


def _plan(studio: Studio) -> Any:
    (found,) = (studio.home / "storage").rglob("edit_plan.json")
    return json.loads(found.read_text())["value"]


def _look(studio: Studio) -> Any:
    return _plan(studio)["clips"][0]["look"]


def _edit(home: Path, state: sa.Engine, video: Path, **overrides: Any) -> tuple[Ran, Studio]:
    with open_studio(home, state, recipes=_recipes(), **overrides) as studio:
        return studio.edit(studio.add(video, subtitles=_SRT)), studio


def test_without_a_model_the_colours_decide_and_say_so(home, sqlite_state, video):
    ran, studio = _edit(home, sqlite_state, video)
    assert (ran.failure, _look(studio)["decided_by"]) == ("", "colours")
    assert _look(studio)["grade"] == "bright"
    assert _look(studio)["why"].startswith("dark (0.")
    assert _look(studio)["why"].endswith("; no vision plugin is enabled")
    assert "look bright" in str(ran.metadata("transform", "edit_plan")["clips"])


def test_a_model_is_shown_small_pictures_and_its_word_is_in_plan_and_captions(
    home, sqlite_state, video
):
    model = FakeModel(says=lambda _: _SAID)
    _, studio = _edit(home, sqlite_state, video, vision_models=[model])
    (question,) = model.asked
    assert isinstance(question, PictureQuestion)
    assert len(question.pictures) == 6
    assert all(each[:2] == b"\xff\xd8" and len(each) < 60_000 for each in question.pictures)
    look = _look(studio)
    assert (look["decided_by"], look["prompt_tokens"], look["cost_usd"]) == (
        "fake fake-1",
        900,
        0.01,
    )
    assert _plan(studio)["clips"][0]["filters"][0]["parameters"]["warmth"] > 0
    (ass,) = (studio.home / "storage").rglob("clip-1.ass")
    assert "552DFF" in ass.read_text(), "colours stand there as BBGGRR"
    with sqlite_state.connect() as connection:
        rows = connection.execute(
            sa.text("select provider, model, usd, niche from cost_events where kind = 'llm'")
        )
        assert [tuple(row) for row in rows] == [("fake", "fake-1", 0.01, "cooking")]


def test_the_same_pictures_are_not_shown_twice(home, sqlite_state, video):
    model = FakeModel(says=lambda _: _SAID)
    _edit(home, sqlite_state, video, vision_models=[model])
    for changes in ({}, {"crf": 23}):  # another recipe, the same moment and wish
        with open_studio(
            home, sqlite_state, recipes=_recipes(**changes), vision_models=[model]
        ) as studio:
            (candidate,) = studio.candidates()
            ran = studio.edit(candidate.candidate_key)
            assert (ran.failure, _look(studio)["grade"]) == ("", "warm")
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("model", "budget", "why"),
    [
        (
            FakeModel(error=Unreachable("Gemini: no answer.")),
            None,
            "fake fake-1: Gemini: no answer.",
        ),
        (FakeModel(says=lambda _: _SAID), Budget(usd=0.0, quantity=None), "the day's budget"),
    ],
)
def test_where_no_model_answers_colours_decide_and_stay(
    home, sqlite_state, video, model, budget, why
):
    overrides = {"vision_models": [model]} | ({"llm_budget": budget} if budget else {})
    _, studio = _edit(home, sqlite_state, video, **overrides)
    look, asked = _look(studio), len(model.asked)
    assert (look["decided_by"], look["grade"]) == ("colours", "bright")
    assert why in look["why"]
    with open_studio(home, sqlite_state, recipes=_recipes(), **overrides) as again:
        (candidate,) = again.candidates()
        assert not again.edit(candidate.candidate_key).failure
    assert (len(model.asked), _look(studio)) == (asked, look)


def test_no_picture_is_taken_where_no_recipe_asks(home, sqlite_state, video):
    model = FakeModel(says=lambda _: _SAID)
    with open_studio(home, sqlite_state, vision_models=[model]) as studio:
        studio.edit(studio.add(video))
        assert not model.asked
        assert _look(studio) is None
    with sqlite_state.connect() as connection:
        assert costs.spent(connection, "llm", day_of=NOW) == (0, 0)


def test_keyframes_are_small_upright_and_at_their_times(tmp_path):
    source = make(
        tmp_path / "two.mp4",
        *("-f", "lavfi", "-i", "color=red:s=1280x720:r=10:d=1"),
        *("-f", "lavfi", "-i", "color=blue:s=1280x720:r=10:d=1"),
        *("-filter_complex", "[0:v][1:v]concat=n=2[v]", "-map", "[v]"),
    )
    found = keyframes(source, probe(source, name="two"), (0.31, 1.5, 1.5, 9.0))
    assert [each.at_s for each in found] == pytest.approx([0.4, 1.5])
    first, second = (each.tones for each in found)
    assert first.warmth > 0.8 > -0.8 > second.warmth
    assert first.saturation > 0.9
