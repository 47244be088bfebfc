"""What emulators of platforms that take uploads share: tokens, faults on demand, two ways in.

An emulator answers each request as its contract says. Before and after that, faults that were put
in its queue happen, one a request. It is reached in this process, without a network, or through a
server on the loopback.
"""

import json
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.builders import NOW
from viral_forge_resources.contracts.accounts import AT_LEAST, AccessToken
from viral_forge_resources.contracts.errors import ReauthorisationNeeded

_PIECE = 1 << 20
RETRY_AFTER_S = 30


class Fault(StrEnum):
    """What goes wrong with one request."""

    DOWN = "a server error instead of an answer"
    BREAKS = "a server error after half of the body"
    DOWN_AFTER = "a server error after it took effect"
    UNREACHABLE = "no connection"
    CUT = "the connection ends after half of the body"
    LOST = "the connection ends after it took effect"
    SLOW_DOWN = "asked to wait"
    TOKEN_DIES = "the token is not taken any more"
    SESSIONS_GO = "every session of an upload is forgotten"
    SESSIONS_GO_AFTER = "it takes effect, then every session is forgotten and the answer lost"
    KILLED_BEFORE = "the caller dies before it is sent"
    KILLED_AMID = "the caller dies after half of the body"
    KILLED_AFTER = "the caller dies after it took effect"


_CUTS_BODY = frozenset({Fault.BREAKS, Fault.CUT, Fault.KILLED_AMID})


class Killed(BaseException):
    """The process of the caller ends here; nothing after it runs."""


class Dropped(Exception):
    """The connection ends without an answer."""


@dataclass(kw_only=True)
class Asked:
    """One request as an emulator sees it.

    Attributes:
        body: comes in pieces and ends early where the caller breaks off.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Iterator[bytes]

    @property
    def holds_bytes(self) -> bool:
        """Whether it brings a part of a file."""
        kind = self.headers.get("content-type", "")
        return kind.startswith(("video/", "application/octet-stream"))

    def content(self) -> bytes:
        """The whole body."""
        return b"".join(self.body)

    def document(self) -> Any:
        """The JSON that the body holds."""
        return json.loads(self.content() or b"{}")

    def form(self) -> dict[str, str]:
        """The fields of a form."""
        fields = parse_qs(self.content().decode(), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What an emulator answers."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def reply(document: object = None, status: int = 200, **headers: str) -> Reply:
    """An answer with a JSON document; a header's underscores are dashes."""
    body = b"" if document is None else json.dumps(document).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=body, headers={"content-type": "application/json"} | named)


@dataclass(kw_only=True)
class Account:
    """One account on the platform."""

    account_id: str
    channel_id: str


class UploadPlatform:
    """The part of an emulator that is alike on all platforms.

    Attributes:
        faults: what happens to the next requests, one each; None lets one by.
        now: its clock, which moves only when it is told to; or by itself, where it ``lives``.
        calls: name of each request that came in.
        tokens: whose account each living token opens.
    """

    platform: ClassVar[str]

    def __init__(self) -> None:
        self.faults: deque[Fault | None] = deque()
        self.now: datetime = NOW
        self.lives = False
        self.calls: list[str] = []
        self.tokens: dict[str, str] = {}
        self.accounts = {
            name: Account(account_id=f"account-{name}", channel_id=f"{self.platform}:{name}")
            for name in ("main", "other")
        }
        self._minted = 0
        self.lock = RLock()

    def clock(self) -> datetime:
        """The moment."""
        return self.now

    def wait(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time

    def mint(self, channel_id: str) -> str:
        """A new token of the account."""
        self._minted += 1
        token = f"token-{self._minted}"
        account = next(a for a in self.accounts.values() if a.channel_id == channel_id)
        self.tokens[token] = account.account_id
        return token

    def owner(self, asked: Asked, scheme: str = "Bearer") -> str | None:
        """The account that the request's token opens; None where it opens none."""
        return self.tokens.get(asked.headers.get("authorization", "").removeprefix(f"{scheme} "))

    def handle(self, asked: Asked) -> Reply:
        """The contract's answer."""
        raise NotImplementedError

    def posts(self) -> list[tuple[str, bytes]]:
        """Account and bytes of everything that is, or will be, live."""
        raise NotImplementedError

    def forget_sessions(self) -> None:
        """Upload addresses given so far open nothing any more."""
        raise NotImplementedError

    def server_error(self) -> Reply:
        """As the platform words it."""
        return reply({"error": {"code": 503, "message": "backend error"}}, 503)

    def too_many(self) -> Reply:
        """As the platform words it."""
        return reply({"error": {"code": 429}}, 429, retry_after=str(RETRY_AFTER_S))

    def answer(self, asked: Asked, length: int) -> Reply:
        """The contract's answer, or what a fault makes of it.

        Raises:
            Dropped: the connection ends.
            Killed: the caller's process does.
        """
        with self.lock:
            self.now = datetime.now(UTC) if self.lives else self.now
            fault = self.faults.popleft() if self.faults else None
            self._before(fault)
            if fault in {Fault.DOWN, Fault.SLOW_DOWN}:
                _drain(asked.body)
                return self.server_error() if fault is Fault.DOWN else self.too_many()
            if fault in _CUTS_BODY:
                if not asked.holds_bytes or not length:  # half a document takes no effect
                    _drain(asked.body)
                    return self._after(fault, self.server_error())
                asked.body = _half(asked.body, length)
            return self._after(fault, self.handle(asked))

    def _before(self, fault: Fault | None) -> None:
        if fault is Fault.KILLED_BEFORE:
            raise Killed
        if fault is Fault.UNREACHABLE:
            raise httpx.ConnectError("nobody listens")
        if fault is Fault.TOKEN_DIES:
            self.tokens.clear()
        if fault is Fault.SESSIONS_GO:
            self.forget_sessions()

    def _after(self, fault: Fault | None, answered: Reply) -> Reply:
        if fault is Fault.SESSIONS_GO_AFTER:
            self.forget_sessions()
        if fault in {Fault.LOST, Fault.CUT, Fault.SESSIONS_GO_AFTER}:
            raise Dropped
        if fault in {Fault.KILLED_AMID, Fault.KILLED_AFTER}:
            raise Killed
        if fault in {Fault.DOWN_AFTER, Fault.BREAKS}:
            return self.server_error()
        return answered


def _drain(body: Iterable[bytes]) -> None:
    for _ in body:
        pass


def _half(body: Iterator[bytes], length: int) -> Iterator[bytes]:
    left = length // 2
    for piece in body:
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return


class EmulatedAccounts:
    """``contracts.accounts.Accounts`` of an emulator's accounts.

    Attributes:
        opens: which account's token a channel gets, where it is not its own.
        is_revoked: the owner took the access back.
    """

    def __init__(self, platform: UploadPlatform) -> None:
        self._platform = platform
        self._tokens: dict[str, str] = {}
        self.opens: dict[str, str] = {}
        self.is_revoked = False

    def access_token(self, channel_id: str, *, at_least: timedelta = AT_LEAST) -> AccessToken:
        if self.is_revoked or channel_id not in self._known():
            raise ReauthorisationNeeded(channel_id, reason="access has ended", remedy="Connect it.")
        if channel_id not in self._tokens:
            opened = self.opens.get(channel_id, channel_id)
            self._tokens[channel_id] = self._platform.mint(opened)
        return AccessToken(
            value=self._tokens[channel_id],
            account_id=self._known()[channel_id],
            expires_at=self._platform.now + timedelta(hours=1),
        )

    def refused(self, channel_id: str, token: AccessToken) -> AccessToken:
        if self._tokens.get(channel_id) == token.value:
            del self._tokens[channel_id]
        return self.access_token(channel_id)

    def _known(self) -> dict[str, str]:
        accounts = self._platform.accounts.values()
        return {account.channel_id: account.account_id for account in accounts}


class InProcess(httpx.BaseTransport):
    """Requests reach the emulator without a network."""

    def __init__(self, platform: UploadPlatform) -> None:
        self._platform = platform

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = Asked(
            method=request.method,
            path=request.url.path,
            query=dict(request.url.params),
            headers=dict(request.headers),
            body=iter(request.stream),  # type: ignore[arg-type]  # these requests are synchronous
        )
        length = int(request.headers.get("content-length", 0))
        try:
            answered = self._platform.answer(asked, length)
        except Dropped as error:
            raise httpx.ReadError("connection lost") from error
        return httpx.Response(answered.status, headers=answered.headers, content=answered.body)


class _Handler(BaseHTTPRequestHandler):
    server: "UploadServer"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("content-length", 0))
        body = self._body(length)
        asked = Asked(
            method=self.command,
            path=address.path,
            query={name: values[0] for name, values in parse_qs(address.query).items()},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )
        try:
            answered = self.server.platform.answer(asked, length)
        except (Dropped, httpx.ConnectError):
            self.close_connection = True
            return
        except Killed:
            self.server.kill()
            self.close_connection = True
            return
        _drain(body)
        self.send_response(answered.status)
        for name, value in answered.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answered.body)))
        self.end_headers()
        self.wfile.write(answered.body)

    do_GET = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815  http.server's names

    def _body(self, length: int) -> Iterator[bytes]:
        while length > 0 and (piece := self.rfile.read(min(length, _PIECE))):
            length -= len(piece)
            yield piece

    def log_message(self, *_: object) -> None:
        return


class UploadServer(ThreadingHTTPServer):
    """The emulator on the loopback.

    Attributes:
        victim: the process that is killed when a fault says so.
        ambush: called then instead, where there is one.
    """

    daemon_threads = True
    victim = 0
    ambush: Callable[[], None] | None = None

    def kill(self) -> None:
        """The caller dies."""
        if self.ambush is None:
            os.kill(self.victim, signal.SIGKILL)
        else:
            self.ambush()

    @property
    def url(self) -> str:
        """Its address, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    def __init__(self, platform: UploadPlatform) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.platform = platform

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: clients die in the middle, that is what is tested."""


@contextmanager
def served(platform: UploadPlatform) -> Generator[UploadServer]:
    """The emulator on the loopback; gone afterwards."""
    with UploadServer(platform) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
