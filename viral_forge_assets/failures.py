"""Turns the error tree into Dagster's words, and Dagster's words into why a run failed."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import timedelta

import dagster as dg

from viral_forge_resources.contracts.errors import OverBudget, Transient, ViralForgeError

_MAX_RETRIES = 3
_DEFAULT_WAIT_S = 15.0
WAITS_S = "waits_for_the_next_budget_s"


@contextmanager
def dagster_failures(doing: str) -> Generator[None]:
    """Inside, what may succeed later asks for a retry; all else of the tree fails the step now.

    Args:
        doing: what was being done, such as "fetching the source video"; opens the message.
    """
    try:
        yield
    except OverBudget as error:  # no run holds its place until a budget is a new one
        raise dg.Failure(
            description=f"While {doing}: {error}",
            allow_retries=False,
            metadata=_budget_metadata(error),
        ) from error
    except Transient as error:
        wait_s = _DEFAULT_WAIT_S
        if error.retry_after is not None:
            wait_s = error.retry_after.total_seconds()
        # When the retries are used up Dagster tells what a Failure says, and of others only that.
        told = dg.Failure(description=f"While {doing}: {error}")
        told.__cause__ = error
        raise dg.RetryRequested(max_retries=_MAX_RETRIES, seconds_to_wait=wait_s) from told
    except ViralForgeError as error:
        raise dg.Failure(description=f"While {doing}: {error}", allow_retries=False) from error


def _budget_metadata(error: OverBudget) -> dict[str, str | float]:
    estimate = "not known" if error.estimate_usd is None else error.estimate_usd
    facts: dict[str, str | float] = {"estimate_usd": estimate}
    if error.retry_after is not None:
        facts[WAITS_S] = error.retry_after.total_seconds()
    return facts


def waits_for(events: Iterable[dg.DagsterEvent]) -> timedelta | None:
    """How long a run that failed for want of budget should wait; None where it failed otherwise."""
    for event in events:
        told = event.step_failure_data.user_failure_data if event.is_step_failure else None
        waits = told.metadata.get(WAITS_S) if told else None
        if waits is not None:
            return timedelta(seconds=float(waits.value))  # type: ignore[arg-type]
    return None


def why_failed(events: Iterable[dg.DagsterEvent]) -> str:
    """What a person reads of a run that failed: our own words, else the error at the root.

    Args:
        events: of the run, in order; those that are no failures are passed over.
    """
    failures = [event for event in events if event.is_step_failure or event.is_failure]
    for event in failures:
        told = event.step_failure_data.user_failure_data if event.is_step_failure else None
        if told and told.description:
            return told.description
    # A run that was only reported failed has no error, nor the place where it would be.
    errors = [getattr(event.event_specific_data, "error", None) for event in failures]
    error = next(filter(None, errors), None)
    # Dagster wraps what went wrong in words that are the same for every error.
    while error is not None and error.cause is not None:
        error = error.cause
    if error is not None:
        return str(error.message).strip()
    return next((event.message for event in failures if event.message), "the run failed")
