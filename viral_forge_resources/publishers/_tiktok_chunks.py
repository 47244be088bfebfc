"""How a file is cut for TikTok: the rest of a division goes into the last chunk.

Source: https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide
"""

from dataclasses import dataclass

from viral_forge_resources.contracts.errors import Rejected

MOST_BYTES = 1 << 32
LARGEST_WHOLE = 64_000_000
CHUNK = 10_000_000
"""Larger ones are legal, and have been refused since August 2026."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkPlan:
    """What TikTok is told before a file is sent.

    Attributes:
        ranges: first byte of each chunk, and the one behind its last.
    """

    size: int
    chunk_size: int
    count: int

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each chunk, in order."""
        starts = [number * self.chunk_size for number in range(self.count)]
        return tuple(zip(starts, [*starts[1:], self.size], strict=True))

    def chunk_at(self, place: int) -> tuple[int, int]:
        """From ``place`` to the end of the chunk that it lies in."""
        number = min(place // self.chunk_size, self.count - 1)
        return place, self.ranges[number][1]


def plan_chunks(size: int) -> ChunkPlan:
    """The chunks of a file of ``size`` bytes.

    Raises:
        Rejected: TikTok takes no file of that size.
    """
    if not 0 < size <= MOST_BYTES:
        raise Rejected(f"TikTok takes files of 1 to {MOST_BYTES:,} bytes; this has {size:,}")
    chunk_size = size if size <= LARGEST_WHOLE else CHUNK
    return ChunkPlan(size=size, chunk_size=chunk_size, count=size // chunk_size)
