"""Chooses among the files that a platform has of one video."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

_LONG_SIDE_PX, _SHORT_SIDE_PX = 1920, 1080


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFile:
    """One file.

    Attributes:
        size_bytes: None where the platform does not tell.
    """

    url: str
    width_px: int
    height_px: int
    size_bytes: int | None = None

    @property
    def pixels(self) -> int:
        """Of one picture."""
        return self.width_px * self.height_px

    @property
    def is_within_1080p(self) -> bool:
        """Whether no side is longer than our clips need, lying or standing."""
        long, short = max(self.width_px, self.height_px), min(self.width_px, self.height_px)
        return long <= _LONG_SIDE_PX and short <= _SHORT_SIDE_PX


F = TypeVar("F", bound=VideoFile)


def best_file(files: Iterable[F], *, most_bytes: int | None = None) -> F | None:
    """The largest picture within 1080p, else the smallest one; None if there is none to take.

    Args:
        files: of equal pictures the first one is taken.
        most_bytes: a file that is known to be larger is not taken.
    """
    taken = [
        file
        for file in files
        if most_bytes is None or file.size_bytes is None or file.size_bytes <= most_bytes
    ]
    within = [file for file in taken if file.is_within_1080p]
    if within:
        return max(within, key=lambda file: file.pixels)
    return min(taken, key=lambda file: file.pixels, default=None)
