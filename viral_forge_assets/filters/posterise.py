"""Posterise: few, flat tones, as in a screen print."""

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
class Posterise:
    """Few flat tones of stronger colour, as in a screen print.

    Attributes:
        levels: tones from black to white.
        strength: 0 leaves the picture.
    """

    place: ClassVar[Place] = "source"
    cost: ClassVar[Cost] = "light"

    levels: Annotated[int, Field(ge=3, le=16)] = 5
    strength: Strength = 1.0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        The steps are softened over a few values: hard ones flicker with the source's noise.

        Source: https://ffmpeg.org/ffmpeg-filters.html#lut_002c-lutrgb_002c-lutyuv
        """
        if self.strength == 0:
            return "null"
        steps = self.levels - 1
        step = f"clip((val-16)/219,0,1)*{steps}"
        soft = f"clip(({step}-floor({step})-0.5)*4+0.5,0,1)"
        luma = f"16+219*(floor({step})+{soft})/{steps}"
        y = f"val+{self.strength:.4f}*({luma}-val)"
        chroma = f"128+(val-128)*{1 + 0.2 * self.strength:.4f}"
        return f"lutyuv=y='{y}':u='{chroma}':v='{chroma}'"


FILTER = Posterise
