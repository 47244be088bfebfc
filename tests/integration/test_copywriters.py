"""Models write the words of posts once; where none does, rules write, and the plan says so."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.builders import KEY, sha256
from tests.fakes.language_model import FakeModel
from tests.fakes.publisher import FakePublisher
from tests.integration.test_planning import made_studio, plan, save_clip, say
from viral_forge_assets.asking import Asker
from viral_forge_assets.copywriters import Copies, Copywriter
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.storage.local import LocalStorage

_SPENT = "the day's budget for llm of $0 holds $0.0000 already: no room for an estimate of $0.0200."

_WORDS: dict[str, Any] = {
    "title": "Water first",
    "description": "Why salt comes later.",
    "hashtags": ["pasta"],
}
_MODEL = FakeModel(says=lambda _: _WORDS)
_POST = (sha256("clip"), "folder")


def write(
    state: sa.Engine,
    tmp_path,
    *models: FakeModel,
    said: str = "Boil.",
    usd: float = 1.0,
    style: TitleStyle | None = None,
):
    writer = Copywriter(
        key=parse_candidate_key(KEY),
        storage=LocalStorage(tmp_path / "storage"),
        asker=Asker(state=state, budget=Budget(usd=usd, quantity=None), niche="cooking"),
        models=models,
        title_style=style,
    )
    return writer.write(state, {"folder": FakePublisher()}, {1: said, 2: said})


def test_a_clip_s_words_are_asked_for_once_and_paid_for(state, tmp_path):
    made_studio(state)
    model = replace(_MODEL, asked=[])
    first = write(state, tmp_path, model)
    again = write(state, tmp_path, model)
    assert first == again
    assert first.by_post[_POST].title == "Water first"
    assert first.by_post[_POST].written_by == "fake fake-1"
    assert len(model.asked) == 1
    with state.connect() as connection:
        spent = connection.execute(
            sa.text("select niche, usd from cost_events where kind = 'llm'")
        ).one()
    assert tuple(spent) == ("cooking", 0.01)


def test_another_style_of_titles_is_asked_for_anew(state, tmp_path):
    made_studio(state)
    asking = FakeModel(says=lambda _: _WORDS | {"title": "Why water first?"}, asked=[])
    write(state, tmp_path, asking)
    styled = write(state, tmp_path, asking, style=TitleStyle.QUESTION)
    assert styled.by_post[_POST].style is TitleStyle.QUESTION
    assert len(asking.asked) == 2


@pytest.mark.parametrize(
    ("models", "how", "note"),
    [
        ((), {}, "no language model is set up"),
        ((_MODEL,), {"said": " "}, "clip 1: nothing is said in it"),
        (
            (FakeModel(error=Unreachable("no answer")),),
            {},
            "clip 1 for folder: fake fake-1: no answer",
        ),
        (
            (_MODEL,),
            {"usd": 0.0},
            f"clip 1 for folder: fake fake-1: {_SPENT}",
        ),
        (
            (FakeModel(says=lambda _: _WORDS | {"title": ""}),),
            {},
            "clip 1 for folder: fake fake-1: fake: the words of fake-1 are empty.",
        ),
    ],
)
def test_where_nobody_writes_the_plan_says_why(sqlite_state, tmp_path, models, how, note):
    made_studio(sqlite_state)
    assert write(sqlite_state, tmp_path, *models, **how) == Copies(notes=(note,))


def test_nobody_is_asked_about_what_is_planned_or_was_refused(sqlite_state, tmp_path):
    made_studio(sqlite_state)
    plan(sqlite_state)
    save_clip(sqlite_state, number=2, content="second")
    say(sqlite_state, is_approved=False, content="second")
    assert write(sqlite_state, tmp_path, replace(_MODEL, asked=[])) == Copies()


def test_the_next_model_is_asked_where_one_fails(sqlite_state, tmp_path):
    made_studio(sqlite_state)
    failing = FakeModel(error=Unreachable("no answer"))
    copies = write(sqlite_state, tmp_path, failing, replace(_MODEL, asked=[]))
    assert copies.by_post[_POST].title == "Water first"
    assert copies.notes == ("clip 1 for folder: fake fake-1: no answer",)
