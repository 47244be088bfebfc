"""Recordings: what a platform is asked, what it answers, and what a scanner makes of it.

One JSON file per scanner in ``tests/recordings/scanners``. ``{server}`` stands for the platform's
address anywhere in it. Its keys:

``settings`` keyword arguments of ``Settings``; ``credentials`` those of them without which nothing
can be asked; ``request`` fields of the ``ScanRequest``. ``exchanges``: ``method``, ``path`` and
subsets of ``query``, ``form``, ``json``, ``headers`` that a request must have, and its answer:
``status``, ``answer_headers``, ``answer`` (JSON) or ``text`` with ``content_type``. The exchange
that asks for most serves a request; of equals the one not served yet. ``is_free`` marks one that
takes from no allowance, such as a login. ``jobs``: ``job``, a subset of ``arguments``, ``answer``.
``empty``: by position (jobs after exchanges) what each answers when there is nothing; ``null``
leaves the answer as it is. ``videos``: fields that the scan gives, in order. ``optional``,
``mandatory``, ``titles``: places ``<position>.<path in its answer>``; in a text answer the place is
``<position>.<words that stand in it>``. ``uses``: units by bucket, ``sold``: those that
nothing limits and that are paid. ``known``: fields of
videos that earlier scans saw.
"""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from viral_forge_resources.contracts.scanning import ScanRequest

FOLDER = Path(__file__).parents[1] / "recordings" / "scanners"
NICHE = "cats"
_LISTS = ("credentials", "exchanges", "jobs", "empty", "videos", "optional", "mandatory", "titles")
_KEYS = frozenset((*_LISTS, "settings", "request", "uses", "sold", "known"))
_ASKED_KEYS = ("method", "path", "query", "form", "json", "headers")
_ANSWER_KEYS = ("status", "answer_headers", "answer", "text", "content_type")
_EXCHANGE_KEYS = frozenset((*_ASKED_KEYS, *_ANSWER_KEYS, "is_free"))
_JOB_KEYS = frozenset(("job", "arguments", "answer", "is_free"))


@dataclass(frozen=True, slots=True)
class Recording:
    """One file, which the methods change copies of."""

    name: str
    document: Mapping[str, Any]

    @property
    def exchanges(self) -> Sequence[dict[str, Any]]:
        """What the server answers."""
        return _list(self.document, "exchanges")

    @property
    def jobs(self) -> Sequence[dict[str, Any]]:
        """What the workers answer."""
        return _list(self.document, "jobs")

    @property
    def videos(self) -> Sequence[dict[str, Any]]:
        """What a scan finds."""
        return _list(self.document, "videos")

    def listed(self, key: str) -> Sequence[Any]:
        """A list that may be left out, such as ``titles``."""
        return _list(self.document, key)

    def settings(self, server: str) -> dict[str, Any]:
        """Keyword arguments of ``Settings``."""
        filled: dict[str, Any] = fill(self.document.get("settings", {}), server)
        return filled

    def uses(self) -> dict[str, int]:
        """Units that a scan takes, by bucket."""
        return {use["bucket"]: use.get("units", 1) for use in _list(self.document, "uses")}

    def sold(self) -> dict[str, int]:
        """Units that a scan pays for beside those, and that nothing limits, by bucket."""
        return {sold["bucket"]: sold["units"] for sold in _list(self.document, "sold")}

    def request(
        self, *, server: str, limit: int = 100, since: datetime | None = None
    ) -> ScanRequest:
        """What the scan is asked."""
        asked: dict[str, Any] = fill(self.document["request"], server)
        changes: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in asked.items()
        }
        changes["since"] = since or datetime.fromisoformat(asked["since"])
        changes["limit"] = min(limit, asked.get("limit", limit))
        return ScanRequest(niche=NICHE, **changes)

    def without(self, *places: str) -> "Recording":
        """The recording in which nothing stands at ``places``."""
        changed = self._copy()
        # The last of a list goes first: the others keep their numbers.
        for place in sorted(places, key=_as_numbers, reverse=True):
            changed._put(place, None)  # a copy of our own
        return changed

    def with_text(self, text: str, *places: str) -> "Recording":
        """The recording with ``text`` at ``places``."""
        changed = self._copy()
        for place in places:
            changed._put(place, text)
        return changed

    def emptied(self) -> "Recording":
        """The recording of the same platform when it has nothing."""
        changed = self._copy()
        answering = [*changed.exchanges, *changed.jobs]
        empty = changed.listed("empty")
        assert len(empty) == len(answering), "'empty' needs one answer per exchange and job"
        for each, answer in zip(answering, empty, strict=True):
            if answer is not None:
                each["text" if "text" in each else "answer"] = answer
        return changed

    def _copy(self) -> "Recording":
        return Recording(self.name, copy.deepcopy(dict(self.document)))

    def _put(self, place: str, text: str | None) -> None:
        number, _, path = place.partition(".")
        answering = [*self.exchanges, *self.jobs][int(number)]
        if "text" in answering:
            assert path in answering["text"], f"{self.name}: {place} is not there"
            words = escape("".join(c for c in text or "" if c.isprintable()))
            answering["text"] = answering["text"].replace(path, words)
        else:
            _put_into(answering["answer"], path.split("."), text, shown=f"{self.name}: {place}")


def load(name: str, folder: Path = FOLDER) -> Recording:
    """The recording of the scanner ``name``."""
    path = folder / f"{name}.json"
    assert path.is_file(), f"scanner '{name}' has no recording: write {path}"
    document = json.loads(path.read_text(encoding="utf-8"))
    _check_keys(document, _KEYS, path.name)
    for exchange in document.get("exchanges", ()):
        _check_keys(exchange, _EXCHANGE_KEYS, f"{path.name}, exchanges")
    for job in document.get("jobs", ()):
        _check_keys(job, _JOB_KEYS, f"{path.name}, jobs")
    return Recording(name, document)


def fill(value: Any, server: str) -> Any:
    """``value`` with the server's address where ``{server}`` stands."""
    if isinstance(value, str):
        return value.replace("{server}", server)
    if isinstance(value, Mapping):
        return {key: fill(inner, server) for key, inner in value.items()}
    return [fill(inner, server) for inner in value] if isinstance(value, list) else value


def is_part(wanted: Any, given: Any) -> bool:
    """Whether everything that ``wanted`` names is the same in ``given``."""
    if isinstance(wanted, Mapping) and isinstance(given, Mapping):
        return all(key in given and is_part(value, given[key]) for key, value in wanted.items())
    return bool(wanted == given)


def parts_in(wanted: Any) -> int:
    """How many values ``wanted`` names."""
    return sum(map(parts_in, wanted.values())) if isinstance(wanted, Mapping) else 1


def _put_into(answer: Any, path: Sequence[str], text: str | None, *, shown: str) -> None:
    *way, last = path
    found = answer
    for step in way:
        found = found[int(step) if isinstance(found, list) else step]
    key: Any = int(last) if isinstance(found, list) else last
    assert isinstance(found, list) or key in found, f"{shown} is not there"
    if text is None:
        del found[key]
    else:
        found[key] = text


def _as_numbers(place: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(step), "") if step.isdecimal() else (-1, step) for step in place.split("."))


def _list(document: Mapping[str, Any], key: str) -> Sequence[Any]:
    found: Sequence[Any] = document.get(key, ())
    return found


def _check_keys(document: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    assert set(document) <= known, f"{where}: unknown {sorted(set(document) - known)}"
