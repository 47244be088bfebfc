"""Vignette: darker towards the corners."""

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
class Vignette:
    """The picture darker towards its corners, so that the eye stays in the middle.

    A black still with a transparent middle costs a quarter of FFmpeg's filter ``vignette``.

    Attributes:
        strength: how dark the corners are; 1 is black.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "light"

    strength: Strength = 0.55

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#overlay-1
        """
        if self.strength == 0:
            return "null"
        still = clip.still("black", clip.width_px // 8, clip.height_px // 8, "yuva420p")
        away = "hypot(X/W-0.5,Y/H-0.5)/0.7071"
        dark = (
            f"geq=lum=16:cb=128:cr=128:a='{255 * self.strength:.1f}*pow({away},2.4)',"
            f"scale={clip.width_px}:{clip.height_px}:flags=bilinear"
        )
        return clip.merged(f"{still},{dark}", "overlay")


FILTER = Vignette
