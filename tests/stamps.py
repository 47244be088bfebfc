"""Files that nobody has touched for long, as far as their stamps are concerned."""

import os
import sys
from pathlib import Path

import pytest

from viral_forge_resources.contracts.stamps import Stamp
from viral_forge_resources.hashing import HashedFile, hashed

IN_MEMORY = "/dev/shm"  # noqa: S108  a folder for folders of ours
"""Where stamps are given on every Linux, whatever its other folders lie on."""

needs_stamps = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of all changes")

_AN_HOUR_NS = 3600 * 10**9


def stamp_of(path: Path) -> Stamp:
    """The file's stamp; what changes from now on bears a later time."""
    let_times_pass(path)
    return Stamp.of(path.stat())


def hashed_an_hour_later(path: Path) -> HashedFile:
    """The file, hashed when its last change is long ago."""
    let_times_pass(path)
    return hashed(path, clock=lambda: path.stat().st_ctime_ns + _AN_HOUR_NS)


def change(path: Path, place: int, content: bytes) -> None:
    """Write ``content`` at ``place``, and set the time of the change back."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(place)
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def let_times_pass(path: Path) -> None:
    """Return once the file system gives later times than that of the file's last change."""
    beside = path.with_name(f"{path.name}.later")
    while not beside.exists() or beside.stat().st_ctime_ns <= path.stat().st_ctime_ns:
        beside.write_bytes(b"")
    beside.unlink()
