"""A web server on this machine that answers as scripted, faults included."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_CHUNK = b"x" * (1 << 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that came in.

    Attributes:
        path: with its query.
        headers: by lower-case name.
        at: moment of ``time.monotonic()``.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


class _Handler(BaseHTTPRequestHandler):
    server: "WebServer"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = Asked(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            at=time.monotonic(),
        )
        self.server.next_answer(asked)(self)

    def do_POST(self) -> None:
        self.do_GET()

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        return


Scripted = Callable[[_Handler], None]


def answer(
    status: int = 200, body: bytes = b"{}", *, kind: str = "application/json", **headers: str
) -> Scripted:
    """A whole answer; a header's underscores are dashes."""

    def answered(handler: _Handler) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        usual = {"content-type": kind, "content-length": str(len(body))}
        _send_head(handler, status, usual | named)
        if handler.command != "HEAD":
            handler.wfile.write(body)

    return answered


def redirect(location: str, status: int = 302) -> Scripted:
    """To ``location``."""
    return answer(status, b"", location=location)


def huge(size: int) -> Scripted:
    """``size`` bytes without saying how many; ends when the client hangs up."""

    def answered(handler: _Handler) -> None:
        _send_head(handler, 200, {"content-type": "application/json", "connection": "close"})
        for _ in range(size // len(_CHUNK)):
            handler.wfile.write(_CHUNK)
            handler.server.sent += len(_CHUNK)

    return answered


def hang() -> Scripted:
    """Nothing until the server closes."""
    return _wait


def drip() -> Scripted:
    """A byte every now and then, for ever."""

    def answered(handler: _Handler) -> None:
        _send_head(handler, 200, {"content-type": "application/json", "connection": "close"})
        while not handler.server.is_closing.wait(0.02):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    return answered


def hang_up() -> Scripted:
    """The end of the connection instead of an answer."""

    def answered(handler: _Handler) -> None:
        handler.close_connection = True

    return answered


def cut_off() -> Scripted:
    """Less than was promised."""
    return answer(200, b"{", content_length="1000", connection="close")


def _send_head(handler: _Handler, status: int, headers: Mapping[str, str]) -> None:
    handler.close_connection = headers.get("connection") == "close"
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()


def _wait(handler: _Handler) -> None:
    handler.server.is_closing.wait()
    handler.close_connection = True


class WebServer(ThreadingHTTPServer):
    """Answers each path as told by ``script``, other paths with 404.

    Attributes:
        asked: every request, in order.
        sent: bytes of huge answers.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Asked] = []
        self.sent = 0
        self.is_closing = threading.Event()
        self._scripts: defaultdict[str, list[Scripted]] = defaultdict(list)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Its address, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    def script(self, path: str, *answers: Scripted) -> str:
        """Answer ``path`` so, one after the other, the last one for ever; returns its address."""
        self._scripts[path] = list(answers)
        return f"{self.url}{path}"

    def next_answer(self, asked: Asked) -> Scripted:
        """What comes next for this request."""
        with self._lock:
            self.asked.append(asked)
            answers = self._scripts.get(asked.path.partition("?")[0], [])
            if not answers:
                return answer(404)
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay quiet: clients hang up in the middle, that is what is tested."""


@contextmanager
def web_server() -> Generator[WebServer]:
    """A server that runs in the background; gone afterwards."""
    with WebServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.is_closing.set()
            server.shutdown()
            thread.join()
