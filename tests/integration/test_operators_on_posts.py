"""What an operator types about stopped channels and disclosures, and the words in the real plan."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.builders import CHANNEL, NOW, save_publication, sha256
from tests.clips import QUICK, lavfi, make
from tests.fakes.language_model import FakeModel
from tests.studio import open_studio
from viral_forge_assets.cli import app
from viral_forge_assets.domain.publishing import Settlement
from viral_forge_assets.halting import halt_after
from viral_forge_resources.contracts.publishing import PublicationState

_SRT = "1\n00:00:00,000 --> 00:00:00,900\nBoil the water.\n"
_WORDS = {"title": "Water first", "description": "How to begin.", "hashtags": ["soup"]}


@pytest.fixture
def state(home: Path, sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The database that commands find."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    return sqlite_state


def _type(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_a_stopped_channel_is_shown_wherever_one_looks_and_goes_on_with_a_note(state):
    row = save_publication(state)
    strike = Settlement(state=PublicationState.REJECTED, reason="copyright", halts=True)
    with state.begin() as connection:
        halt_after(connection, row, strike, now=NOW)
    remedy = f"`viral-forge channel resume {CHANNEL} --note WHY`"
    assert remedy in _type("channel", "list").output
    assert "its channel has stopped" in _type("queue", "show").output
    doctor = _type("doctor")
    assert (doctor.exit_code, remedy in doctor.output) == (1, True)
    assert _type("channel", "resume", CHANNEL).exit_code == 2
    told = _type("channel", "resume", CHANNEL, "--note", "appealed, and won").output
    assert told.startswith(f"{CHANNEL} posts again")
    assert "stopped" not in _type("channel", "list").output
    with state.connect() as connection:
        kept = connection.execute(sa.text("select reason, note from channel_halts")).one()
    assert tuple(kept) == ("the platform speaks against it: copyright", "appealed, and won")


def test_what_viewers_are_told_is_said_at_the_terminal(state):
    row = save_publication(state)
    post = row.publication_id
    assert _type("disclose", post, "paid").output == f"{post} on {CHANNEL} tells viewers of: paid\n"
    assert "for no reason" in _type("disclose", sha256("clip"), "paid", "--remove").output
    told = _type("disclose", post, "paid", "--remove", "--why", "our own shop").output
    assert told == f"{post} on {CHANNEL} tells viewers of: nothing\n"


@pytest.mark.parametrize(
    ("models", "writer", "because"),
    [
        ([FakeModel(says=lambda _: _WORDS)], "fake fake-1", None),
        ([], "rules", "no language model is set up"),
    ],
)
def test_the_plan_says_who_wrote_its_posts(
    home: Path, sqlite_state: sa.Engine, tmp_path: Path, models: list[Any], writer, because
):
    video = make(tmp_path / "soup.mp4", *lavfi("testsrc2=s=180x320:r=24:d=2"), *QUICK)
    with open_studio(home, sqlite_state, language_models=models) as studio:
        key = studio.add(video, subtitles=_SRT)
        ran = studio.edit(key)
        assert ran.failure == ""
        told = ran.metadata("publication", "publication_plan")
        row = studio.publication(key)
    assert f" {writer} |" in told["posts"]
    assert told.get("words_by_rules_because") == because
    assert row.text.title == ("Water first" if models else "Pasta in five minutes")
