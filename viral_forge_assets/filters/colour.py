"""Colour: a light grade."""

from typing import Annotated, ClassVar, Self

from pydantic import Field
from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import FILTER_RULES, Cost, FilterContext, Place

_WARMEST = (-14.0, 10.0)
"""What is added to blue and red difference, of 224 steps, for the warmest light."""


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Colour:
    """A light grade: saturation, contrast, brightness, hue and warmth.

    Attributes:
        saturation: 1 leaves it, 0.5 is half as colourful.
        contrast: 1 leaves it.
        brightness: added to the luma, whose whole range is 1; 0 leaves it.
        hue_deg: turn of the colour wheel in degrees; 0 leaves it.
        warmth: light of a candle at 1, of the moon at -1; 0 leaves it.
    """

    place: ClassVar[Place] = "source"
    cost: ClassVar[Cost] = "light"

    saturation: Annotated[float, Field(ge=0.5, le=1.5)] = 1.15
    contrast: Annotated[float, Field(ge=0.8, le=1.25)] = 1.05
    brightness: Annotated[float, Field(ge=-0.1, le=0.1)] = 0.0
    hue_deg: Annotated[float, Field(ge=-15, le=15)] = 0.0
    warmth: Annotated[float, Field(ge=-1, le=1)] = 0.0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(saturation=1.0, contrast=1.0, brightness=0.0, hue_deg=0.0, warmth=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#eq
        """
        steps = []
        if (self.saturation, self.contrast, self.brightness) != (1.0, 1.0, 0.0):
            steps.append(
                f"eq=saturation={self.saturation:.4f}:contrast={self.contrast:.4f}"
                f":brightness={self.brightness:.4f}"
            )
        if self.hue_deg != 0:
            steps.append(f"hue=h={self.hue_deg:.3f}")
        if self.warmth != 0:
            blue, red = (each * self.warmth for each in _WARMEST)
            steps.append(f"lutyuv=u='clip(val{blue:+.3f},16,240)':v='clip(val{red:+.3f},16,240)'")
        return ",".join(steps) or "null"


FILTER = Colour
