"""What results say of a channel's times is proposed for its rhythm, and moves nothing."""

from datetime import UTC, datetime, time

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.results import fill
from viral_forge_assets.cli import app
from viral_forge_assets.watching import give_rhythm
from viral_forge_resources.contracts.rhythm import Rhythm, Slot
from viral_forge_resources.state import channels


@pytest.fixture
def studio(sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    url = sqlite_state.url.render_as_string(hide_password=False)
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", url)
    fill(sqlite_state)
    return sqlite_state


def _asked(channel: str) -> Result:
    return CliRunner().invoke(app, ["channel", "best-times", channel])


def _lines(channel: str) -> list[str]:
    asked = _asked(channel)
    assert asked.exit_code == 0, asked.output
    return [line.strip() for line in asked.output.splitlines()]


def test_the_best_times_are_named_as_slots_that_a_rhythm_takes(studio):
    told = _lines("youtube:kitchen")
    assert told[0].startswith("youtube:kitchen by the clock of UTC, from 27 results")
    assert told[1] == "06 to 08 h: 57% from 9 posts, it has no rhythm (--slot 06:00)"


def test_a_time_that_the_rhythm_has_is_told_from_one_that_it_lacks(studio):
    rhythm = Rhythm(zone="UTC", slots=(Slot(at=time(7, 59)), Slot(at=time(8))))
    with studio.begin() as connection:
        give_rhythm(connection, "youtube:kitchen", rhythm, now=datetime.now(UTC))
    told = _lines("youtube:kitchen")
    assert told[1] == "06 to 08 h: 57% from 9 posts, in its rhythm"
    assert told[2].endswith("not in its rhythm (--slot 20:00)")
    with studio.connect() as connection:
        kept = channels.get(connection, "youtube:kitchen")
    assert kept is not None
    assert kept.rhythm == rhythm


def test_a_time_that_does_worse_than_most_is_not_proposed(studio):
    assert "12 to 14 h: 40% from 10 posts, it has no rhythm" in _lines("youtube:kitchen")


def test_hours_are_read_by_the_clock_of_the_channel(studio):
    dhaka = Rhythm(zone="Asia/Dhaka", slots=(Slot(at=time(12, 30)),))  # six hours ahead
    with studio.begin() as connection:
        give_rhythm(connection, "youtube:kitchen", dhaka, now=datetime.now(UTC))
    told = _lines("youtube:kitchen")
    assert told[0].startswith("youtube:kitchen by the clock of Asia/Dhaka, ")
    assert told[1] == "12 to 14 h: 57% from 9 posts, in its rhythm"


def test_too_few_results_teach_nothing_and_that_is_said(studio):
    (told,) = _lines("tiktok:kitchen")
    assert told.startswith("nothing is learned of tiktok:kitchen's times yet: ")
    assert told.endswith("of 20 results that it takes are in")


def test_a_channel_that_is_not_there_is_named(studio):
    asked = _asked("tiktok:nobody")
    assert asked.exit_code == 1
    assert "'tiktok:nobody': names no channel" in asked.output
