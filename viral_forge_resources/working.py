"""Runs libraries that block, each call in a process of its own that ends at its deadline."""

import asyncio
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

from viral_forge_resources import workers
from viral_forge_resources.contracts.calls import jobs_of
from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NoCredentials,
    NotFound,
    NotPermitted,
    NotSupported,
    RateLimited,
    UnexpectedAnswer,
    Unreachable,
    ViralForgeError,
    printable,
)
from viral_forge_resources.contracts.quota import QuotaLedger, Use
from viral_forge_resources.contracts.web import MOST_BYTES
from viral_forge_resources.counting import CallCounter
from viral_forge_resources.http import private_address, refusal
from viral_forge_resources.plugins import plugin_names

_STDIN, _STDOUT, _STDERR = 0, 1, 2
_KEPT_COMPLAINT_BYTES = 4_096
_LONGEST_WAIT_S = 20.0
_NOBODY = "workers"
_EXCEPTION_NAME = re.compile(rb"^(?:\w+\.)*(\w+)(?::|$)")

_ERRORS: dict[str, type[ViralForgeError]] = {
    "misconfigured": Misconfigured,
    "no_credentials": NoCredentials,
    "not_found": NotFound,
    "not_permitted": NotPermitted,
    "not_supported": NotSupported,
    "rate_limited": RateLimited,
    "unexpected": UnexpectedAnswer,
    "unreachable": Unreachable,
}
"""What the kinds of failure stand for; ``_error`` reads three more."""


class ProcessWorkers:
    """``contracts.web.Workers``: each job a process that leads a group and is killed with it."""

    def __init__(
        self,
        *,
        ledger: QuotaLedger,
        at_once: int,
        allow_private_addresses: bool = False,
        jobs: ModuleType = workers,
    ) -> None:
        """Start nothing yet.

        Args:
            ledger: what the jobs' ``uses`` are counted in.
            at_once: most processes at the same time; further jobs wait their turn.
            allow_private_addresses: jobs may reach private addresses.
            jobs: package whose files are the jobs.
        """
        self._counter = CallCounter(ledger, longest_wait_s=_LONGEST_WAIT_S)
        self._slots = asyncio.Semaphore(at_once)
        self._allow_private_addresses = allow_private_addresses
        self._jobs = jobs

    async def run(
        self,
        job: str,
        arguments: Mapping[str, object],
        *,
        deadline_s: float,
        uses: tuple[Use, ...] = (),
    ) -> Any:  # noqa: ANN401  the job's JSON
        """See ``contracts.web.Workers``; the deadline starts when the job's turn has come."""
        names = plugin_names(self._jobs)
        if job not in names:
            raise Misconfigured(f"no job is named '{job}'. There are: {', '.join(names)}.")
        request: dict[str, object] = {
            "arguments": dict(arguments),
            "allow_private_addresses": self._allow_private_addresses,
        }
        async with self._slots:
            is_counted = any(use.bucket.limit is None for use in uses)
            await self._counter.take(uses if is_counted else (*uses, jobs_of(_NOBODY, job)))
            with tempfile.TemporaryDirectory(prefix=f"{job}-") as folder:
                request["folder"] = folder
                async with _deadline(job, deadline_s), _process(self._jobs, job) as talk:
                    stdout = await talk.ask(job, request)
        return decoded(job, stdout)


def decoded(job: str, stdout: bytes) -> Any:  # noqa: ANN401  the job's JSON
    """The answer in what ``job`` wrote: ``{"answer": …}``.

    Raises:
        ViralForgeError: what ``{"error": {"kind": …, "name": …, "message": …, "status": …}}`` is.
        UnexpectedAnswer: it wrote something else.
    """
    if len(stdout) > MOST_BYTES:
        raise UnexpectedAnswer(f"the {job} job answers with more than {MOST_BYTES:,} bytes.")
    try:
        said = json.loads(stdout)
    except ValueError as error:  # also bytes that are no UTF-8
        raise UnexpectedAnswer(f"the {job} job answered with something that is no JSON.") from error
    match said:
        case {"error": {"kind": str()} as facts}:
            raise _error(job, facts)
        case {"answer": answer}:
            return answer
    raise UnexpectedAnswer(f"the {job} job answered with neither an answer nor an error.")


def _error(job: str, facts: Mapping[str, Any]) -> ViralForgeError:
    kind, status = facts["kind"], facts.get("status")
    name, message = str(facts.get("name") or job), str(facts.get("message") or kind)
    if kind == "status" and isinstance(status, int):
        return refusal(name, status, {"retry-after": str(facts.get("retry_after") or "")})
    if kind == "private":
        return private_address(name)
    if kind == "bad_input":
        return BadInput(name, reason=message, remedy="Look at it in a browser.")
    if kind not in _ERRORS:
        return UnexpectedAnswer(f"the {job} job failed in an unknown way: {printable(kind)}.")
    return _ERRORS[kind](f"{printable(name)}: {message}.")


@asynccontextmanager
async def _deadline(job: str, seconds: float) -> AsyncGenerator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Unreachable(
            f"the {job} job took longer than {seconds:g} s. It is tried again later."
        ) from error


@asynccontextmanager
async def _process(jobs: ModuleType, job: str) -> AsyncGenerator["_Conversation"]:
    """A new process for ``job``; its whole group is dead when the context is left."""
    transport, conversation = await asyncio.get_running_loop().subprocess_exec(
        _Conversation,
        sys.executable,
        "-m",
        f"{jobs.__name__}.{job}",
        start_new_session=True,
    )
    try:
        yield conversation
    finally:
        _kill_group(transport.get_pid())
        await conversation.has_exited.wait()
        transport.close()
        await conversation.is_over.wait()


class _Conversation(asyncio.SubprocessProtocol):
    """One question to a process, and as much of what it says as may be kept.

    Attributes:
        has_exited: the process is gone.
        is_over: its pipes are, too.
    """

    def __init__(self) -> None:
        self.has_exited = asyncio.Event()
        self.is_over = asyncio.Event()
        self._ends = {fd: asyncio.Event() for fd in (_STDIN, _STDOUT, _STDERR)}
        self._transport = asyncio.SubprocessTransport()
        self._answer = bytearray()
        self._complaint = b""

    async def ask(self, job: str, request: Mapping[str, object]) -> bytes:
        """All that the process writes, or a little more than an answer may have."""
        pipe = self._transport.get_pipe_transport(_STDIN)
        if isinstance(pipe, asyncio.WriteTransport):
            pipe.write(json.dumps(request).encode() + b"\n")  # stays open: its end means we died
        await self._ends[_STDOUT].wait()
        if not self._answer:
            await self.has_exited.wait()
            _kill_group(self._transport.get_pid())  # a child might keep stderr open for ever
            await self._ends[_STDERR].wait()
            raise UnexpectedAnswer(f"the {job} job {_cause_of_death(self._complaint)}.")
        return bytes(self._answer)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See ``asyncio``."""
        if isinstance(transport, asyncio.SubprocessTransport):
            self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """See ``asyncio``."""
        if fd == _STDERR:
            self._complaint = (self._complaint + data)[-_KEPT_COMPLAINT_BYTES:]
        elif len(self._answer) <= MOST_BYTES:
            self._answer += data
        else:
            self._ends[fd].set()

    def pipe_connection_lost(self, fd: int, _exc: Exception | None) -> None:
        """See ``asyncio``."""
        self._ends[fd].set()

    def process_exited(self) -> None:
        """See ``asyncio``."""
        self.has_exited.set()

    def connection_lost(self, _exc: Exception | None) -> None:
        """See ``asyncio``."""
        self.is_over.set()


def _cause_of_death(complaint: bytes) -> str:
    """The name of the exception alone: its words may hold an address with secrets."""
    lines = complaint.strip().splitlines()
    name = _EXCEPTION_NAME.match(lines[-1]) if lines else None
    return f"ended with {name[1].decode()}" if name else "ended without an answer"


def _kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # gone; macOS says so of a group of zombies
        return
