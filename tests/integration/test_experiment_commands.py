"""Experiments as operators type them, start them as jobs, and as edits are dealt from them."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.clips import lavfi, make
from tests.posted import publish
from tests.studio import SRT, open_studio, tiny_recipes
from viral_forge_assets.cli import app
from viral_forge_assets.learning_jobs import start_experiment_job, stop_experiment_job
from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.state import experiments, publications

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def state(home: Path, sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The database that commands find."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    assert _type("niche", "add", "cooking", "--query", "pasta").exit_code == 0
    return sqlite_state


def _type(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def _newest(state: sa.Engine):
    with state.connect() as connection:
        return experiments.latest(connection, "cooking")


def test_an_experiment_is_started_shown_listed_and_stopped(state):
    arms = "clean, punchy+hook,story-hook~question"
    started = _type("experiment", "start", "cooking", "--arms", arms, "--holdout", "0.1")
    assert started.exit_code == 0, started.output
    made = _newest(state)
    assert [(arm.recipe, arm.hook_first, arm.title) for arm in made.arms] == [
        ("clean", None, None),
        ("punchy", True, None),
        ("story", False, TitleStyle.QUESTION),
    ]
    assert made.rules.holdout_share == 0.1
    shown = _type("experiment", "show", "cooking").output
    assert "punchy+hook: reward 0.500 (" in shown
    assert "not settled: clean has 0, punchy+hook has 0" in shown
    assert "deals since" in _type("experiment", "list").output
    assert _type("experiment", "stop", "cooking", "--winner", "clean").exit_code == 0
    assert "winner clean" in _type("experiment", "list").output


def test_what_is_wrong_is_said_in_words(state):
    assert "names no recipe" in _type("experiment", "start", "cooking", "--arms", "a,b").stderr
    styled = _type("experiment", "start", "cooking", "--arms", "clean,clean~shout").stderr
    assert "names no style of titles. There are: topic, quote, question" in styled
    assert "names no niche" in _type("experiment", "start", "no", "--arms", "clean,fit").stderr
    assert "has no experiment that deals" in _type("experiment", "stop", "cooking").stderr


def test_jobs_start_and_stop_one(state):
    with dg.DagsterInstance.ephemeral() as instance:
        resources = {"state": state, "recipes": tiny_recipes()}
        said = {"niche": "cooking", "arms": ["clean", "fit"]}
        for job, op, config in (
            (start_experiment_job, "start_niche_experiment", said),
            (stop_experiment_job, "stop_niche_experiment", {"niche": "cooking", "winner": "fit"}),
        ):
            ran = job.execute_in_process(
                run_config=_QUIET | {"ops": {op: {"config": config}}},
                resources=resources,
                instance=instance,
            )
            assert ran.success
    assert _newest(state).winner == "fit"


def test_an_edit_is_dealt_its_recipe_and_says_how_likely_that_was(state, home, tmp_path):
    video = make(tmp_path / "v.mp4", *lavfi("testsrc2=s=180x320:r=24:d=2"))
    assert _type("experiment", "start", "cooking", "--arms", "fit,story-hook").exit_code == 0
    with open_studio(home, state, recipes=tiny_recipes()) as studio:
        ran = studio.edit(studio.add(video, subtitles=SRT))
    (draw,) = _draws(state)
    told = ran.metadata("transform", "edit_plan")
    assert ran.failure == ""
    assert (told["arm"], told["probability"]) == (draw.arm, pytest.approx(draw.probability))
    (plan,) = (home / "storage").rglob("edit_plan.json")
    assert json.loads(plan.read_text())["value"]["recipe"] == draw.arm.removesuffix("-hook")


def test_the_titles_of_an_edits_posts_do_what_was_dealt(state, home, tmp_path):
    video = make(tmp_path / "v.mp4", *lavfi("testsrc2=s=180x320:r=24:d=2"))
    started = _type("experiment", "start", "cooking", "--arms", "clean~quote,fit~quote")
    assert started.exit_code == 0, started.output
    with open_studio(home, state, recipes=tiny_recipes()) as studio:
        key = studio.add(video, subtitles=SRT)
        ran = studio.edit(key)
    assert ran.failure == ""
    assert ran.metadata("publication", "publication_plan")["titles_were_dealt"] == "quote"
    with state.connect() as connection:
        (post,) = publications.of_candidate(connection, str(key))
    assert post.text.title_style is TitleStyle.QUOTE
    assert post.text.title in " ".join(SRT.split())


def _draws(state: sa.Engine):
    with state.connect() as connection:
        return experiments.draws_of(connection, _newest(state).experiment_id)


_LONG_FORM: dict[str, Any] = {
    "recipe": "clean", "channel_id": "youtube:main", "duration_s": 181.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"channel_id": "tiktok:main"}, "is on tiktok, which compares no titles or thumbnails"),
        ({"duration_s": 180.0}, "is 180 s long: YouTube compares titles and thumbnails of long"),
        ({"recipe": None}, "shows a clip that was made anew since"),
    ],
)
def test_variants_of_one_video_are_for_long_videos_on_youtube(state, changes, why):
    publish(state, 1, **_LONG_FORM | changes)
    with state.connect() as connection:
        (post,) = publications.of_candidate(connection, "cooking:inbox:video-1")
    refused = _type("experiment", "variants", post.publication_id, "Pasta", "Soup")
    assert why in refused.stderr
    assert "Compare titles between videos" in refused.stderr
    with state.connect() as connection:
        assert experiments.variant_tests_of(connection) == ()


def test_titles_that_a_person_compares_on_a_platform_are_recorded_once(state):
    publish(state, 1, **_LONG_FORM)
    with state.connect() as connection:
        (post,) = publications.of_candidate(connection, "cooking:inbox:video-1")
    told = _type("experiment", "variants", post.publication_id, "Pasta", "Soup")
    assert told.exit_code == 0, told.output
    with state.connect() as connection:
        (test,) = experiments.variant_tests_of(connection, post.publication_id)
    assert (test.kind, test.variants, test.chosen) == ("title", ("Pasta", "Soup"), None)
    wrong = _type("experiment", "chose", test.variant_test_id, "Bread")
    assert "is no variant of test" in wrong.stderr
    assert _type("experiment", "chose", test.variant_test_id, "Soup").exit_code == 0
    assert (
        "no test that is open" in _type("experiment", "chose", test.variant_test_id, "Pasta").stderr
    )
    with state.connect() as connection:
        (test,) = experiments.variant_tests_of(connection)
        assert len(publications.of_candidate(connection, post.candidate_key)) == 1
    assert test.chosen == "Soup"


def test_only_a_live_post_has_variants_and_one_is_none(state):
    publish(state, 1, **_LONG_FORM)
    with state.connect() as connection:
        (post,) = publications.of_candidate(connection, "cooking:inbox:video-1")
    assert "is no post that is live" in _type("experiment", "variants", "nosuch", "A", "B").stderr
    alone = _type("experiment", "variants", post.publication_id, "A", "A")
    assert "has nothing to compare" in alone.stderr
