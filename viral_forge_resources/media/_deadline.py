"""A GET that ends as a whole at a deadline, however slowly the other side drips."""

import socket
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from viral_forge_resources.contracts.errors import Unreachable, printable
from viral_forge_resources.http import contract_errors, shown_address


@contextmanager
def stream_within(
    client: httpx.Client, url: str, *, deadline_s: float, headers: Mapping[str, str] | None = None
) -> Generator[httpx.Response]:
    """GET ``url`` and stream the answer; everything ends after ``deadline_s``, however it drips.

    A read time-out starts anew with each byte, so at the deadline the connection itself is shut
    down. Use a client opened for this exchange: a connection from earlier ones is not watched.

    Raises:
        Unreachable: no complete answer until the deadline.
        BadInput: see ``contract_errors``, or a private address.
    """
    name = shown_address(url)
    with _Watchdog(deadline_s) as watchdog:
        try:
            with (
                contract_errors(name),
                client.stream(
                    "GET", url, headers=headers, extensions={"trace": watchdog.trace}
                ) as response,
            ):
                yield response
        except Unreachable:
            if not watchdog.has_expired:
                raise
        if watchdog.has_expired:  # a body without a length looks complete when cut off
            raise Unreachable(
                f"{printable(name)}: took longer than {deadline_s:g} s. "
                "Try again, or raise VIRAL_FORGE_DOWNLOAD_DEADLINE_SECONDS."
            )


class _Watchdog:
    """Shuts the connections of one exchange down when its time is over."""

    def __init__(self, deadline_s: float) -> None:
        self.has_expired = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(deadline_s, 0.0), self._expire)
        self._timer.daemon = True

    def __enter__(self) -> "_Watchdog":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()

    def trace(self, event: str, details: Mapping[str, Any]) -> None:
        """Watch each new connection; a duplicate stays valid when TLS takes over the original."""
        if event != "connection.connect_tcp.complete":
            return
        original: socket.socket = details["return_value"].get_extra_info("socket")
        with self._lock:
            self._sockets.append(original.dup())
        if self.has_expired:
            self._expire()

    def _expire(self) -> None:
        self.has_expired = True
        with self._lock:
            for connection in self._sockets:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # closed by the other side meanwhile
