"""Platforms on the loopback, which answer what their recordings say and fail as they are told.

One server serves any number of them, each under a path of its own::

    with RecordedPlatforms() as platforms:
        pexels = platforms.mount(load("pexels"))
        pexels.url                      # what {server} stands for
        pexels.faults[0] = HTML         # exchange 0 answers a page for people from now on
        pexels.offer(r".*\\.mp4", path)  # real bytes behind the links of its answers
"""

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.platforms.answers import Answer, refused, send
from tests.platforms.recording import Recording, fill, is_part, parts_in

_HOST = "127.0.0.1"
_HEAD_BYTES = 1 << 18
_MATCHED = ("query", "form", "json", "headers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came in.

    Attributes:
        path: below the platform's address.
        query: the one value of each key, or the list of several.
        headers: by lower-case name.
        exchange: number of the exchange that served it, None if none did.
    """

    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: bytes
    exchange: int | None = None

    def matched(self) -> dict[str, Any]:
        """What the parts of an exchange are compared with."""
        kind = self.headers.get("content-type", "")
        is_json = "json" in kind
        return {
            "query": self.query,
            "headers": self.headers,
            "json": json.loads(self.body) if self.body and is_json else None,
            "form": _values(self.body.decode()) if self.body and not is_json else {},
        }


@dataclass(slots=True, kw_only=True)
class Platform:
    """One recording being served.

    Attributes:
        faults: by number of an exchange, what it answers instead.
        latency_s: waited before each answer.
        is_lenient: an exchange of the right path serves also requests that differ otherwise.
        asked: every request so far.
        media: by pattern of a path, what is served where no exchange is recorded.
    """

    url: str
    exchanges: list[dict[str, Any]]
    faults: dict[int, Answer] = field(default_factory=dict)
    latency_s: float = 0.0
    is_lenient: bool = False
    asked: list[Asked] = field(default_factory=list)
    media: dict[str, Answer] = field(default_factory=dict)

    @property
    def unmatched(self) -> list[str]:
        """Requests that no exchange is recorded for."""
        return [
            f"{each.method} {each.path} {dict(each.query)} {each.body.decode('utf-8', 'replace')}"
            for each in self.asked
            if each.exchange is None
        ]

    def offer(self, pattern: str, body: bytes | Path, content_type: str = "video/mp4") -> None:
        """Serve ``body`` wherever the path matches the regular expression as a whole."""
        headers = {"content-type": content_type, "accept-ranges": "bytes"}
        self.media[pattern] = Answer(headers=headers, body=body)

    def answer(self, asked: Asked) -> Answer:
        """What ``asked`` gets; it is kept."""
        number = self._number(asked)
        offered = self._offered(asked) if number is None else None
        if offered is not None:
            return offered.part(asked.headers.get("range"))
        self.asked.append(replace(asked, exchange=number))
        if number is None:
            return refused(404)
        return self.faults.get(number) or _recorded(self.exchanges[number], asked)

    def _number(self, asked: Asked) -> int | None:
        given = asked.matched()
        served = {each.exchange for each in self.asked}
        fitting = [
            (fit, number in served, number)
            for number, exchange in enumerate(self.exchanges)
            if (fit := self._fit(exchange, asked, given)) is not None
        ]
        return min(fitting)[2] if fitting else None

    def _fit(
        self, exchange: Mapping[str, Any], asked: Asked, given: Mapping[str, Any]
    ) -> tuple[int, int] | None:
        """How much differs, and, less than none, how much is the same."""
        if (exchange.get("method", "GET"), exchange["path"]) != (asked.method, asked.path):
            return None
        wanted = {key: _as_sent(exchange[key], key) for key in _MATCHED if key in exchange}
        if is_part(wanted, given):
            return 0, -parts_in(wanted)
        if not self.is_lenient:
            return None
        flat = [(key, name, value) for key in wanted for name, value in wanted[key].items()]
        same = sum(is_part({name: value}, given[key] or {}) for key, name, value in flat)
        return len(flat) - same, -same

    def _offered(self, asked: Asked) -> Answer | None:
        for pattern, answer in self.media.items():
            if re.fullmatch(pattern, asked.path):
                return answer
        return None


class RecordedPlatforms:
    """The server; as a context it runs in a thread of its own.

    Attributes:
        private: addresses asked for on ``private_url``, an address that nobody may be led to.
        served: how many requests came in, by the path that a platform is mounted under.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: dict[str, asyncio.Server] = {}
        self._platforms: dict[str, Platform] = {}
        self.private: list[str] = []
        self.served: Counter[str] = Counter()

    @property
    def private_url(self) -> str:
        """Another origin on this machine."""
        return f"http://{_HOST}:{_port(self._servers['private'])}/latest"

    def mount(
        self, recording: Recording, *, path: str | None = None, host: str = _HOST
    ) -> Platform:
        """Serve ``recording`` under ``path``, its name by default.

        Args:
            host: another loopback address, such as 127.0.0.2, makes it another host.
        """
        if host not in self._servers:
            self._call(self._listen(host, host))
        name = path or recording.name
        url = self.address(name, host=host)
        platform = Platform(url=url, exchanges=fill(list(recording.exchanges), url))
        self._platforms[name] = platform
        return platform

    def address(self, path: str, *, host: str = _HOST) -> str:
        """Where what is mounted under ``path`` is reached."""
        return f"http://{host}:{_port(self._servers[host])}/{path}"

    def __enter__(self) -> Self:
        """Start."""
        self._thread.start()
        self._call(self._listen(_HOST, _HOST))
        self._call(self._listen("private", _HOST))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hang up on everybody."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, doing: Any) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(timeout=10)

    async def _listen(self, name: str, host: str) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(reader, writer, is_private=name == "private")

        self._servers[name] = await asyncio.start_server(serve, host, 0, limit=_HEAD_BYTES)

    async def _close(self) -> None:
        for server in self._servers.values():
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_private: bool
    ) -> None:
        try:
            is_open = True
            while is_open and (read := await _read(reader)) is not None:
                asked, platform = self._platform(read)
                self.served[read.path.split("/")[1]] += 1
                if is_private:
                    self.private.append(read.path)
                if platform is not None and platform.latency_s:
                    await asyncio.sleep(platform.latency_s)
                answer = refused(404) if platform is None else platform.answer(asked)
                is_open = await send(answer, reader, writer, is_head=asked.method == "HEAD")
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return  # the other side had enough, or the test
        finally:
            writer.close()

    def _platform(self, asked: Asked) -> tuple[Asked, Platform | None]:
        name, _, rest = asked.path.removeprefix("/").partition("/")
        return replace(asked, path=f"/{rest}"), self._platforms.get(name)


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    method, target, _ = first.split(" ", 2)
    parts = urlsplit(target)
    return Asked(
        method=method,
        path=unquote(parts.path),
        query=_values(parts.query),
        headers=headers,
        body=await reader.readexactly(int(headers.get("content-length", 0))),
    )


def _recorded(exchange: Mapping[str, Any], asked: Asked) -> Answer:
    headers = {name.lower(): value for name, value in exchange.get("answer_headers", {}).items()}
    if headers.get("etag", "") == asked.headers.get("if-none-match"):
        return Answer(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    is_text = "text" in exchange
    kind = exchange.get("content_type", "text/plain" if is_text else "application/json")
    body = exchange["text"] if is_text else json.dumps(exchange.get("answer"))
    return Answer(
        status=exchange.get("status", 200),
        headers={"content-type": kind, **headers},
        body=body.encode("utf-8", "surrogatepass"),
    )


def _as_sent(wanted: Any, part: str) -> Any:
    """What a recording says, as a request carries it: text, but for the values of JSON."""
    if part == "json" or not isinstance(wanted, Mapping):
        return wanted
    return {
        name: [str(each) for each in value] if isinstance(value, list) else str(value)
        for name, value in wanted.items()
    }


def _values(text: str) -> dict[str, Any]:
    found = parse_qs(text, keep_blank_values=True)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port
