"""What every job does: read the request, do the work, answer once, end with its parent."""

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_MOST_MEMORY_BYTES = 2 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a job is asked for.

    Attributes:
        arguments: what the caller wants; each job's file says which there are.
        folder: of this job alone, removed after it.
        allow_private_addresses: it may reach private, loopback and reserved addresses, too.
    """

    arguments: Mapping[str, Any]
    folder: str
    allow_private_addresses: bool


class JobError(Exception):
    """Why a job has no answer, in words that travel between processes.

    Args:
        kind: a key of the table in ``viral_forge_resources.working``.
        name: what was asked, as it may be shown.
        message: what happened, in words; nobody's secrets.
        status: HTTP status of the refusal, where it was one.
        retry_after: the refusal's header of that name.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        message: str = "",
        *,
        status: int | None = None,
        retry_after: str | None = None,
    ) -> None:
        super().__init__(message)
        self.facts: dict[str, object] = {
            "kind": kind,
            "name": name,
            "message": message,
            "status": status,
            "retry_after": retry_after,
        }


def serve(work: Callable[[Job], object]) -> None:
    """Do the one job that standard input names; ``{"answer": …}`` or ``{"error": …}`` comes out."""
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=end_with_parent, daemon=True).start()
    _limit_memory()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # nothing that a library or a child prints may look like an answer
        json.dump(_answer(work, Job(**request)), out)


def _answer(work: Callable[[Job], object], job: Job) -> dict[str, object]:
    try:
        return {"answer": work(job)}
    except JobError as error:
        return {"error": error.facts}
    except MemoryError:
        return {"error": {"kind": "unexpected", "message": "needs more memory than it may use"}}


def end_with_parent() -> None:
    """Wait until standard input ends, as it does when the parent dies; then end with children."""
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


def _limit_memory() -> None:
    """Let a hostile page fail its job instead of the machine; not enforced outside Linux."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
