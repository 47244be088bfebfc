"""Duotone: one colour for the shadows, one for the lights."""

from typing import ClassVar, Self

from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    HexColour,
    Place,
    Strength,
    yuv_of,
)


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Duotone:
    """The picture in two colours, one for its shadows and one for its lights.

    Attributes:
        shadows: colour of black.
        lights: colour of white.
        strength: 0 leaves the picture's own colours.
    """

    place: ClassVar[Place] = "source"
    cost: ClassVar[Cost] = "light"

    shadows: HexColour = "#160c4a"
    lights: HexColour = "#ffd08a"
    strength: Strength = 1.0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#pseudocolor
        """
        if self.strength == 0:
            return "null"
        tone = "clip((val-16)/219,0,1)"
        light = f"({tone}*{tone}*(3-2*{tone}))"
        planes = zip(yuv_of(self.shadows), yuv_of(self.lights), strict=True)
        tones = ":".join(
            f"c{plane}='{dark:.1f}+{bright - dark:.1f}*{light}'"
            for plane, (dark, bright) in enumerate(planes)
        )
        return f"pseudocolor=i=0:opacity={self.strength:.4f}:{tones}"


FILTER = Duotone
