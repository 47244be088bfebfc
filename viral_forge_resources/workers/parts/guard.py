"""Lets a process reach public addresses only, whichever library asks and whatever redirects it."""

import errno
import ipaddress
import socket
import socketserver
import sys
import threading
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from viral_forge_resources.http import is_public

_CHUNK_BYTES = 1 << 16
_CONNECT_TIMEOUT_S = 15.0
_SOCKS = b"\x05"
_NO_PASSWORD = b"\x05\x00"
_CONNECT = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_DONE, _REFUSED, _UNREACHABLE, _UNKNOWN_COMMAND = 0, 2, 4, 7
_EVENTS = frozenset({"socket.connect", "socket.sendto"})

Address = tuple[str, int]


class Guard:
    """Keeps this process within the public internet, for as long as it lives.

    Libraries are told to use ``proxy``, which resolves names itself and connects to the checked
    address: so curl, whose connections Python does not see, cannot go anywhere else. Connections
    that Python makes past it are checked by an audit hook. FFmpeg would connect unseen, so it may
    not be started with an address.

    Attributes:
        proxy: address of the SOCKS proxy that libraries must use.
    """

    def __init__(self, *, upstream: str | None = None) -> None:
        """Start the proxy and the hook; nothing takes them away again.

        Args:
            upstream: a proxy that the operator chose, used instead; it may be private, and what
                it reaches is its own matter.
        """
        self._own = PublicProxy()
        self._own.start()
        self.proxy = upstream or self._own.url
        self._allowed = {self._own.address, *(_resolved(upstream) if upstream else ())}
        self._has_refused = False
        sys.addaudithook(self._check)

    @property
    def has_refused(self) -> bool:
        """Whether anything wanted to leave the public internet."""
        return self._has_refused or self._own.has_refused

    def _check(self, event: str, details: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen" and any("://" in str(part) for part in details[1]):
            raise PermissionError(errno.EACCES, "a program may not open an address by itself")
        if event not in _EVENTS or not isinstance(details[1], tuple):
            return
        if details[1][:2] not in self._allowed and not _is_public(str(details[1][0])):
            self._has_refused = True
            raise PermissionError(errno.EACCES, "private address refused")


class PublicProxy(socketserver.ThreadingTCPServer):
    """A SOCKS 5 proxy on this machine that connects to public addresses only.

    Attributes:
        allowed: further addresses that it connects to.
        has_refused: it was asked for another one.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, *, allowed: Collection[Address] = ()) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.allowed = allowed
        self.has_refused = False

    @property
    def address(self) -> Address:
        """Where it listens."""
        return ("127.0.0.1", int(self.server_address[1]))

    @property
    def url(self) -> str:
        """Its address; the ``h`` leaves resolving names to it."""
        return "socks5h://{}:{}".format(*self.address)

    def start(self) -> None:
        """Serve in the background."""
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def connected(self, host: str, port: int) -> socket.socket:
        """A connection to the first of the host's addresses that takes it.

        Raises:
            PermissionError: one of them is not public.
            OSError: no address, or none answers.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys((str(entry[4][0]), port) for entry in found))
        if not all(_is_public(address[0]) or address in self.allowed for address in addresses):
            self.has_refused = True
            raise PermissionError(errno.EACCES, "private address refused")
        failure = OSError("no address")
        for address in addresses:
            try:
                return socket.create_connection(address, timeout=_CONNECT_TIMEOUT_S)
            except OSError as error:
                failure = error
        raise failure

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: a client that hangs up is no news."""


class _Exchange(socketserver.BaseRequestHandler):
    """One client; see RFC 1928."""

    request: socket.socket
    server: PublicProxy

    def handle(self) -> None:
        self._exactly(self._exactly(2)[1])
        self.request.sendall(_NO_PASSWORD)
        _, command, _, kind = self._exactly(4)
        host, port = self._host(kind), int.from_bytes(self._exactly(2), "big")
        if command != _CONNECT:
            self._reply(_UNKNOWN_COMMAND)
            return
        try:
            there = self.server.connected(host, port)
        except (OSError, UnicodeError) as error:
            self._reply(_REFUSED if isinstance(error, PermissionError) else _UNREACHABLE)
            return
        with there:
            self._reply(_DONE)
            there.settimeout(None)
            back = threading.Thread(target=_copy, args=(there, self.request), daemon=True)
            back.start()
            _copy(self.request, there)
            back.join()

    def _host(self, kind: int) -> str:
        if kind == _NAME:
            return self._exactly(self._exactly(1)[0]).decode("ascii")
        return str(ipaddress.ip_address(self._exactly(4 if kind == _IPV4 else 16)))

    def _reply(self, code: int) -> None:
        self.request.sendall(bytes((_SOCKS[0], code, 0, _IPV4, 0, 0, 0, 0, 0, 0)))

    def _exactly(self, count: int) -> bytes:
        read = b""
        while len(read) < count:
            more = self.request.recv(count - len(read))
            if not more:
                raise ConnectionResetError(errno.ECONNRESET, "the client hung up")
            read += more
        return read


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while chunk := source.recv(_CHUNK_BYTES):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # one side is gone: let the other know
        for side in (source, target):
            _hang_up(side)


def _hang_up(side: socket.socket) -> None:
    try:
        side.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _resolved(proxy: str) -> set[Address]:
    parts = urlsplit(proxy)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 1080)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    return {(str(entry[4][0]), port) for entry in found}


def _is_public(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:  # a name, which would be resolved where we cannot see
        return False
