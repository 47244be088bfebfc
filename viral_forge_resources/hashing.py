"""Hashes a file, and stamps it: who sends it later need not hash it again.

A stamp is given only where every change that comes after it shows in the file's times.
"""

import fcntl
import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from viral_forge_resources.contracts.stamps import Stamp

_KEEP_TIMES = frozenset({"ext4", "tmpfs", "xfs"})
"""File systems that keep their times by this machine's own clock, and none of them for later."""

_MOUNTS = Path("/proc/self/mountinfo")
_RACY_NS = 2_000_000_000
"""A change soon after another may bear the same time; some disks count in whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedFile:
    """A file and what it held.

    Attributes:
        sha256: hex digest of its bytes.
        stamp: while the file bears it, these are its bytes; None where nothing would tell.
    """

    path: Path
    sha256: str
    stamp: Stamp | None


def hashed(path: Path, *, clock: Callable[[], int] = time.time_ns) -> HashedFile:
    """The file at ``path``, hashed now.

    Args:
        path: of a file to read.
        clock: nanoseconds since 1970 by the clock that the file's times are of.
    """
    with path.open("rb") as file:
        descriptor = file.fileno()
        stamp = _stamp(descriptor, clock())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        is_still = stamp == Stamp.of(os.fstat(descriptor))
    return HashedFile(path=path, sha256=sha256, stamp=stamp if is_still else None)


def _stamp(descriptor: int, now_ns: int) -> Stamp | None:
    if _file_system(os.fstat(descriptor).st_dev) not in _KEEP_TIMES:
        return None
    if not _nobody_writes(descriptor):
        return None
    stamp = Stamp.of(os.fstat(descriptor))  # after that: whoever wrote until then shows in it
    return stamp if now_ns - stamp.changed_ns > _RACY_NS else None


def _file_system(device: int) -> str | None:
    """Its kind; None where the system does not say.

    Source: https://docs.kernel.org/filesystems/proc.html (3.5, mountinfo)
    """
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        mounts = _MOUNTS.read_text().splitlines()
    except FileNotFoundError:
        return None
    for mount in mounts:
        place, _, kind = mount.partition(" - ")
        if place.split()[2] == wanted:
            return kind.split()[0]
    return None


def _nobody_writes(descriptor: int) -> bool:
    """Whether nobody has the file open for writing, nor mapped into memory.

    What is written to a mapping shows in the file's times only once in a while. A lease to read is
    given only where there is none, and kept for no longer than that.

    Source: https://man7.org/linux/man-pages/man2/F_GETLEASE.2const.html
    """
    if sys.platform != "linux":  # other systems have no such leases
        return False
    try:
        # By default a writer who comes meanwhile would end this process.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError:  # there is one, the file is another user's, or the file system has no leases
        return False
    return True
