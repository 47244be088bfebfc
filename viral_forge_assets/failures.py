"""Turns the error tree into Dagster's words; the only place that does."""

from collections.abc import Generator
from contextlib import contextmanager

import dagster as dg

from viral_forge_resources.contracts.errors import Transient, ViralForgeError

_MAX_RETRIES = 3
_DEFAULT_WAIT_S = 15.0


@contextmanager
def dagster_failures(doing: str) -> Generator[None]:
    """Inside, what may succeed later asks for a retry; all else of the tree fails the step now.

    Args:
        doing: what was being done, such as "fetching the source video"; opens the message.
    """
    try:
        yield
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
