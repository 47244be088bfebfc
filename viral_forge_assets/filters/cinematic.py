"""Cinematic: bars, cool shadows and warm lights."""

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

_COOL, _WARM = (148, 96), (88, 160)
"""Blue and red difference of the tints that shadows and lights are drawn towards."""


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Cinematic:
    """Black bars above and below, shadows towards teal and lights towards orange.

    Attributes:
        bars: height of each bar, as a share of the frame's.
        grade: 0 leaves the colours.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "medium"

    bars: Annotated[float, Field(ge=0, le=0.15)] = 0.06
    grade: Strength = 0.6

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(bars=0.0, grade=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#pad-1
        """
        steps = []
        bar_px = round(self.bars * clip.height_px / 2) * 2
        if self.grade:
            steps.append(self._graded())
        if bar_px:
            # Cut away and padded again, in place: a thirtieth of what drawing boxes costs.
            steps.append(f"crop=iw:ih-{2 * bar_px}:0:{bar_px}:exact=1")
            steps.append(f"pad={clip.width_px}:{clip.height_px}:0:{bar_px}")
        return ",".join(steps) or "null"

    def _graded(self) -> str:
        """More contrast, and chroma moved by luma alone: cool below the middle, warm above."""
        light = "clip((val-16)/219,0,1)"
        blue, red = (
            f"{cool}+{warm - cool}*{light}" for cool, warm in zip(_COOL, _WARM, strict=True)
        )
        opacity = 0.4 * self.grade
        deep = f"16+219*(0.5-0.5*cos(PI*{light}))*1.02-8*(1-{light})"
        return f"pseudocolor=i=0:opacity={opacity:.4f}:c0='{deep}':c1='{blue}':c2='{red}'"


FILTER = Cinematic
