"""Asks the public internet on behalf of all scans: checked, paced, counted and bounded."""

import asyncio
import base64
import json
import zlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from viral_forge_resources.answers import AnswerCache, KeptAnswer
from viral_forge_resources.contracts.calls import CALLS, calls_of
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    Transient,
    UnexpectedAnswer,
    Unreachable,
    printable,
)
from viral_forge_resources.contracts.quota import QuotaLedger, Use
from viral_forge_resources.contracts.web import Pace, WebAnswer, WebRequest
from viral_forge_resources.counting import CallCounter
from viral_forge_resources.http import (
    MOST_REDIRECTS,
    MUST_BE_PUBLIC,
    contract_errors,
    open_async_client,
    origin,
    refusal,
    shown_address,
)

_WHOLE_ANSWER = 3.0
"""Times the longest silence; a host that drips is given up then."""

_BACK_OFF_S = 0.25
_LOST = (httpx.NetworkError, httpx.RemoteProtocolError)
_NOBODY = "web"
_LONGEST_HOST = 100
_GZIP = 16 + zlib.MAX_WBITS
_GOES_ANYWHERE = ("accept", "accept-encoding", "user-agent")
"""Headers that follow a redirect to another origin; the others may hold keys."""


@asynccontextmanager
async def open_web(
    *,
    ledger: QuotaLedger,
    trusted: Collection[str] = (),
    allow_private_addresses: bool = False,
    cache: Path | None = None,
    timeout_s: float = 20.0,
    longest_wait_s: float = 20.0,
) -> AsyncGenerator["HttpWeb"]:
    """The internet, for as long as the context is open; one for all scans, so that they share it.

    Args:
        ledger: what every request's ``uses`` are counted in.
        trusted: addresses whose origins the operator chose; they may be private.
        allow_private_addresses: every address may be private.
        cache: folder for the answers of conditional requests; None asks for everything anew.
        timeout_s: longest silence; a whole answer may take three times as long.
        longest_wait_s: a host that asks to wait longer is not asked again, and an allowance that
            is used up for longer is not waited for.
    """
    async with open_async_client(
        allow_private_addresses=allow_private_addresses, trusted=trusted, timeout_s=timeout_s
    ) as client:
        yield HttpWeb(
            client,
            ledger=ledger,
            cache=None if cache is None else AnswerCache(cache),
            whole_answer_s=timeout_s * _WHOLE_ANSWER,
            longest_wait_s=longest_wait_s,
        )


class HttpWeb:
    """``contracts.web.Web`` over HTTP."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        ledger: QuotaLedger,
        cache: AnswerCache | None,
        whole_answer_s: float,
        longest_wait_s: float,
    ) -> None:
        self._client = client
        self._counter = CallCounter(ledger, longest_wait_s=longest_wait_s)
        self._cache = cache
        self._whole_answer_s = whole_answer_s
        self._longest_wait_s = longest_wait_s
        self._gates: defaultdict[tuple[str, str, int | None], _Gate] = defaultdict(_Gate)

    async def send(self, request: WebRequest) -> WebAnswer:
        """See ``contracts.web.Web``; a GET is tried once more after a lost connection or a 5xx."""
        name = shown_address(request.url)
        with contract_errors(name):
            built = self._built(request)
            if not (request.is_conditional and request.method == "GET" and self._cache):
                return _accepted(request, await self._persistent(request, built))
            return await self._conditional(request, built, self._cache)

    def _built(self, request: WebRequest) -> httpx.Request:
        headers = {"accept-encoding": "gzip", **request.headers}
        if request.basic_auth is not None:
            pair = ":".join(request.basic_auth).encode()
            headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise Misconfigured(
                f"{printable(shown_address(request.url))}: a header holds characters that HTTP "
                "cannot carry. Check the keys and tokens in the settings."
            )
        return self._client.build_request(
            request.method,
            request.url,
            params=dict(request.params) or None,
            headers=headers,
            json=request.json,
            data=request.form,
        )

    async def _conditional(
        self, request: WebRequest, built: httpx.Request, cache: AnswerCache
    ) -> WebAnswer:
        key = json.dumps([str(built.url), sorted(built.headers.multi_items())])
        with _usable_folder():
            kept = await asyncio.to_thread(cache.get, key)
        if kept is not None:
            built.headers.update(kept.validators())
        arrived = await self._persistent(request, built)
        if kept is not None and arrived.status == httpx.codes.NOT_MODIFIED:
            return replace(arrived, status=200, headers=kept.headers, body=kept.body)
        answer = _accepted(request, arrived)
        if httpx.codes.is_success(answer.status):
            new = KeptAnswer(headers=answer.headers, body=answer.body)
            with _usable_folder():
                await asyncio.to_thread(cache.put, key, new)
        return answer

    async def _persistent(self, request: WebRequest, built: httpx.Request) -> WebAnswer:
        """The answer, whatever its status, asked for a second time where that may help."""
        gate = self._gates[origin(built.url)]
        try:
            answer = await self._counted(request, built, gate)
        except _LOST:
            if request.method != "GET":
                raise
            gate.rest(_BACK_OFF_S)
        else:
            wait_s = self._wait_s(request, answer)
            if wait_s is None:
                return answer
            gate.rest(wait_s)
        return await self._counted(request, built, gate)

    def _wait_s(self, request: WebRequest, answer: WebAnswer) -> float | None:
        """How long to wait before asking again; None where that is no use."""
        error = refusal(answer.name, answer.status, answer.headers)
        if (
            answer.status in (429, 503)
            and isinstance(error, Transient)
            and error.retry_after is not None
        ):
            wait_s = max(error.retry_after.total_seconds(), _BACK_OFF_S)
            return wait_s if wait_s <= self._longest_wait_s else None
        if httpx.codes.is_server_error(answer.status) and request.method == "GET":
            return None if answer.status in request.accepts else _BACK_OFF_S
        return None

    async def _counted(self, request: WebRequest, built: httpx.Request, gate: "_Gate") -> WebAnswer:
        async with gate.passed(request.pace):
            uses = _uses(request)
            await self._counter.take(uses)
            # What it is redirected to is a call, too, but takes from no allowance again.
            call = tuple(use for use in uses if use.bucket.name == CALLS)
            try:
                async with asyncio.timeout(self._whole_answer_s):
                    return await self._exchanged(request, built, call)
            except TimeoutError as error:
                raise Unreachable(
                    f"{printable(shown_address(request.url))}: took longer than "
                    f"{self._whole_answer_s:g} s. It may answer later."
                ) from error

    async def _exchanged(
        self, request: WebRequest, built: httpx.Request, call: tuple[Use, ...]
    ) -> WebAnswer:
        hop = built
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._client.send(hop, stream=True, auth=None)
            try:
                if response.next_request is None or request.method != "GET":
                    return await _whole(request, response)
            finally:
                await response.aclose()
            hop = _redirected(built, response.next_request)
            await self._counter.take(call)
        raise httpx.TooManyRedirects("redirected too often", request=built)


class _Gate:
    """Lets requests to one host pass, as many and as often as their pace says."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._in_flight = 0
        self._last_start = 0.0
        self._closed_until = 0.0

    def rest(self, seconds: float) -> None:
        """Let no request pass within the next ``seconds``."""
        self._closed_until = max(self._closed_until, _now() + seconds)

    @asynccontextmanager
    async def passed(self, pace: Pace) -> AsyncGenerator[None]:
        async with self._changed:
            await self._changed.wait_for(lambda: self._in_flight < pace.at_once)
            self._in_flight += 1
        try:
            await self._turn(pace)
            yield
        finally:
            self._in_flight -= 1
            async with self._changed:
                self._changed.notify_all()

    async def _turn(self, pace: Pace) -> None:
        starts_at = max(_now(), self._last_start + pace.apart_s)
        self._last_start = starts_at
        await asyncio.sleep(starts_at - _now())
        await asyncio.sleep(self._closed_until - _now())  # may have been told to rest meanwhile


def _now() -> float:
    return asyncio.get_running_loop().time()


@contextmanager
def _usable_folder() -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise Transient(
            f"the folder of kept answers cannot be used: {error.strerror}. "
            "Free some space, or give this user the right to it."
        ) from error


def _uses(request: WebRequest) -> tuple[Use, ...]:
    """What the request takes; one that nobody speaks for is a call of its host's."""
    if any(use.bucket.name == CALLS for use in request.uses):
        return request.uses
    host = httpx.URL(request.url).host[:_LONGEST_HOST]
    return (*request.uses, calls_of(_NOBODY, project=host))


def _redirected(first: httpx.Request, following: httpx.Request) -> httpx.Request:
    if origin(first.url) == origin(following.url):
        return following
    return httpx.Request(
        "GET",
        following.url,
        headers={name: first.headers[name] for name in _GOES_ANYWHERE if name in first.headers},
        extensions={**following.extensions, MUST_BE_PUBLIC: True},
    )


def _accepted(request: WebRequest, answer: WebAnswer) -> WebAnswer:
    if httpx.codes.is_success(answer.status) or answer.status in request.accepts:
        return answer
    raise refusal(answer.name, answer.status, answer.headers)


async def _whole(request: WebRequest, response: httpx.Response) -> WebAnswer:
    name = shown_address(request.url)
    is_read = response.is_success or response.status_code in request.accepts
    return WebAnswer(
        name=name,
        status=response.status_code,
        headers=dict(response.headers),
        body=await _body(response, request.max_bytes, name) if is_read else b"",
    )


async def _body(response: httpx.Response, most: int, name: str) -> bytes:
    """The decoded bytes; decoded here, as a few that were compressed may become gigabytes."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise UnexpectedAnswer(
            f"{printable(name)}: is encoded as {printable(encoding)}, which was not asked for."
        )
    decoder = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
    body = bytearray()
    async for chunk in response.aiter_raw():
        try:
            body += decoder.decompress(chunk, most + 1 - len(body)) if decoder else chunk
        except zlib.error as error:
            raise httpx.DecodingError("no gzip", request=response.request) from error
        if len(body) > most:
            raise UnexpectedAnswer(f"{printable(name)}: answers with more than {most:,} bytes.")
    if decoder and body and not decoder.eof:
        raise httpx.DecodingError("gzip was cut off", request=response.request)
    return bytes(body)
