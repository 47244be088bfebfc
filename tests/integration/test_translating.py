"""Captions in another language through the real assets: burnt in, and beside the clip."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.clips import QUICK, lavfi, make
from tests.fakes.language_model import FakeModel, asked_for
from tests.studio import NICHE, Ran, Studio, open_studio, tiny_recipes
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.watching import watch_niche
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.llm import Question
from viral_forge_resources.contracts.scanning import Niche, NichePolicy

_SPENT = "the day's budget for llm of $0 holds $0.0000 already: no room for an estimate of $0.0200."

_SRT = (
    "1\n00:00:00,000 --> 00:00:00,900\nBoil the water.\n\n"
    "2\n00:00:01,800 --> 00:00:02,700\nThen wait.\n"
)


@pytest.fixture
def video(tmp_path):
    return make(tmp_path / "soup.mp4", *lavfi("testsrc2=s=180x320:r=24:d=3"), *QUICK)


def _says(*texts: str) -> FakeModel:
    def answer(question: Question) -> Any:
        said = asked_for("sentences", question)
        pairs = zip(said, texts, strict=True)
        return {"items": [{"id": each["id"], "text": text} for each, text in pairs]}

    return FakeModel(says=answer)


def _recipes(to: str | None) -> dict[str, Recipe]:
    return {"clean": replace(tiny_recipes()["clean"], translate_to=to)}


def _edit(
    home: Path, state: sa.Engine, video: Path, to: str | None, **overrides: Any
) -> tuple[Ran, Studio]:
    with open_studio(home, state, recipes=_recipes(to), **overrides) as studio:
        known = studio.candidates()
        key = known[0].candidate_key if known else studio.add(video, subtitles=_SRT)
        ran = studio.edit(key)
    assert ran.failure == ""
    return ran, studio


def _kept(studio: Studio, name: str) -> str:
    (found,) = (studio.home / "storage").rglob(name)
    return found.read_text(encoding="utf-8")


def test_captions_and_subtitles_are_translated_sentence_by_sentence(home, sqlite_state, video):
    model = _says("Hierve el agua.", "Luego espera.")
    ran, studio = _edit(home, sqlite_state, video, "es", language_models=[model])
    assert _kept(studio, "clip-1.srt") == (
        "1\n00:00:00,000 --> 00:00:00,900\nHierve el agua.\n\n"
        "2\n00:00:01,800 --> 00:00:02,700\nLuego espera.\n"
    )
    assert "Hierve el agua." in _kept(studio, "clip-1.vtt")
    assert "HIERVE" in _kept(studio, "clip-1.ass")
    assert "BOIL" not in _kept(studio, "clip-1.ass")
    told = ran.metadata("captions", "caption_track")
    assert (told["languages"], told["note"]) == ("es", "translated to es by fake fake-1")
    with sqlite_state.connect() as connection:
        spent = connection.execute(
            sa.text("select niche, usd from cost_events where kind = 'llm'")
        ).all()
    assert ("cooking", 0.01) in {tuple(each) for each in spent}


def test_the_same_words_are_not_translated_twice(home, sqlite_state, video):
    model = _says("Hierve el agua.", "Luego espera.")
    _edit(home, sqlite_state, video, "es", language_models=[model])
    _, studio = _edit(home, sqlite_state, video, "es", language_models=[model])
    assert sum("sentences" in json.loads(each.material) for each in model.asked) == 1
    assert "Hierve" in _kept(studio, "clip-1.srt")


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ({"language_models": []}, "not translated to es: no language model is set up"),
        (
            {"language_models": [FakeModel(error=Unreachable("no answer"))]},
            "not translated to es: fake fake-1: no answer",
        ),
        (
            {
                "language_models": [_says("a", "b")],
                "llm_budget": Budget(usd=0.0, quantity=None),
            },
            f"not translated to es: fake fake-1: {_SPENT}",
        ),
    ],
)
def test_where_nobody_translates_the_original_stays_and_says_so(
    home, sqlite_state, video, overrides, why
):
    ran, studio = _edit(home, sqlite_state, video, "es", **overrides)
    assert "Boil the water." in _kept(studio, "clip-1.srt")
    assert ran.metadata("captions", "caption_track")["note"] == why


@pytest.mark.parametrize(
    ("to", "texts", "shown"),
    [
        ("ar", ("اغلِ الماء.", "ثم انتظر."), "اغلِ الماء."),
        ("th", ("ต้มน้ำให้เดือด", "แล้วรอ"), "ต้มน้ำให้เดือด"),
        ("ja", ("お湯を沸かしてください。", "待って。"), "お湯を沸かしてください。"),
    ],
)
def test_scripts_from_right_to_left_and_without_spaces_are_laid_out(
    home, sqlite_state, video, to, texts, shown
):
    _, studio = _edit(home, sqlite_state, video, to, language_models=[_says(*texts)])
    assert shown in _kept(studio, "clip-1.srt")


def test_a_niche_may_ask_for_its_language(home, sqlite_state, video):
    model = _says("Hierve el agua.", "Luego espera.")
    with open_studio(home, sqlite_state, recipes=_recipes(None), language_models=[model]) as studio:
        niche = replace(Niche(name=NICHE), policy=NichePolicy(translate_to="es"))
        with sqlite_state.begin() as connection:
            watch_niche(connection, niche, now=datetime.now(UTC))
        assert studio.edit(studio.add(video, subtitles=_SRT)).failure == ""
    assert "Hierve" in _kept(studio, "clip-1.srt")
