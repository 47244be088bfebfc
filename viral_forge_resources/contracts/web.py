"""What scanners ask of the network, and of libraries that block."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from viral_forge_resources.contracts.errors import UnexpectedAnswer, printable
from viral_forge_resources.contracts.quota import Use

MOST_BYTES = 8_000_000
"""Of one answer; a page of results has some hundred kilobytes."""

_QUOTED_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How hard one host may be asked, by all scans of this process together.

    Attributes:
        at_once: requests in flight.
        apart_s: least time between the starts of two requests.
    """

    at_once: int = 4
    apart_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRequest:
    """One HTTP request.

    Attributes:
        params: query parameters; a sequence repeats its key.
        json: body as JSON.
        form: body as a form.
        uses: counted before the request leaves.
        accepts: refusals that come back as answers; every other one is raised.
        is_conditional: ask only for what changed since the last time; GET alone.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    params: Mapping[str, str | int | Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object | None = None
    form: Mapping[str, str] | None = None
    basic_auth: tuple[str, str] | None = field(default=None, repr=False)
    uses: tuple[Use, ...] = ()
    accepts: frozenset[int] = frozenset()
    pace: Pace = Pace()
    max_bytes: int = MOST_BYTES
    is_conditional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAnswer:
    """What came back, whole.

    Attributes:
        name: the address as it may be shown.
        headers: by lower-case name.
    """

    name: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401  whatever the platform sent
        """The body as JSON.

        Raises:
            UnexpectedAnswer: it is something else, such as a page for people.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:  # also bytes that are no UTF-8
            raise UnexpectedAnswer(
                f"{printable(self.name)}: answered with something that is no JSON: "
                f"{printable(self.body[:_QUOTED_CHARACTERS].decode('utf-8', 'replace'))}. "
                "It may be a block page; look at the address in a browser."
            ) from error

    def text(self) -> str:
        """The body as UTF-8 text; bytes that are none become replacement characters."""
        return self.body.decode("utf-8", "replace")


class Web(Protocol):
    """The public internet, asked politely: paced, bounded, counted, never a private address."""

    async def send(self, request: WebRequest) -> WebAnswer:
        """The answer to ``request``: a success, or a refusal that it accepts.

        A host that asks for a short wait is asked once more after it.

        Raises:
            QuotaSpent: an allowance is used up; nothing was sent.
            Permanent: refused, or the address leads into a private network.
            RateLimited: asked to wait longer than this scan can.
            Unreachable: no complete answer.
            UnexpectedAnswer: longer than ``max_bytes``.
        """


class Workers(Protocol):
    """Libraries that block, each call in a process of its own that ends at its deadline."""

    async def run(
        self,
        job: str,
        arguments: Mapping[str, object],
        *,
        deadline_s: float,
        uses: tuple[Use, ...] = (),
    ) -> Any:  # noqa: ANN401  the job's JSON
        """The JSON that ``job`` answers; ``job`` names a file of ``viral_forge_resources.workers``.

        Raises:
            QuotaSpent: an allowance is used up; nothing was started.
            Permanent: the library says that it will never work.
            Transient: it may work later; also a job that was ended at its deadline.
        """


def is_web_address(text: str | None) -> bool:
    """``text`` may stand in a link: http or https, never a script."""
    try:
        return urlsplit(text or "").scheme in {"http", "https"}
    except ValueError:
        return False
