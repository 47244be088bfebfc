"""Halftone: dots that grow with the light, as in print."""

from math import pi
from typing import Annotated, ClassVar, Self

from pydantic import Field
from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    Place,
    Strength,
)


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Halftone:
    """Dots that grow with the light, as in a printed comic; the colours stay.

    Attributes:
        dot: distance of the dots, as a share of the frame's width.
        strength: 0 leaves the picture.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "medium"

    dot: Annotated[float, Field(ge=0.006, le=0.03)] = 0.012
    strength: Strength = 0.7

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        The screen of dots is drawn once, added to the luma, and the sum made hard.

        Source: https://ffmpeg.org/ffmpeg-filters.html#blend-1
        """
        if self.strength == 0:
            return "null"
        pace = 2 * pi / max(4.0, self.dot * clip.width_px * 2**0.5)
        dots = f"cos((X+Y)*{pace:.5f})*cos((X-Y)*{pace:.5f})"
        screen = (
            f"{clip.still('gray', clip.width_px, clip.height_px)},"
            f"geq=lum='128+{70 * self.strength:.1f}*{dots}':cb=128:cr=128"
        )
        hard = f"clip(128+(val-118)*{1 + 1.3 * self.strength:.4f},16,235)"
        return f"{clip.merged(screen, 'blend=c0_mode=grainmerge')},lutyuv=y='{hard}'"


FILTER = Halftone
