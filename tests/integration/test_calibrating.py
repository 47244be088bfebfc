"""Scores against results on real state, and weights that count once a person adopts them."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.builders import NOW, niche, save_candidate, scanned_video
from tests.posted import publish
from viral_forge_assets.calibrating import (
    calibration_of,
    current_weights,
    decide_weights,
    propose_weights,
    scored_of,
)
from viral_forge_assets.cli import app
from viral_forge_assets.domain.report_calibration import calibration
from viral_forge_assets.domain.rewards import RETENTION
from viral_forge_assets.domain.scoring import WEIGHTS
from viral_forge_assets.experimenting import start_experiment
from viral_forge_assets.reports import read_inputs
from viral_forge_assets.shortlisting import shortlist_round
from viral_forge_resources.contracts.calibration import WeightsState
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.metrics import VIEWS
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.records import ScorePart
from viral_forge_resources.state import (
    candidates,
    experiments,
    niches,
    score_weights,
    sightings,
    tables,
)

_POSTED = NOW - timedelta(days=300)
_NAMES = ("velocity", "lifetime_rate", "engagement", "freshness")


def _measured(state: sa.Engine, number: int) -> None:
    """So many posted videos, whose results follow the engagement of their source alone."""
    for place in range(number):
        values = [(place * step % number) / number for step in (7, 11, 1, 13)]
        parts = tuple(
            ScorePart(name=name, value=value, weight=WEIGHTS[name], why="measured")
            for name, value in zip(_NAMES, values, strict=True)
        )
        score = sum(WEIGHTS[part.name] * (part.value or 0) for part in parts)
        key = f"cooking:inbox:video-{place}"
        publish(state, place, at=_POSTED, read=[(72, RETENTION, values[2])])
        save_candidate(state, candidate_key=key, score=score, score_parts=parts)


def test_too_few_results_tell_nothing_and_change_nothing(state):
    _measured(state, 5)
    with state.begin() as connection:
        assert "5 videos have a score" in str(calibration_of(connection, "cooking", now=NOW).reason)
        with pytest.raises(BadInput, match="5 videos have a score and a result"):
            propose_weights(connection, "cooking", now=NOW)


def test_a_refit_is_a_proposal_until_a_person_adopts_it(sqlite_state):
    _measured(sqlite_state, 30)
    with sqlite_state.begin() as connection:
        proposal = propose_weights(connection, "cooking", now=NOW)
        assert current_weights(connection, "cooking") == (None, WEIGHTS)
        decide_weights(connection, proposal.version, is_adopted=True, decided_by="ada", now=NOW)
        version, weights = current_weights(connection, "cooking")
        assert (version, weights) == (proposal.version, proposal.weights)
        assert max(weights, key=lambda name: weights[name]) == "engagement"
        with pytest.raises(BadInput, match="is no open proposal"):
            decide_weights(connection, proposal.version, is_adopted=False, decided_by="b", now=NOW)
        assert score_weights.reset(connection, "cooking", decided_by="ada", now=NOW)
        assert current_weights(connection, "cooking") == (None, WEIGHTS)
        (kept,) = score_weights.of_niche(connection, "cooking")
    assert (kept.state, kept.decided_by) == (WeightsState.REPLACED, "ada")


def test_another_proposal_declines_the_one_before_and_one_at_most_counts(state):
    _measured(state, 30)
    with state.begin() as connection:
        first, second = (propose_weights(connection, "cooking", now=NOW) for _ in range(2))
        states = {
            each.version: each.state for each in score_weights.of_niche(connection, "cooking")
        }
        assert states == {
            first.version: WeightsState.DECLINED,
            second.version: WeightsState.PROPOSED,
        }
        assert second.version > first.version


def test_a_score_stands_with_the_version_of_the_weights_that_made_it(sqlite_state):
    _measured(sqlite_state, 30)
    with sqlite_state.begin() as connection:
        proposal = propose_weights(connection, "cooking", now=NOW)
        decide_weights(connection, proposal.version, is_adopted=True, decided_by="ada", now=NOW)
        video = scanned_video(platform_video_id="new", views=100, likes=10, published_at=NOW)
        sightings.append(connection, "cooking", [replace(video, is_hand_picked=False)])
    shortlist_round(sqlite_state, niche(), now=NOW)
    with sqlite_state.connect() as connection:
        found = candidates.get(connection, "cooking:inbox:new")
        before = candidates.get(connection, "cooking:inbox:video-1")
    assert found is not None
    assert before is not None
    assert (found.weights_version, before.weights_version) == (proposal.version, None)
    assert {part.name: part.weight for part in found.score_parts} == proposal.weights


def test_what_was_drawn_for_a_chosen_video_stands_with_its_probability(sqlite_state):
    with sqlite_state.begin() as connection:
        niches.save(connection, niche(), now=NOW)
        start_experiment(
            connection,
            {"niche": "cooking", "arms": ["clean", "fit"], "explore": 0.5},
            recipes=("clean", "fit"),
            started_by="ada",
            now=NOW,
        )
        videos = [
            scanned_video(platform_video_id=f"v{n}", title=f"Dish {n}", views=10 * n)
            for n in range(8)
        ]
        sightings.append(connection, "cooking", videos)
    chosen = shortlist_round(sqlite_state, niche(), now=NOW).best
    with sqlite_state.connect() as connection:
        drawn = [experiments.exploration_of(connection, row.candidate_key) for row in chosen]
    assert {each.probability for each in drawn if each is not None} == {0.5}
    explored = {each.candidate_key for each in drawn if each is not None and each.is_explored}
    assert explored == {row.candidate_key for row in chosen if row.reason.startswith("drawn with")}
    assert explored


@pytest.fixture
def typed(home: Path, sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The database that commands find."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    with sqlite_state.begin() as connection:
        niches.save(connection, niche(), now=NOW)
    return sqlite_state


def _type(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def test_operators_see_refit_and_adopt(typed):
    assert "0 videos have a score" in _type("scoring", "show", "cooking").output
    _measured(typed, 30)
    assert "nothing has changed; adopt it with" in _type("scoring", "refit", "cooking").output
    assert _type("scoring", "adopt", "1").exit_code == 0
    shown = _type("scoring", "show", "cooking").output
    assert "cooking is scored with version 1: engagement " in shown
    assert "better than the middle" in shown
    assert _type("scoring", "reset", "cooking").exit_code == 0
    assert "is no open proposal" in _type("scoring", "decline", "1").stderr


def test_the_report_draws_what_the_command_says(typed):
    _measured(typed, 30)
    said = _type("scoring", "show", "cooking").output
    with typed.connect() as connection:
        section = calibration(read_inputs(connection, date(2026, 11, 20), Prices()))
    assert section.table is not None
    assert section.chart is not None
    ((name, videos, correlation),) = section.table.rows
    assert (name, videos) == ("cooking", 30)
    assert f"results {correlation} over 30 videos" in said
    drawn = [point for point in section.chart.series[0].points if point.value is not None]
    for point in drawn:
        good, of = point.label.split(" of ")
        ends = f"{point.value:.2f} ({point.low:.2f} to {point.high:.2f})"
        assert f": {of} videos, {good} better than the middle: {ends}" in said
    assert len(drawn) > 1


def test_a_video_is_ranked_among_all_posts_of_its_channel_whatever_their_niche(sqlite_state):
    for place in range(6):
        publish(sqlite_state, place, at=_POSTED, read=[(72, VIEWS, float(place))])
    with sqlite_state.begin() as connection:
        connection.execute(sa.update(tables.candidates).values(score=0.5))
        before = _results(connection, "cooking")
        of_niche = tables.candidates.c.candidate_key == "cooking:inbox:video-5"
        connection.execute(sa.update(tables.candidates).where(of_niche).values(niche="knots"))
        after = _results(connection, "cooking") | _results(connection, "knots")
    assert len(before) == 6
    assert after == before


def _results(connection: sa.Connection, niche: str) -> dict[str, float]:
    found = scored_of(connection, niche, now=NOW)
    return {each.candidate_key: each.reward for each in found}


def test_operators_see_what_a_niche_cost_and_earned(typed):
    _measured(typed, 2)
    shown = _type("costs", "cooking").output
    assert "cooking: cost not known, revenue not known, profit not known" in shown
    assert "not known: no source tells what it earned" in shown
    assert "not known: no cost is recorded" in shown
