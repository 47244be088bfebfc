"""Bounded copies of local files, and room on the disk."""

import errno
import os
import shutil
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from viral_forge_resources.contracts.errors import BadInput, Transient, printable
from viral_forge_resources.contracts.media_ports import FetchLimits, ProgressCallback

_CHUNK_BYTES = 1 << 20
_RESERVE_BYTES = 64 << 20
"""Left free, so that a download does not stop the database beside it."""


def copy_within(
    source: Path, part: Path, *, limits: FetchLimits, on_progress: ProgressCallback
) -> None:
    """Copy the regular file ``source`` to ``part``.

    Raises:
        BadInput: missing, no regular file, may not be read, or too large.
        Transient: it is still being written, the disk is full, or the time is over.
    """
    name = str(source)
    ends_at = time.monotonic() + limits.deadline_s
    with _open(source, name=name) as file, disk_has_room(name):
        before = os.fstat(file.fileno())
        if before.st_size > limits.max_bytes:
            raise too_large(name, limits)
        require_room(part.parent, before.st_size, name=name)
        _copy(file, part, size=before.st_size, ends_at=ends_at, on_progress=on_progress)
        after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise Transient(f"{printable(name)}: is still being written. It is tried again.")


def _copy(
    file: BinaryIO, part: Path, *, size: int, ends_at: float, on_progress: ProgressCallback
) -> None:
    copied = 0
    with part.open("wb") as out:
        while copied < size and (chunk := file.read(min(_CHUNK_BYTES, size - copied))):
            out.write(chunk)
            copied += len(chunk)
            on_progress(copied / size)
            if time.monotonic() > ends_at:
                raise Transient(
                    f"{printable(file.name)}: copying took too long. "
                    "Try again, or raise VIRAL_FORGE_DOWNLOAD_DEADLINE_SECONDS."
                )


def _open(source: Path, *, name: str) -> BinaryIO:
    not_a_path = BadInput(
        name, reason="is not the path of a file", remedy="Give the absolute path of a video."
    )
    try:
        kind = source.stat().st_mode
        if not stat.S_ISREG(kind):
            raise _not_a_file(name, kind)
        return source.open("rb")
    except PermissionError as error:
        remedy = "Give this user the right to read the file."
        raise BadInput(name, reason="may not be read", remedy=remedy) from error
    except FileNotFoundError as error:
        reason = "is a link to a file that is gone" if source.is_symlink() else "does not exist"
        remedy = "Put the file back, or remove it from the list."
        raise BadInput(name, reason=reason, remedy=remedy) from error
    except (ValueError, NotADirectoryError) as error:
        raise not_a_path from error
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENAMETOOLONG):
            raise
        raise not_a_path from error


def _not_a_file(name: str, kind: int) -> BadInput:
    what = "a folder" if stat.S_ISDIR(kind) else "a device, pipe or socket"
    return BadInput(name, reason=f"is {what}, not a file", remedy="Give the path of a video file.")


def too_large(name: str, limits: FetchLimits) -> BadInput:
    """The error for a source above the limit in bytes."""
    return BadInput(
        name,
        reason=f"is larger than the limit of {limits.max_bytes:,} bytes",
        remedy="Cut or re-encode it, or raise VIRAL_FORGE_MAX_SOURCE_BYTES.",
    )


def require_room(folder: Path, size: int, *, name: str) -> None:
    """Return if ``size`` bytes fit on the disk of ``folder`` and leave some free.

    Raises:
        Transient: they do not.
    """
    free = shutil.disk_usage(folder).free
    if free < size + _RESERVE_BYTES:
        raise Transient(
            f"{printable(name)}: needs {size:,} bytes on disk and {free:,} are free. "
            "Free some space, or set VIRAL_FORGE_HOME to a larger disk."
        )


@contextmanager
def disk_has_room(name: str) -> Generator[None]:
    """Let a full disk inside become ours.

    Raises:
        Transient: the disk ran full.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise disk_full(name) from error


def disk_full(name: str) -> Transient:
    """The error for a disk that ran full while something was fetched."""
    return Transient(f"{printable(name)}: the disk ran full meanwhile. Free some space.")
