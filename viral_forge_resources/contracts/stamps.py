"""What tells that a file still holds the bytes that were hashed."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A file as it was found.

    Attributes:
        modified_ns: when its bytes last changed; anybody may set it back.
        changed_ns: when anything of it did, that time, its names and its rights included; nobody
            can set it.
    """

    device: int
    inode: int
    size_bytes: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Stamp":
        """The stamp of a file that was looked at."""
        return cls(
            device=found.st_dev,
            inode=found.st_ino,
            size_bytes=found.st_size,
            modified_ns=found.st_mtime_ns,
            changed_ns=found.st_ctime_ns,
        )
