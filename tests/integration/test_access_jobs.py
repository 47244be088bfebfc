"""Tokens are refreshed by a schedule; what ended fails its run with what to do."""

from collections.abc import Generator

import dagster as dg
import pytest

from schedules.access import ten_minutely_tokens_schedule
from tests.builders import NOW
from tests.fakes.token_keeper import FakeTokenKeeper
from viral_forge_assets.access_jobs import BETWEEN_TICKS, tokens_job
from viral_forge_assets.definitions import build_definitions
from viral_forge_assets.failures import why_failed
from viral_forge_resources.contracts.accounts import Refreshed
from viral_forge_resources.settings import Settings

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_FRESH = Refreshed(channel_id="youtube:main")
_ENDED = Refreshed(
    channel_id="tiktok:main",
    error="tiktok:main: access has ended. Connect it: `viral-forge connect tiktok`.",
    has_ended=True,
)
_LATER = Refreshed(channel_id="x:main", error="x:main: no answer")


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def _run(instance: dg.DagsterInstance, *outcomes: Refreshed) -> dg.ExecuteInProcessResult:
    return tokens_job.execute_in_process(
        instance=instance,
        resources={"token_keeper": FakeTokenKeeper(outcomes=outcomes)},
        run_config=_QUIET,
        raise_on_error=False,
    )


def _tick(instance: dg.DagsterInstance, *outcomes: Refreshed) -> dg.RunRequest | dg.SkipReason:
    with dg.build_schedule_context(
        scheduled_execution_time=NOW,
        resources={"token_keeper": FakeTokenKeeper(outcomes=outcomes)},
    ) as context:
        asked = ten_minutely_tokens_schedule(context)
    assert isinstance(asked, dg.RunRequest | dg.SkipReason)
    return asked


def test_a_run_is_asked_for_where_a_token_ends_before_the_next_tick(instance):
    assert isinstance(_tick(instance), dg.SkipReason)
    assert isinstance(_tick(instance, _FRESH), dg.RunRequest)


def test_a_run_refreshes_what_ends_before_the_next_tick(instance):
    keeper = FakeTokenKeeper(outcomes=(_FRESH,))
    result = tokens_job.execute_in_process(
        instance=instance, resources={"token_keeper": keeper}, run_config=_QUIET
    )
    assert result.success
    assert keeper.asked == [BETWEEN_TICKS]


def test_access_that_ended_fails_the_run_and_says_what_to_do(instance):
    result = _run(instance, _FRESH, _ENDED, _LATER)
    assert not result.success
    assert why_failed(result.all_events) == _ENDED.error


def test_a_platform_in_trouble_is_asked_again(instance):
    result = _run(instance, _FRESH, _LATER)
    assert not result.success
    assert any(event.is_step_up_for_retry for event in result.all_events)
    assert "x:main: no answer" in why_failed(result.all_events)


def test_the_schedule_runs_by_itself():
    repository = build_definitions(Settings()).get_repository_def()
    schedule = repository.get_schedule_def("ten_minutely_tokens_schedule")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "tokens_job"
