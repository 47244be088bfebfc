"""Turns a platform's own words of refusal into an error of ours."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from viral_forge_resources.contracts.errors import (
    BadInput,
    Transient,
    UnexpectedAnswer,
    ViralForgeError,
    printable,
)
from viral_forge_resources.contracts.web import WebAnswer
from viral_forge_resources.http import refusal
from viral_forge_resources.platforms.reading import one_line

_LONGEST_WAIT = timedelta(days=7)


def said(answer: WebAnswer) -> Any:  # noqa: ANN401  whatever the platform sent
    """The body of a refusal, None where it is a page for people."""
    try:
        return answer.json()
    except UnexpectedAnswer:
        return None


def in_its_words(
    answer: WebAnswer,
    words: object,
    *,
    kind: type[ViralForgeError] | None = None,
    remedy: str = "",
    retry_after: timedelta | None = None,
) -> ViralForgeError:
    """The error that a refusal stands for.

    Args:
        answer: the refusal; a success only where the body is known to refuse.
        words: what the platform says; without any the status alone speaks.
        kind: what its own code means, None for one that we do not know; never ``BadInput``, which
            knows a file or an address.
        remedy: what a person can do.
        retry_after: for how long it asks us to wait, unless the usual header says so.
    """
    by_status = refusal(answer.name, answer.status, answer.headers)
    if isinstance(by_status, Transient):
        by_status.retry_after = retry_after = by_status.retry_after or retry_after
    shown = one_line(words)
    if kind is None:
        kind = UnexpectedAnswer if answer.status < HTTPStatus.BAD_REQUEST else type(by_status)
    if shown is None or issubclass(kind, BadInput):
        return by_status
    message = f"{printable(answer.name)}: says {printable(shown)}. {remedy}".rstrip()
    return kind(message, retry_after=retry_after) if issubclass(kind, Transient) else kind(message)


def wait_until(epoch_s: str | None) -> timedelta | None:
    """How long it is until a moment given in epoch seconds, as some platforms' headers give it."""
    if epoch_s is None or not epoch_s.isascii() or not epoch_s.isdecimal():
        return None
    left_s = int(epoch_s) - datetime.now(UTC).timestamp()
    return wait_for(str(max(0, round(left_s))))


def wait_for(seconds: str | None) -> timedelta | None:
    """A wait given in seconds, whole or not; None where it is no number or too long to mean it."""
    try:
        wait = timedelta(seconds=float(seconds or "nan"))
    except (ValueError, OverflowError):
        return None
    return wait if timedelta(0) <= wait <= _LONGEST_WAIT else None
