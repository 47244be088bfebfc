"""Where bytes live."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from viral_forge_resources.contracts.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One stored file, whole.

    Attributes:
        key: ``<niche>/<platform>/<id>/<group>/<file>``.
        uri: where it is, for people: ``file:///…``, ``s3://bucket/key``, ``oci://bucket/key``.
        sha256: hex digest of its bytes.
    """

    key: str
    uri: str
    size_bytes: int
    sha256: str


class Storage(Protocol):
    """A flat store of files by key; a reader never sees half of one."""

    def put_file(self, path: Path, key: str) -> StoredFile:
        """Store a copy of ``path``, replacing what was at ``key`` at once."""

    def put_bytes(self, content: bytes, key: str) -> StoredFile:
        """Store ``content``, replacing what was at ``key`` at once."""

    def get_bytes(self, key: str) -> bytes:
        """The whole content.

        Raises:
            NotFound: nothing is stored at ``key``.
        """

    def size_bytes(self, key: str) -> int | None:
        """Size of what is stored at ``key``, None if nothing is."""

    def read_range(self, key: str, *, start: int, length: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``start`` on, in chunks.

        Raises:
            NotFound: nothing is stored at ``key``.
        """

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """A local path with the content, to read only, valid inside the ``with``.

        Raises:
            NotFound: nothing is stored at ``key``.
        """

    def delete(self, key: str) -> None:
        """Remove what is at ``key``; nothing there is not an error."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys that start with ``prefix``, sorted."""


@runtime_checkable
class Lender(Protocol):
    """A storage that can let anybody read a file for a while."""

    def lent(self, key: str, *, lasts: timedelta) -> str:
        """An address that opens what is stored at ``key``; a secret: it asks nobody who they are.

        Raises:
            Misconfigured: our access is not enough for that.
        """


_SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{1,7}}")
_PREFIX = re.compile(rf"(?:{_SEGMENT}/){{0,7}}(?:{_SEGMENT})?")


def checked_storage_key(key: str) -> str:
    """``key``, if it may name a stored file on every storage.

    Raises:
        BadInput: it may not; such a key could leave the storage's folder.
    """
    return _checked(key, _KEY, kind="key")


def checked_storage_prefix(prefix: str) -> str:
    """``prefix``, if keys may start with it.

    Raises:
        BadInput: none may.
    """
    return _checked(prefix, _PREFIX, kind="prefix")


def _checked(text: str, pattern: re.Pattern[str], *, kind: str) -> str:
    if pattern.fullmatch(text) is None:
        raise BadInput(
            text,
            reason=f"cannot be a storage {kind}",
            remedy="A key reads niche/platform/id/group/file, of ASCII letters, digits, '.', '_' "
            "and '-'; no part starts with a dot.",
        )
    return text
