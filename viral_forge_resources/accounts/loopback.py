"""Waits on this machine for the browser that a platform sends back."""

import hmac
import html
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from viral_forge_resources.contracts.errors import Misconfigured, NotPermitted

HOST = "127.0.0.1"
PATH = "/callback/"

_SILENCE_S = 10
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>viral_forge</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;
color-scheme:light dark}}</style></head>
<body><h1>{title}</h1><p>{text}</p></body></html>"""
_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "connection": "close",
}


class _Handler(BaseHTTPRequestHandler):
    server: "_Listener"
    timeout = _SILENCE_S

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path != PATH or self.headers.get("host") != self.server.authority:
            self._say(HTTPStatus.NOT_FOUND, "Nothing here", "This address is for one answer alone.")
            return
        if not self.server.take(address.query):
            self._say(
                HTTPStatus.BAD_REQUEST,
                "Not the answer that was waited for",
                "Go back to the terminal, and open the address that stands there.",
            )
            return
        self._say(
            HTTPStatus.OK,
            "The answer has arrived",
            "Go back to the terminal: it says what came of it. This page may be closed.",
        )

    def _say(self, status: HTTPStatus, title: str, text: str) -> None:
        body = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
        self.send_response(status)
        for name, value in {**_HEADERS, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay quiet: the address holds a code."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.authority = f"{HOST}:{self.server_port}"
        self.state = ""
        self.query: str | None = None
        self.has_answer = threading.Event()
        self._lock = threading.Lock()

    def take(self, query: str) -> bool:
        """Whether this is the answer that is waited for; the first one counts."""
        given = parse_qs(query).get("state", [""])[0]
        with self._lock:
            if self.query is not None or not self.state:
                return False
            if not hmac.compare_digest(given.encode(), self.state.encode()):
                return False
            self.query = query
        self.has_answer.set()
        return True

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: browsers hang up as they like."""


class Loopback:
    """An address on this machine that waits for one answer."""

    def __init__(self, listener: _Listener) -> None:
        self._listener = listener
        self.redirect_uri = f"http://{listener.authority}{PATH}"

    def wait(self, state: str, *, most: timedelta) -> str:
        """The address that the browser came with; only one with ``state`` counts.

        Raises:
            NotPermitted: nobody came in time.
        """
        self._listener.state = state
        if not self._listener.has_answer.wait(most.total_seconds()):
            raise NotPermitted(
                f"no answer came within {most.total_seconds() / 60:.0f} minutes. Start again; where"
                " no browser reaches this machine, with --paste."
            )
        return f"{self.redirect_uri}?{self._listener.query}"


@contextmanager
def listening(port: int) -> Generator[Loopback]:
    """Inside, browsers of this machine find ``redirect_uri``; port 0 is any that is free.

    Raises:
        Misconfigured: the port is taken.
    """
    try:
        listener = _Listener(port)
    except OSError as error:
        raise Misconfigured(
            f"port {port} of {HOST} cannot be listened on ({error.strerror}): set"
            " VIRAL_FORGE_CONNECT_PORT to another one, or to 0 for any."
        ) from error
    with listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield Loopback(listener)
        finally:
            listener.shutdown()
            thread.join()
