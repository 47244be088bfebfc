"""Bloom: bright places that shine over their edges."""

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
class Bloom:
    """Bright places that shine over their edges; dark ones stay as they are.

    It works before the upscale, and the blur at a fixed small size: a third of the cost.

    Attributes:
        strength: 0 leaves the picture.
        threshold: brightness from which on a place shines; 1 is white.
    """

    place: ClassVar[Place] = "source"
    cost: ClassVar[Cost] = "medium"

    strength: Strength = 0.55
    threshold: Annotated[float, Field(ge=0.3, le=0.95)] = 0.55

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#blend-1
        """
        if self.strength == 0:
            return "null"
        near, far, size, soft = (clip.label(n) for n in ("near", "far", "size", "soft"))
        bright = f"clip((val-{16 + 219 * self.threshold:.1f})*{1 / (1 - self.threshold):.3f},0,255)"
        return (
            f"split=3{near}{far}{size};"
            f"{far}scale=136:240:flags=area,lutyuv=y='{bright}',gblur=sigma=5{soft};"
            f"{soft}{size}scale=rw:rh:flags=bilinear{clip.label('shine')};"
            f"{near}{clip.label('shine')}"
            f"blend=c0_mode=screen:c0_opacity={self.strength:.4f}"
        )


FILTER = Bloom
