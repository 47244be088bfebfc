"""Reads what platforms answer: exactly, or not at all. Nothing is made up, nothing trusted."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict
from urllib.parse import urlsplit

from viral_forge_resources.contracts.errors import UnexpectedAnswer
from viral_forge_resources.contracts.keys import short_hash, slug
from viral_forge_resources.contracts.licences import find_licence
from viral_forge_resources.contracts.used_sounds import UsedSound
from viral_forge_resources.contracts.words import JOINERS, is_printable

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ISO_DURATION = re.compile(
    r"P(?:(?P<days>\d{1,9})D)?(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,9}(?:\.\d+)?)S)?)?"
)
_CLOCK = re.compile(r"(?:(\d{1,9}):)?(\d{1,2}):(\d{2})")
_DIGITS = re.compile(r"[0-9]{1,19}")  # the database has no more
_TAG = re.compile(r"<[^>]*>")
_LONGEST_TITLE = 500
_MOST_COUNT = 2**63 - 1


def inside(document: object, *path: str | int) -> Any:  # noqa: ANN401  whatever stands there
    """What stands at ``path``, None where something on the way is absent or of another kind."""
    found = document
    for step in path:
        if isinstance(step, str) and isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(step, int) and isinstance(found, list) and len(found) > step:
            found = found[step]
        else:
            return None
    return found


def entries(document: object, *path: str | int, name: str) -> Sequence[Any]:
    """The list at ``path``.

    Raises:
        UnexpectedAnswer: there is none; ``name`` is the address that answered.
    """
    found = inside(document, *path)
    if not isinstance(found, list):
        where = ".".join(str(step) for step in path) or "the answer"
        raise UnexpectedAnswer(f"{name}: {where} is no list. The platform may have changed.")
    return found


def one_line(value: object) -> str | None:
    """Printable text on one line, at most 500 characters; None if nothing of it is left."""
    if not isinstance(value, str):
        return None
    spaced = "".join(character if is_printable(character) else " " for character in value)
    line = " ".join(spaced.split())[:_LONGEST_TITLE].rstrip()
    return line if line.strip(f"{JOINERS} ") else None


def plain_text(value: object) -> str | None:
    """The words of an HTML fragment on one line."""
    return one_line(html.unescape(_TAG.sub(" ", value))) if isinstance(value, str) else None


def video_id(value: object) -> str | None:
    """An id that a partition key may hold: as it is, or a readable slug with a hash of it."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return None
    text = str(value)
    if any("\ud800" <= character <= "\udfff" for character in text):  # half a character
        return None
    return text if _ID.fullmatch(text) else f"{slug(text)}-{short_hash(text, length=8)}"


def used_sound(
    *, sound_id: object = None, title: object = None, author: object = None
) -> UsedSound | None:
    """The sound of a video; None where it is told by neither an id nor both title and author."""
    told_id, told_title, told_author = video_id(sound_id or None), one_line(title), one_line(author)
    if told_id is None and (told_title is None or told_author is None):
        return None
    return UsedSound(sound_id=told_id, title=told_title, author=told_author)


def count(value: object) -> int | None:
    """A count; None where it is hidden, absent or no whole number from 0 on."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MOST_COUNT else None


def seconds(value: object) -> float | None:
    """A duration above zero in seconds, given as a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value <= _MOST_COUNT else None


def iso_seconds(value: object) -> float | None:
    """A duration above zero in seconds, given as ISO 8601 (``PT1M3S``)."""
    match = _ISO_DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    given = {unit: float(figure) for unit, figure in match.groupdict().items() if figure}
    return timedelta(**given).total_seconds() or None


def clock_seconds(value: object) -> float | None:
    """A duration above zero in seconds, given as ``12:34`` or ``1:02:03``."""
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return float(hours * 3600 + minutes * 60 + rest) or None


def moment(value: object) -> datetime | None:
    """A moment in UTC, given as ISO 8601 with or without a zone (then UTC), or as epoch seconds."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str) and value:
            found = datetime.fromisoformat(value.strip())
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def web_address(value: object) -> str | None:
    """An http or https address of printable ASCII, None for anything else."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return None
    try:
        parts = urlsplit(value)
    except ValueError:  # a bracket that is never closed
        return None
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    return value if is_web and " " not in value else None


def is_older(published_at: datetime | None, since: datetime) -> bool:
    """Whether a video is known to be published before ``since``."""
    return published_at is not None and published_at < since


class LicenceFields(TypedDict):
    """Keyword arguments of a ``ScannedVideo``."""

    licence: str | None
    licence_spdx: str | None
    licence_evidence: str | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A licence as a platform states it; ``fields`` go into a ``ScannedVideo``."""

    words: object
    evidence: str

    @property
    def fields(self) -> LicenceFields:
        """``licence``, ``licence_spdx`` and ``licence_evidence``; all None if nothing is said."""
        words = one_line(self.words)
        if words is None:
            return {"licence": None, "licence_spdx": None, "licence_evidence": None}
        known = find_licence(words)
        return {
            "licence": words,
            "licence_spdx": known.spdx_id if known else None,
            "licence_evidence": self.evidence,
        }
