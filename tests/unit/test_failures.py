"""What our errors become in Dagster's words."""

from datetime import timedelta

import dagster as dg
import pytest

from viral_forge_assets.failures import dagster_failures, why_failed
from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    Permanent,
    RateLimited,
    Rejected,
    Transient,
    Unreachable,
    ViralForgeError,
)

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def fail(error: Exception) -> None:
    with dagster_failures("fetching the source video"):
        raise error


@pytest.mark.parametrize("kind", [Transient, Unreachable, RateLimited])
def test_what_may_succeed_later_is_tried_again(kind):
    error = kind("busy")

    with pytest.raises(dg.RetryRequested) as caught:
        fail(error)

    assert (caught.value.max_retries, caught.value.seconds_to_wait) == (3, 15.0)


@pytest.mark.parametrize("seconds", [0, 90])
def test_rate_limit_waits_as_long_as_the_platform_asks(seconds):
    with pytest.raises(dg.RetryRequested) as caught:
        fail(RateLimited("slow down", retry_after=timedelta(seconds=seconds)))

    assert caught.value.seconds_to_wait == seconds


@pytest.mark.parametrize(
    "error",
    [
        ViralForgeError("why"),
        Permanent("why"),
        BadInput("pasta.mp4", reason="holds no picture", remedy="Choose another file."),
        NotPermitted("why"),
        Rejected("why"),
        NotFound("why"),
        Misconfigured("why"),
        OutcomeUnknown("why"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_a_person_must_mend_fails_at_once_and_says_why(error):
    with pytest.raises(dg.Failure) as caught:
        fail(error)

    assert caught.value.description == f"While fetching the source video: {error}"
    assert caught.value.allow_retries is False
    assert caught.value.__cause__ is error


def test_what_nobody_foresaw_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        fail(ZeroDivisionError())


def test_what_did_not_answer_is_named_once_the_retries_are_used_up():
    tries = []

    @dg.asset
    def source_video() -> None:
        tries.append(1)
        fail(Unreachable("media.example did not answer", retry_after=timedelta(0)))

    result = dg.materialize([source_video], raise_on_error=False, run_config=_QUIET)

    told = "While fetching the source video: media.example did not answer"
    assert why_failed(result.all_events) == told
    assert len(tries) == 4


def test_an_unforeseen_error_is_told_from_its_root():
    @dg.asset
    def source_video() -> None:
        try:
            fail(ZeroDivisionError("by 0"))
        except ZeroDivisionError as error:
            raise RuntimeError("somewhere below") from error

    result = dg.materialize([source_video], raise_on_error=False, run_config=_QUIET)

    assert why_failed(result.all_events) == "ZeroDivisionError: by 0"


def test_a_run_without_a_word_of_failure_is_told_as_failed():
    @dg.asset
    def source_video() -> None: ...

    result = dg.materialize([source_video], run_config=_QUIET)

    assert why_failed(result.all_events) == "the run failed"
