"""Storage in a folder of this machine."""

import hashlib
import io
import os
import time
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import Misconfigured, NotFound
from viral_forge_resources.contracts.storage import (
    StoredFile,
    checked_storage_key,
    checked_storage_prefix,
)
from viral_forge_resources.settings import in_home, settings_config

_CHUNK_BYTES = 1 << 20
_PARTIAL = ".partial"
_ABANDONED_AFTER = timedelta(days=1)  # no write of ours takes that long


class Settings(BaseSettings):
    """Where the folder is."""

    model_config = settings_config("STORAGE_LOCAL")

    path: Path = Field(
        default_factory=partial(in_home, "storage"),
        description="Folder that holds the stored files.",
    )


def open_plugin(settings: Settings) -> "LocalStorage":
    """Storage in the folder that ``settings`` name."""
    return LocalStorage(settings.path)


class LocalStorage:
    """Files below ``root``, one per key; each appears whole, by a rename."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def put_file(self, path: Path, key: str) -> StoredFile:
        """Store a copy of ``path``, replacing what was at ``key`` at once."""
        with path.open("rb") as source:
            return self._put(source, key)

    def put_bytes(self, content: bytes, key: str) -> StoredFile:
        """Store ``content``, replacing what was at ``key`` at once."""
        return self._put(io.BytesIO(content), key)

    def get_bytes(self, key: str) -> bytes:
        """The whole content."""
        with self._reading(key):
            return self._path(key).read_bytes()

    def size_bytes(self, key: str) -> int | None:
        """Size of what is stored at ``key``, None if nothing is."""
        path = self._path(key)
        with self._refusals():
            try:
                return path.stat().st_size if path.is_file() else None
            except FileNotFoundError:
                return None

    def read_range(self, key: str, *, start: int, length: int) -> Iterator[bytes]:
        """Yield ``length`` bytes from ``start`` on, in chunks; fewer where the content ends."""
        with self._reading(key):
            source = self._path(key).open("rb")
        with source:
            source.seek(start)
            while length > 0 and (chunk := source.read(min(length, _CHUNK_BYTES))):
                length -= len(chunk)
                yield chunk

    @contextmanager
    def as_file(self, key: str) -> Generator[Path]:
        """The stored file itself: to read only."""
        if self.size_bytes(key) is None:
            raise _nothing_at(key)
        yield self._path(key)

    def delete(self, key: str) -> None:
        """Remove what is at ``key``; nothing there is not an error."""
        with self._refusals():
            self._path(key).unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[str]:
        """Keys that start with ``prefix``, sorted."""
        folder, slash, start = checked_storage_prefix(prefix).rpartition("/")
        yield from self._keys_below(folder + slash, start)

    def _path(self, key: str) -> Path:
        return self._root / checked_storage_key(key)

    def _put(self, source: BinaryIO, key: str) -> StoredFile:
        target = self._path(key)
        partial = self._root / _PARTIAL / uuid.uuid4().hex
        with self._refusals():
            partial.parent.mkdir(parents=True, exist_ok=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(partial.parent)
            try:
                size_bytes, sha256 = _copy(source, partial)
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)
            _make_durable(target.parent)
        return StoredFile(key=key, uri=target.as_uri(), size_bytes=size_bytes, sha256=sha256)

    def _keys_below(self, folder: str, start: str) -> Iterator[str]:
        try:
            found = [entry for entry in os.scandir(self._root / folder) if entry.name[0] != "."]
        except (FileNotFoundError, NotADirectoryError):
            return
        names = {
            entry.name + "/" * entry.is_dir(follow_symlinks=False): entry
            for entry in found
            if entry.name.startswith(start)
        }
        for name in sorted(names):
            if name.endswith("/"):
                yield from self._keys_below(folder + name, "")
            elif names[name].is_file(follow_symlinks=False):
                yield folder + name

    @contextmanager
    def _reading(self, key: str) -> Generator[None]:
        with self._refusals():
            try:
                yield
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
                raise _nothing_at(key) from error

    @contextmanager
    def _refusals(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise Misconfigured(
                f"storage folder '{self._root}': {error.strerror}. "
                "Make room or give access, or name another in VIRAL_FORGE_STORAGE_LOCAL_PATH."
            ) from error


def _nothing_at(key: str) -> NotFound:
    return NotFound(f"nothing is stored at '{key}'. Materialize the asset that makes it.")


def _copy(source: BinaryIO, path: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    with path.open("xb") as partial:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            partial.write(chunk)
        partial.flush()
        os.fsync(partial.fileno())
        return partial.tell(), digest.hexdigest()


def _remove_abandoned(folder: Path) -> None:
    oldest = time.time() - _ABANDONED_AFTER.total_seconds()
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except FileNotFoundError:
            continue  # another writer was done, or cleaned up, meanwhile


def _make_durable(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)  # a rename lasts once its folder is on disk
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
