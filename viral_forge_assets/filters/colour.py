"""Colour: a light grade."""

from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", strict=True))
class Colour:
    """A light grade: saturation, contrast, brightness and hue.

    Attributes:
        saturation: 1 leaves it, 0.5 is half as colourful.
        contrast: 1 leaves it.
        brightness: added to the luma, whose whole range is 1; 0 leaves it.
        hue_deg: turn of the colour wheel in degrees; 0 leaves it.
    """

    place: ClassVar[Literal["source", "frame"]] = "source"
    cost: ClassVar[Literal["light", "medium", "heavy"]] = "light"

    saturation: Annotated[float, Field(ge=0.5, le=1.5)] = 1.15
    contrast: Annotated[float, Field(ge=0.8, le=1.25)] = 1.05
    brightness: Annotated[float, Field(ge=-0.1, le=0.1)] = 0.0
    hue_deg: Annotated[float, Field(ge=-15, le=15)] = 0.0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(saturation=1.0, contrast=1.0, brightness=0.0, hue_deg=0.0)

    def filtergraph(self, *, width_px: int, height_px: int, fps: Fraction, frames: int) -> str:
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
        return ",".join(steps) or "null"


FILTER = Colour
