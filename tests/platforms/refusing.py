"""A server that answers everything with one error, as S3 words it."""

from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class _Refusing(BaseHTTPRequestHandler):
    server: "_RefusingServer"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        said = f"<Code>{self.server.code}</Code><Message>{self.server.message}</Message>"
        body = f"<Error>{said}</Error>".encode()
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(body)))
        self.send_header("retry-after", "7")
        self.end_headers()
        self.wfile.write(body)


class _RefusingServer(ThreadingHTTPServer):
    status: int
    code: str
    message: str


@contextmanager
def refusing_server(status: int, code: str, *, message: str) -> Generator[str]:
    """Its address; it asks to be left alone for 7 s."""
    server = _RefusingServer(("127.0.0.1", 0), _Refusing)
    server.status, server.code, server.message = status, code, message
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()
