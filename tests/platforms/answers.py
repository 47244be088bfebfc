"""What a web server on this machine may answer, well and badly."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

_BLOCK = 1 << 16
_DRIP_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer.

    Attributes:
        status: 0 hangs up without one.
        headers: ``content-length`` is added, unless ``filler`` says that nobody knows it.
        missing: bytes that are announced beside the body and never come.
        filler: zero bytes sent after the body.
        is_silent: says nothing until the other side hangs up.
        is_dripping: sends the body byte by byte, and then spaces, until the other side hangs up.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Path = b""
    missing: int = 0
    filler: int = 0
    is_silent: bool = False
    is_dripping: bool = False

    def part(self, wanted: str | None) -> "Answer":
        """The bytes that a ``Range`` header wants, all of them without one."""
        if wanted is None or self.status != HTTPStatus.OK or not wanted.startswith("bytes="):
            return self
        content = self.content()
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last or len(content) - 1), len(content) - 1)
        if start > end:
            return replace(self, status=416, body=b"")
        headers = {**self.headers, "content-range": f"bytes {start}-{end}/{len(content)}"}
        return replace(self, status=206, headers=headers, body=content[start : end + 1])

    def content(self) -> bytes:
        """The whole body."""
        return self.body.read_bytes() if isinstance(self.body, Path) else self.body


MALFORMED = Answer(headers={"content-type": "application/json"}, body=b'{"items": [{"id": "a", ')
HTML = Answer(
    headers={"content-type": "text/html"},
    body=b"<!doctype html><html><body><p>Are you a person?<br></body></html>",
)
HANGS_UP = Answer(status=0)
SILENT = Answer(is_silent=True)
DRIPPING = Answer(headers={"content-type": "application/json"}, body=b"[", is_dripping=True)
CUT_OFF = Answer(headers={"content-type": "application/json"}, body=b'{"items": []}', missing=500)
HUGE = Answer(headers={"content-type": "application/json"}, body=b"[0", filler=50_000_000)


def refused(status: int, *, retry_after: str | None = None) -> Answer:
    """A refusal with a page for people."""
    headers = {"content-type": "text/html"}
    if retry_after is not None:
        headers["retry-after"] = retry_after
    return Answer(status=status, headers=headers, body=b"<html><p>No.</html>")


def redirect(to: str) -> Answer:
    """Sends the other side to the address ``to``."""
    return Answer(status=302, headers={"location": to})


async def send(
    answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_head: bool
) -> bool:
    """Whether the connection can serve another request after ``answer``."""
    if answer.is_silent:
        await reader.read()
        return False
    if not answer.status:
        return False
    content = answer.content()
    writer.write(_head(answer, len(content)))
    if answer.is_dripping:
        return await _drip(content, writer)
    if not is_head:
        writer.write(content)
        for start in range(0, answer.filler, _BLOCK):
            writer.write(bytes(min(_BLOCK, answer.filler - start)))
            await writer.drain()
    await writer.drain()
    return not (answer.missing or answer.filler)


def _head(answer: Answer, length: int) -> bytes:
    reason = HTTPStatus(answer.status).phrase
    headers = dict(answer.headers)
    if answer.filler or answer.is_dripping:
        headers["connection"] = "close"
    else:
        headers["content-length"] = str(length + answer.missing)
    lines = (f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {answer.status} {reason}\r\n{''.join(lines)}\r\n".encode("latin-1")


async def _drip(content: bytes, writer: asyncio.StreamWriter) -> bool:
    sent = 0
    while not writer.is_closing():
        writer.write(content[sent : sent + 1] or b" ")
        await writer.drain()
        sent += 1
        await asyncio.sleep(_DRIP_S)
    return False
