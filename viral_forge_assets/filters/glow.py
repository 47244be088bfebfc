"""Glow: a soft light over everything."""

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
class Glow:
    """A soft light over everything, as in mist: a blurred copy laid over the picture.

    It works before the upscale, and the blur at a fixed small size: a third of the cost.

    Attributes:
        strength: 0 leaves the picture.
    """

    place: ClassVar[Place] = "source"
    cost: ClassVar[Cost] = "medium"

    strength: Strength = 0.5

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
        return (
            f"split=3{near}{far}{size};"
            f"{far}scale=136:240:flags=area,gblur=sigma=7{soft};"
            f"{soft}{size}scale=rw:rh:flags=bilinear{clip.label('mist')};"
            f"{near}{clip.label('mist')}"
            f"blend=c0_mode=screen:c0_opacity={0.95 * self.strength:.4f},"
            f"lutyuv=y='16+219*pow(clip((val-16)/219,0,1),{1 + 0.55 * self.strength:.4f})'"
        )


FILTER = Glow
