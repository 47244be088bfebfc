"""A loopback server of the chat-completions form that says what a test wrote for it."""

import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer; ``says`` is the message of a completion, ``body`` any other body."""

    says: str | None = None
    body: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    finish_reason: str = "stop"
    usage: Mapping[str, int] | None = field(
        default_factory=lambda: {
            "prompt_tokens": 812,
            "completion_tokens": 64,
            "total_tokens": 876,
        }
    )

    def content(self, model: str) -> bytes:
        if self.body is not None:
            return self.body.encode()
        completion: dict[str, Any] = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1763546400,
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": self.says, "reasoning": "…"},
                    "logprobs": None,
                    "finish_reason": self.finish_reason,
                }
            ],
            "system_fingerprint": "fp_x",
            "x_groq": {"id": "req_01"},
        }
        if self.usage is not None:
            completion["usage"] = dict(self.usage)
        return json.dumps(completion).encode()


@dataclass
class ChatServer:
    """Its address, and what it was asked."""

    replies: list[Reply]
    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@contextmanager
def chat_server(*replies: Reply) -> Generator[ChatServer]:
    """A server that gives ``replies`` in turn; one request more than there are gets a 418."""
    server = ChatServer(list(replies))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.paths.append(self.path)
            server.keys.append(self.headers["authorization"])
            reply = (
                server.replies[len(server.asked)]
                if len(server.asked) < len(server.replies)
                else Reply(status=418, body="{}")
            )
            server.asked.append(asked)
            content = reply.content(asked["model"])
            self.send_response(reply.status)
            headers = {"content-type": "application/json", **reply.headers}
            for name, value in headers.items():
                self.send_header(name, value)
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
            http.shutdown()
            thread.join()
