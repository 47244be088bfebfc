"""Chromatic: colours that part at the edges, as through a cheap lens."""

from typing import Annotated, ClassVar, Self

from pydantic import Field
from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    Place,
)


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Chromatic:
    """Red and blue seen a little to either side, as through a cheap lens.

    Attributes:
        shift: of each colour, as a share of the frame's width; at least a pixel of the source.
    """

    place: ClassVar[Place] = "source"
    cost: ClassVar[Cost] = "medium"

    shift: Annotated[float, Field(ge=0, le=0.015)] = 0.006

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(shift=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#rgbashift
        """
        if self.shift == 0:
            return "null"
        shift_px = max(1, round(self.shift * clip.source_width_px))
        return f"rgbashift=rh={-shift_px}:bh={shift_px},format=yuv420p"


FILTER = Chromatic
