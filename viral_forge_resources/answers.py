"""Answers kept on disk, so that a host can say "not changed" instead of sending them again."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PART = ".part"
_HOUR_NS = 3_600 * 10**9
_NEVER_KEPT = frozenset({"set-cookie", "set-cookie2"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """A success of an earlier request.

    Attributes:
        headers: by lower-case name.
    """

    headers: Mapping[str, str]
    body: bytes

    def validators(self) -> dict[str, str]:
        """Headers that ask for what changed since; empty when the host gave nothing to compare."""
        named = {"if-none-match": "etag", "if-modified-since": "last-modified"}
        return {ask: self.headers[given] for ask, given in named.items() if given in self.headers}


class AnswerCache:
    """Answers in one folder, the ones not used for longest removed first.

    Keys may hold secrets: a file is named by their hash, and only this user may read it.
    """

    def __init__(
        self, folder: Path, *, most_bytes: int = 64_000_000, most_files: int = 4_000
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._most_files = most_files

    def get(self, key: str) -> KeptAnswer | None:
        """What was kept under ``key``; None also when the file is damaged."""
        file = self._file(key)
        try:
            head, _, body = file.read_bytes().partition(b"\n")
            os.utime(file)
            facts = json.loads(head)
        except (FileNotFoundError, ValueError):
            return None
        if facts["sha256"] != hashlib.sha256(body).hexdigest():
            return None
        return KeptAnswer(headers=facts["headers"], body=body)

    def put(self, key: str, answer: KeptAnswer) -> None:
        """Keep ``answer`` if the host gave something to compare; readers see all or nothing."""
        if not answer.validators():
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        headers = {name: value for name, value in answer.headers.items() if name not in _NEVER_KEPT}
        facts = {"headers": headers, "sha256": hashlib.sha256(answer.body).hexdigest()}
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=_PART, delete=False) as out:
            out.write(json.dumps(facts).encode() + b"\n" + answer.body)
        Path(out.name).replace(self._file(key))
        self._prune()

    def _file(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.answer"

    def _prune(self) -> None:
        found = [(facts, file) for file in os.scandir(self._folder) if (facts := _facts(file))]
        found.sort(key=lambda pair: pair[0].st_mtime_ns, reverse=True)
        newest_ns = max((facts.st_mtime_ns for facts, _ in found), default=0)
        total = 0
        for number, (facts, file) in enumerate(found):
            total += facts.st_size
            is_too_much = number >= self._most_files or total > self._most_bytes
            is_being_written = (
                file.name.endswith(_PART) and newest_ns - facts.st_mtime_ns < _HOUR_NS
            )
            if is_too_much and not is_being_written:
                Path(file.path).unlink(missing_ok=True)


def _facts(file: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return file.stat()
    except FileNotFoundError:  # another scan renamed or removed it meanwhile
        return None
