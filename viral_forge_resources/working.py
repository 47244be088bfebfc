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
from datetime import UTC, datetime
from typing import Any

from viral_forge_resources import workers
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
from viral_forge_resources.http import private_address, refusal
from viral_forge_resources.plugins import plugin_names

_CHUNK_BYTES = 1 << 16
_KEPT_COMPLAINT_BYTES = 4_096
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
        self, *, ledger: QuotaLedger, at_once: int, allow_private_addresses: bool = False
    ) -> None:
        """Start nothing yet.

        Args:
            ledger: what the jobs' ``uses`` are counted in.
            at_once: most processes at the same time; further jobs wait their turn.
            allow_private_addresses: jobs may reach private addresses.
        """
        self._ledger = ledger
        self._slots = asyncio.Semaphore(at_once)
        self._allow_private_addresses = allow_private_addresses

    async def run(
        self,
        job: str,
        arguments: Mapping[str, object],
        *,
        deadline_s: float,
        uses: tuple[Use, ...] = (),
    ) -> Any:  # noqa: ANN401  the job's JSON
        """See ``contracts.web.Workers``; the deadline starts when the job's turn has come."""
        names = plugin_names(workers)
        if job not in names:
            raise Misconfigured(f"no job is named '{job}'. There are: {', '.join(names)}.")
        request = {
            "arguments": dict(arguments),
            "allow_private_addresses": self._allow_private_addresses,
        }
        async with self._slots:
            if uses:
                await asyncio.to_thread(self._ledger.take, uses, now=datetime.now(UTC))
            with tempfile.TemporaryDirectory(prefix=f"{job}-") as folder:
                stdout = await _outcome(job, {**request, "folder": folder}, deadline_s=deadline_s)
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


async def _outcome(job: str, request: Mapping[str, object], *, deadline_s: float) -> bytes:
    try:
        async with asyncio.timeout(deadline_s), _process(job) as process:
            return await _talk(process, job, request)
    except TimeoutError as error:
        raise Unreachable(
            f"the {job} job took longer than {deadline_s:g} s. It is tried again later."
        ) from error


@asynccontextmanager
async def _process(job: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A new process for ``job``; its whole group is dead when the context is left."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"{workers.__name__}.{job}",
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _kill_group(process.pid)
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _talk(
    process: asyncio.subprocess.Process, job: str, request: Mapping[str, object]
) -> bytes:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise TypeError("the worker's pipes are not open")
    complaint = asyncio.create_task(_last_bytes(process.stderr))
    try:
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()  # stays open: its end tells the worker that we died
        stdout = await _first_bytes(process.stdout)
        if stdout:
            return stdout
        _kill_group(process.pid)
        raise UnexpectedAnswer(f"the {job} job {_cause_of_death(await complaint)}.")
    except ConnectionError as error:
        raise UnexpectedAnswer(f"the {job} job ended before it was asked.") from error
    finally:
        complaint.cancel()


async def _first_bytes(stream: asyncio.StreamReader) -> bytes:
    """All that is written, or one byte more than an answer may have."""
    read = bytearray()
    while len(read) <= MOST_BYTES and (chunk := await stream.read(_CHUNK_BYTES)):
        read += chunk
    return bytes(read)


async def _last_bytes(stream: asyncio.StreamReader) -> bytes:
    kept = b""
    while chunk := await stream.read(_CHUNK_BYTES):
        kept = (kept + chunk)[-_KEPT_COMPLAINT_BYTES:]
    return kept


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
