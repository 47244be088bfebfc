"""A crop that moves, in two stages: even steps of the source's pixels, then those of the clip.

One stage would jump by whole pixels of the source, each of which is two or three of the clip.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from viral_forge_resources.contracts.media import Framing, RenderSpec

_MARGIN_PX = 2
"""What the first stage leaves to the second: its own step, for colour comes in pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One direction of a moving crop.

    Attributes:
        taken_px: what the first stage takes, in source pixels.
        scaled_px: the same in the clip's pixels, of which the second stage takes ``kept_px``.
    """

    taken_px: int
    scaled_px: int
    kept_px: int
    starts_px: tuple[float, ...]
    highest_px: int

    def corners_px(self, start_px: float) -> tuple[int, int]:
        """Where both stages start, the first in source pixels, the second in the clip's."""
        if self.scaled_px == self.kept_px:
            return round(start_px), 0
        coarse_px = min(math.floor(start_px), self.highest_px) // 2 * 2
        fine_px = round((start_px - coarse_px) * self.scaled_px / self.taken_px)
        return coarse_px, min(fine_px, self.scaled_px - self.kept_px)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pan:
    """A crop that moves; its stages are the filters ``crop@src`` and ``crop@dst``."""

    across: Track
    down: Track

    def first_stage(self) -> str:
        """The filter ahead of the scaling."""
        x, y = self._corners(0)[0]
        size = f"w='min({self.across.taken_px},iw)':h='min({self.down.taken_px},ih)'"
        return f"crop@src={size}:x={x}:y={y}:exact=0"

    def second_stage(self) -> str:
        """The filter behind the scaling."""
        x, y = self._corners(0)[1]
        return f"crop@dst=w={self.across.kept_px}:h={self.down.kept_px}:x={x}:y={y}:exact=1"

    def commands(self, number: int) -> str:
        """What brings both stages to the key of that number, for ``sendcmd``."""
        coarse, fine = self._corners(number)
        return ", ".join(
            f"crop@{stage} {name} {corner}"
            for stage, corners in (("src", coarse), ("dst", fine))
            for name, corner in zip("xy", corners, strict=True)
        )

    def _corners(self, number: int) -> tuple[tuple[int, int], tuple[int, int]]:
        x, fine_x = self.across.corners_px(self.across.starts_px[number])
        y, fine_y = self.down.corners_px(self.down.starts_px[number])
        return (x, y), (fine_x, fine_y)


def pan_of(spec: RenderSpec) -> Pan:
    """The spec's crop along its path."""
    framing: Framing = spec.framing
    return Pan(
        across=_track(framing.width_px, spec.width_px, [key.x_px for key in framing.path]),
        down=_track(framing.height_px, spec.height_px, [key.y_px for key in framing.path]),
    )


def _track(part_px: int, kept_px: int, starts_px: Sequence[float]) -> Track:
    room_px = math.ceil(max(starts_px))  # the source is known to reach this far beyond the part
    moves = max(starts_px) > min(starts_px) and room_px >= _MARGIN_PX
    taken_px = part_px + (_MARGIN_PX if moves else 0)
    return Track(
        taken_px=taken_px,
        scaled_px=2 * math.ceil(kept_px * taken_px / part_px / 2) if moves else kept_px,
        kept_px=kept_px,
        starts_px=tuple(starts_px),
        highest_px=room_px - _MARGIN_PX,
    )
