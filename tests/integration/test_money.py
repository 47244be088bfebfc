"""Commands, reports and the view of posts say the same of cost, revenue and profit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from tests import builders
from tests.builders import KEY, NOW, save_publication
from tests.results import END, fill
from viral_forge_assets.cli import app
from viral_forge_assets.domain.profit import costs_of_clips
from viral_forge_assets.domain.report import build
from viral_forge_assets.domain.report_words import dollars
from viral_forge_assets.reports import read_inputs
from viral_forge_resources.contracts.costs import CostEvent
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.state import clips, costs, lineage


def _event(usd: float | None, **changes) -> CostEvent:
    values = {
        "kind": "render",
        "provider": "this machine",
        "model": "render",
        "at": END - timedelta(days=1),
        "quantity": 5.0,
        "unit": "cpu_s",
        "usd": usd,
        "is_estimate": False,
        "niche": "cooking",
        "reason": None if usd is not None else "no price is set",
    }
    return CostEvent(**{**values, **changes})


@pytest.fixture
def typed(home: Path, sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The database that commands find: with a post's fee, and a cost without a price."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    fill(sqlite_state)
    with sqlite_state.begin() as connection:
        for event in (
            _event(None, kind="llm"),
            _event(0.2, kind="post", channel_id="tiktok:kitchen"),
            _event(None, kind="post", quantity=0, channel_id="tiktok:kitchen"),
            _event(0.7, kind="api", niche=None),
        ):
            costs.record(connection, event)
    return sqlite_state


def test_the_report_says_what_the_command_says(typed):
    with typed.connect() as connection:
        report = build(read_inputs(connection, datetime.now(UTC).date(), Prices()))
    told = next(each for each in report.exports if each.name == "money")
    rows = [dict(zip(told.columns, row, strict=True)) for row in told.rows]
    typed_words = (["costs"], ["costs", "cooking"], ["costs", "space"])
    said = "".join(CliRunner().invoke(app, words).output for words in typed_words)
    lines = dict(line.split(": cost ", 1) for line in said.splitlines() if ": cost " in line)
    assert len(lines) == len(rows) > 60
    for row in rows:
        assert lines[str(row["name"])] == _line(row)
    assert {row["cost_is"] for row in rows if row["of"] == "niche"} == {"at least", "exact"}


def _line(row) -> str:
    cost, revenue, profit = (
        _figure(row[f"{name}_usd"], row[f"{name}_is"]) for name in ("cost", "revenue", "profit")
    )
    posts = f"{row['posts_told']} of {row['posts']} posts"
    if row["posts_told"] == row["posts"] > 1:
        posts = f"all {row['posts']} posts"
    if row["posts"] == 1:
        posts = f"{row['posts_told']} of 1 post"
    told = "" if revenue == "not known" else f" ({posts})"
    return f"{cost}, revenue {revenue}{told}, profit {profit}"


def _figure(value: float | None, how: str) -> str:
    if value is None:
        return how
    return f"{how} {dollars(value)}".removeprefix("exact ")


def test_a_posts_lineage_says_what_its_clip_cost(state):
    save_publication(state)
    mine = {"candidate_key": KEY, "at": NOW}
    with state.begin() as connection:
        for number in (1, 2):
            clips.record(connection, builders.clip(number=number))
        for event in (
            _event(0.3, clip_number=1, **mine),
            _event(0.8, clip_number=2, **mine),
            _event(0.4, **mine),
            _event(0.2, clip_number=9, **mine),
            _event(None, kind="llm", **mine),
            _event(None, quantity=0, **mine),
        ):
            costs.record(connection, event)
        ((post),) = lineage.of_candidate(connection, KEY)
        made = clips.made(connection, until=NOW + timedelta(days=1))
        cost = costs_of_clips(costs.lines(connection), made)[KEY, 1]
    assert cost.usd == pytest.approx(0.3 + 0.6 / 2)
    assert post.cost_usd == pytest.approx(cost.usd)
    assert (post.costs_unpriced, len(cost.unpriced)) == (1, 1)


def test_a_post_whose_clip_is_no_longer_made_has_no_cost_of_its_own(state):
    save_publication(state, clip_number=3)
    with state.begin() as connection:
        clips.record(connection, builders.clip())
        costs.record(connection, _event(0.4, candidate_key=KEY))
        (post,) = lineage.of_candidate(connection, KEY)
    assert post.cost_usd is None
