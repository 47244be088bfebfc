"""What machines and posts cost stands in the books, and a budget stops before it is spent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from sensors.candidates import shortlisted_candidates_sensor
from sensors.runs import failures_sensor
from tests.builders import KEY, NOW, save_candidate
from tests.clips import lavfi, make
from tests.fakes.publisher import Fault
from tests.integration.test_posting import Desk, made_desk
from tests.studio import SRT, Ran, open_studio, tiny_recipes
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metering import metered
from viral_forge_assets.spending import Spender
from viral_forge_resources.contracts.costs import Budget, CostKind
from viral_forge_resources.contracts.errors import OutcomeUnknown, OverBudget, Unreachable
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.state import candidates, costs
from viral_forge_resources.state import clips as clips_state

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_YEARS = timedelta(days=36_500)
UNLIMITED = Budget(usd=None, quantity=None)
PRICES = Prices(cpu_hour=0.036, post={"x": 0.015, "x_with_link": 0.2})
"""A CPU second is a thousandth of a cent."""


@pytest.fixture
def video(tmp_path):
    return make(tmp_path / "v.mp4", *lavfi("testsrc2=s=180x320:r=24:d=2"))


def _events(state: sa.Engine, key: str = KEY):
    with state.connect() as connection:
        every = costs.in_time(connection, since=NOW - _YEARS, until=NOW + _YEARS)
    return tuple(each for each in every if each.candidate_key == key)


def _edit(home: Path, state: sa.Engine, video: Path, **overrides: Any) -> tuple[Ran, str]:
    with open_studio(home, state, recipes=tiny_recipes(), **overrides) as studio:
        key = studio.add(video, subtitles=SRT)
        return studio.edit(key), str(key)


def test_every_stage_that_works_says_what_it_took(home, sqlite_state, video):
    ran, key = _edit(home, sqlite_state, video, prices=PRICES)
    assert ran.failure == ""
    events = _events(sqlite_state, key)
    assert {(event.kind, event.model) for event in events if event.kind != "transcription"} == {
        ("analysis", "source_video"),
        ("analysis", "scene_map"),
        ("edit", "edit_plan"),
        ("captions", "caption_track"),
        ("render", "render"),
        ("analysis", "rendered_clips"),
        ("check", "rendered_clips_checks"),
    }
    assert {event.unit for event in events} == {"cpu_s"}
    (render,) = [event for event in events if event.kind == CostKind.RENDER]
    assert (render.clip_number, render.unit, render.is_estimate) == (1, "cpu_s", False)
    assert render.usd == pytest.approx(render.quantity * 0.00001)
    assert render.quantity > 0
    told = ran.metadata("transform", "rendered_clips")
    assert told["cost_so_far_usd"] == pytest.approx(sum(e.usd for e in events), abs=1e-5)


def test_what_has_no_price_is_kept_with_the_reason_and_is_not_nought(home, sqlite_state, video):
    ran, key = _edit(home, sqlite_state, video)
    assert {event.usd for event in _events(sqlite_state, key)} == {None}
    told = ran.metadata("transform", "rendered_clips")
    assert told["cost_so_far_usd"] == "not known"
    assert "render: no price is set: VIRAL_FORGE_PRICE_CPU_HOUR_USD" in str(
        told["costs_without_a_price"]
    )


def test_a_render_over_budget_is_not_begun_and_its_candidate_waits(home, sqlite_state, video):
    budget = Budget(usd=None, quantity=None, day_usd=1e-4)
    prices = Prices(cpu_hour=36.0)
    with open_studio(
        home, sqlite_state, recipes=tiny_recipes(), prices=prices, llm_budget=budget
    ) as studio:
        key = studio.add(video, subtitles=SRT)
        ran = studio.edit(key)
        assert "for everything holds" in ran.failure
        assert "no room for an estimate of $" in ran.failure
        with sqlite_state.connect() as connection:
            assert clips_state.of_candidate(connection, str(key)) == ()
        assert not [e for e in _events(sqlite_state, str(key)) if e.kind == CostKind.RENDER]
        with dg.build_sensor_context(
            instance=studio.instance, resources={"state": sqlite_state, "llm_budget": budget}
        ) as context:
            waits = shortlisted_candidates_sensor(context)
    assert isinstance(waits, dg.SkipReason)
    assert "of the day's budget of $0.0001 are spent" in str(waits.skip_message)


def _spender(state: sa.Engine, **changes):
    values = {"prices": PRICES, "budget": UNLIMITED, "candidate_key": KEY}
    return Spender(state=state, clock=lambda: NOW, **{**values, **changes})


def test_work_that_fails_was_paid_for_all_the_same(state):
    with (
        pytest.raises(ZeroDivisionError),
        metered(state, PRICES, KEY, CostKind.ANALYSIS, "scene_map"),
    ):
        raise ZeroDivisionError
    (event,) = _events(state)
    assert (event.kind, event.model, event.unit) == ("analysis", "scene_map", "cpu_s")


def _cpu_burnt(seconds: float) -> None:
    until = process_time() + seconds
    while process_time() < until:
        pass


def test_work_inside_measured_work_counts_once(state):
    with metered(state, PRICES, KEY, CostKind.ANALYSIS, "outer"):
        with metered(state, PRICES, KEY, CostKind.CHECK, "inner"):
            _cpu_burnt(0.5)
        inside = {event.model: event.quantity for event in _events(state)}
    took = {event.model: event.quantity for event in _events(state)}
    assert inside["inner"] >= 0.5
    assert took["outer"] < took["inner"] == inside["inner"]


def test_seconds_of_a_gpu_have_a_price_of_their_own(state):
    prices = Prices(gpu_hour=3.6)
    with metered(state, prices, KEY, CostKind.TRANSCRIPTION, "small") as used_gpu:
        used_gpu(1.5)
        used_gpu(0.5)
    cpu, gpu = _events(state)
    assert (gpu.unit, gpu.quantity, gpu.usd) == ("gpu_s", 2.0, pytest.approx(0.002))
    assert (cpu.usd, cpu.reason) == (None, "no price is set: VIRAL_FORGE_PRICE_CPU_HOUR_USD")


def test_while_it_renders_its_estimate_counts(state):
    with _spender(state).rendering(1, 10.0):
        (event,) = _events(state)
        assert (event.quantity, event.is_estimate) == (120.0, True)
    (event,) = _events(state)
    assert (event.is_estimate, event.quantity < 120) == (False, True)


_FOLDER = Prices(post={"folder": 0.015, "folder_with_link": 0.2})


def _paying(desk: Desk, budget: Budget = UNLIMITED):
    """Post once, where the platform takes money for it."""
    (row,) = replace(desk.poster(), prices=_FOLDER, budget=budget).work_on(KEY)
    return row


@pytest.fixture
def desk(sqlite_state, tmp_path):
    return made_desk(sqlite_state, tmp_path)


def test_a_post_costs_what_its_platform_takes_once(desk):
    assert _paying(desk).state is PublicationState.PUBLISHED
    _paying(desk)
    (event,) = _events(desk.state)
    assert (event.kind, event.usd, event.is_estimate) == ("post", 0.015, False)
    assert (event.channel_id, event.clip_number) == ("folder:main", 1)
    assert event.publication_id is not None


def test_a_post_over_budget_is_not_handed_over_and_waits_for_the_next_day(desk):
    row = _paying(desk, Budget(usd=None, quantity=None, day_usd=0.01))
    assert (row.state, desk.platform.submissions) == (PublicationState.APPROVED, 0)
    assert "$0.01 for everything holds $0.0000: no room for an estimate of $0.0150" in str(
        row.reason
    )
    assert row.due_at > datetime.now(UTC)
    assert _events(desk.state) == ()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(error=Unreachable("no answer")), (0.0, False, "was not posted")),
        (Fault(error=OutcomeUnknown("no answer"), took_effect=True), (0.015, True, None)),
    ],
)
def test_what_was_surely_not_posted_costs_nothing_and_what_may_have_been_does(
    desk, fault, expected
):
    desk.platform.faults.append(fault)
    _paying(desk)
    (event,) = _events(desk.state)
    assert (event.usd, event.is_estimate, event.reason) == expected


def test_a_platform_that_is_in_no_price_table_takes_nothing(desk):
    desk.work()
    assert _events(desk.state) == ()


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        ("Boil, stir, eat.", 0.015),
        ("More: https://example.org/pasta", 0.2),
        ("More at example.com", 0.2),
        ("Stir it. Then eat.", 0.015),
    ],
)
def test_a_post_with_a_link_has_a_price_of_its_own(text, usd):
    assert PRICES.of_post("x", text) == usd


def test_a_failure_for_want_of_budget_leaves_its_candidate_shortlisted(sqlite_state):
    save_candidate(sqlite_state)
    error = OverBudget("no room", estimate_usd=0.5, retry_after=timedelta(hours=3))

    @dg.op
    def over_budget() -> None:
        with dagster_failures("rendering"):
            raise error

    @dg.job
    def job() -> None:
        over_budget()

    with dg.DagsterInstance.ephemeral() as instance:
        ran = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags={"dagster/partition": KEY},
            run_config=_QUIET,
        )
        (failed,) = [event for event in ran.all_events if event.is_failure and event.is_job_event]
        context = dg.build_run_status_sensor_context(
            sensor_name="failures_sensor",
            dagster_event=failed,
            dagster_instance=instance,
            dagster_run=ran.dagster_run,
            resources={"state": sqlite_state},
        ).for_run_failure()
        failures_sensor(context)
    with sqlite_state.connect() as connection:
        candidate = candidates.get(connection, KEY)
    assert candidate is not None
    assert candidate.status is CandidateStatus.SHORTLISTED
    assert "no room" in candidate.reason
    assert candidate.decided_at > datetime.now(UTC) + timedelta(hours=2)
