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
        wait_s = error.retry_after.total_seconds() if error.retry_after else _DEFAULT_WAIT_S
        raise dg.RetryRequested(max_retries=_MAX_RETRIES, seconds_to_wait=wait_s) from error
    except ViralForgeError as error:
        raise dg.Failure(description=f"While {doing}: {error}", allow_retries=False) from error
