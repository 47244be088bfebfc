"""A loopback server that answers as Gemini's ``generateContent`` does what a test wrote for it."""

import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One answer; ``says`` is the text of a candidate, ``body`` any other body.

    ``hangs`` leaves the request without an answer until the server ends.
    """

    says: str | None = None
    body: str | None = None
    status: int = 200
    finish_reason: str = "STOP"
    usage: Mapping[str, int] | None = field(
        default_factory=lambda: {
            "promptTokenCount": 1032,
            "candidatesTokenCount": 12,
            "thoughtsTokenCount": 30,
            "totalTokenCount": 1074,
        }
    )
    hangs: bool = False

    def content(self) -> bytes:
        if self.body is not None:
            return self.body.encode()
        answer: dict[str, Any] = {
            "candidates": [
                {
                    "content": {"role": "model", "parts": [{"text": self.says}]},
                    "finishReason": self.finish_reason,
                    "index": 0,
                }
            ],
            "modelVersion": "gemini-3.8-flash",
            "responseId": "r1",
        }
        if self.usage is not None:
            answer["usageMetadata"] = dict(self.usage)
        return json.dumps(answer).encode()


def refused(status: int, word: str, *, retry_delay: str | None = None, message: str = "no") -> Look:
    """A refusal as Google writes it."""
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": retry_delay}]
    error: dict[str, Any] = {"code": status, "message": message, "status": word}
    if retry_delay is not None:
        error["details"] = details
    return Look(status=status, body=json.dumps({"error": error}))


@dataclass
class GeminiServer:
    """Its address, and what it was asked."""

    replies: list[Look]
    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@contextmanager
def gemini_server(*replies: Look) -> Generator[GeminiServer]:
    """A server that gives ``replies`` in turn; one request more than there are gets a 418."""
    server = GeminiServer(list(replies))
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.paths.append(self.path)
            server.keys.append(self.headers["x-goog-api-key"])
            is_known = len(server.asked) < len(server.replies)
            reply = server.replies[len(server.asked)] if is_known else refused(418, "TEAPOT")
            server.asked.append(asked)
            if reply.hangs:
                over.wait()
                return
            content = reply.content()
            self.send_response(reply.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        server.address = f"http://127.0.0.1:{http.server_address[1]}"
        try:
            yield server
        finally:
            over.set()
            http.shutdown()
            thread.join()
