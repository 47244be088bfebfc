"""Blurred background: the picture smaller, over a blurred copy of itself."""

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
class BlurBackground:
    """The picture a little smaller, over a blurred and darker copy of itself.

    Attributes:
        inset: width left free on both sides together, as a share of the frame's; 0 leaves it.
        dim: how much darker the background is; 1 is black.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "medium"

    inset: Annotated[float, Field(ge=0, le=0.4)] = 0.16
    dim: Annotated[float, Field(ge=0, le=1)] = 0.35

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(inset=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        The blur is made at an eighth of the size.

        Source: https://ffmpeg.org/ffmpeg-filters.html#overlay-1
        """
        near, far, back, front = (clip.label(n) for n in ("near", "far", "back", "front"))
        wide = round(clip.width_px * (1 - self.inset) / 2) * 2
        tall = round(clip.height_px * (1 - self.inset) / 2) * 2
        if wide >= clip.width_px:
            return "null"
        small = f"{max(2, clip.width_px // 8)}:{max(2, clip.height_px // 8)}"
        light = 1 - self.dim
        return (
            f"format=yuv420p,split{near}{far};"
            f"{far}scale={small}:flags=area,gblur=sigma=5,lutyuv=y='16+(val-16)*{light:.4f}',"
            f"scale={clip.width_px}:{clip.height_px}:flags=bilinear{back};"
            f"{near}scale={wide}:{tall}:flags=bicubic,format=yuva420p{front};"
            f"{back}{front}overlay=x=(W-w)/2:y=(H-h)/2,setsar=1"
        )


FILTER = BlurBackground
