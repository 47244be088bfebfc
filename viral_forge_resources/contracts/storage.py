"""Where bytes live."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


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
