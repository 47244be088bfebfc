"""Noir: black and white with deep shadows."""

from typing import ClassVar, Self

from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    Place,
    Strength,
)


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Noir:
    """Black and white, shadows deeper and lights brighter.

    Attributes:
        strength: 0 leaves the colours, 1 takes them all.
        contrast: of the black and white picture; 0 keeps the picture's own.
    """

    place: ClassVar[Place] = "source"
    cost: ClassVar[Cost] = "light"

    strength: Strength = 1.0
    contrast: Strength = 0.6

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#lut_002c-lutrgb_002c-lutyuv
        """
        if self.strength == 0:
            return "null"
        light = "clip((val-16)/219,0,1)"
        curved = f"pow({light},2)*(3-2*{light})"
        mix = self.strength * self.contrast
        luma = f"16+219*({1 - mix:.4f}*{light}+{mix:.4f}*{curved})"
        chroma = f"128+(val-128)*{1 - self.strength:.4f}"
        return f"lutyuv=y='{luma}':u='{chroma}':v='{chroma}'"


FILTER = Noir
