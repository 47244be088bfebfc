"""Reads what a platform sent a browser back with; pure."""

import hmac
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, urlsplit

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.oauth import PendingLogin

AGAIN = "Start again: each attempt works once, for ten minutes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A platform's answer to an attempt.

    Attributes:
        place: scheme, host, port and path of the address that it came to.
        error: why there is no code.
    """

    place: tuple[str, str, int | None, str]
    state: str = field(repr=False)
    code: str = field(repr=False)
    error: str | None


def read_answer(returned: str) -> Answer:
    """The answer in the address that the browser ended at.

    Raises:
        BadInput: it holds none.
    """
    try:
        address = urlsplit(returned.strip())
        place = _place(address)
    except ValueError:
        raise _no_answer() from None
    values = parse_qs(address.query, keep_blank_values=True)
    if any(len(given) > 1 for given in values.values()) or "state" not in values:
        raise _no_answer()
    code, error = values.get("code", [""])[0], values.get("error", [None])[0]
    if not code and error is None:
        raise _no_answer()
    described = values.get("error_description", [""])[0]
    return Answer(
        place=place,
        state=values["state"][0],
        code=code,
        error=f"{error} ({described})" if error and described else error,
    )


def require_same_way(pending: PendingLogin, answer: Answer, browser_sha256: str | None) -> None:
    """Return if the answer came the way that the attempt said.

    Raises:
        BadInput: to another address, or by another browser.
    """
    if answer.place != _place(urlsplit(pending.redirect_uri)):
        raise BadInput(
            pending.channel_id,
            reason="is not connected: the answer came to another address than"
            f" {pending.redirect_uri}",
            remedy="Paste the whole address that the browser ended at.",
        )
    if pending.browser_sha256 is None and browser_sha256 is not None:
        raise BadInput(
            pending.channel_id,
            reason="is not connected yet: this was begun in a terminal",
            remedy="Copy the whole address of this page, and paste it there.",
        )
    given = browser_sha256 or ""
    if not hmac.compare_digest(pending.browser_sha256 or "", given):
        raise BadInput(
            pending.channel_id,
            reason="is not connected: another browser began this",
            remedy=AGAIN,
        )


def unknown_attempt() -> BadInput:
    """The error for an answer to no open attempt."""
    return BadInput(
        "this answer",
        reason="belongs to no open attempt: it was used already, is older than ten minutes, or was"
        " not asked for",
        remedy=AGAIN,
    )


def _place(address: SplitResult) -> tuple[str, str, int | None, str]:
    return address.scheme.lower(), (address.hostname or ""), address.port, address.path


def _no_answer() -> BadInput:
    # What was pasted is not quoted: it may hold a code.
    return BadInput(
        "this address",
        reason="holds no answer of a platform (state and code)",
        remedy="Paste the whole address that the browser ended at, from http to its end.",
    )
