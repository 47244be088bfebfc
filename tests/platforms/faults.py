"""Everything that goes wrong with platforms, and the error that it must become."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from tests.platforms import answers
from tests.platforms.answers import Answer
from tests.platforms.recorded import RecordedPlatforms
from viral_forge_resources.contracts.errors import (
    Permanent,
    RateLimited,
    Transient,
    UnexpectedAnswer,
    Unreachable,
    ViralForgeError,
)
from viral_forge_resources.contracts.web import MOST_BYTES

SHORT_TIMEOUT_S = 0.25
LONG_WAIT_S = 7_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        web: what a server answers.
        job: what a worker's process writes; None never ends.
        errors: what a scan may raise.
        may_spare: the entry that is gone may be left out instead, as unusable.
        timeout_s: longest silence that is waited for.
    """

    web: Callable[[RecordedPlatforms], Answer]
    job: bytes | None
    errors: tuple[type[ViralForgeError], ...]
    may_spare: bool = False
    timeout_s: float = 10.0


def _status(status: int, *errors: type[ViralForgeError], retry_after: int | None = None) -> Fault:
    facts = {"kind": "status", "name": "a page", "status": status, "retry_after": retry_after}
    answer = answers.refused(status, retry_after=None if retry_after is None else str(retry_after))
    return Fault(
        web=lambda _: answer,
        job=json.dumps({"error": facts}).encode(),
        errors=errors,
        may_spare=status == 404,
    )


FAULTS = {
    "malformed": Fault(
        web=lambda _: answers.MALFORMED, job=b'{"answer": [{"id": ', errors=(UnexpectedAnswer,)
    ),
    "html": Fault(
        web=lambda _: answers.HTML, job=b"<!doctype html><p>Hello.", errors=(UnexpectedAnswer,)
    ),
    "401": _status(401, Permanent),
    "403": _status(403, Permanent, RateLimited),
    "404": _status(404, Permanent),
    "429": _status(429, RateLimited),
    "429-wait": _status(429, RateLimited, retry_after=LONG_WAIT_S),
    "500": _status(500, Unreachable),
    "time-out": Fault(
        web=lambda _: answers.SILENT, job=None, errors=(Transient,), timeout_s=SHORT_TIMEOUT_S
    ),
    "private": Fault(
        web=lambda platforms: answers.redirect(platforms.private_url),
        job=b'{"error": {"kind": "private", "name": "a page"}}',
        errors=(Permanent,),
    ),
    "huge": Fault(
        web=lambda _: answers.HUGE, job=b" " * (MOST_BYTES + 1), errors=(UnexpectedAnswer,)
    ),
    "cut-off": Fault(web=lambda _: answers.CUT_OFF, job=b"", errors=(Transient,)),
}
