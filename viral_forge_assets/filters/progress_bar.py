"""Progress bar: how much of the clip is left."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field
from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    HexColour,
    Place,
)

_TRACK = 0.55
"""How dark the part is that is still to be filled: the bar is seen on white pictures, too."""


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class ProgressBar:
    """A bar at the edge that fills from left to right over the clip.

    Attributes:
        height: as a share of the frame's; 0 is no bar.
        colour: of the bar.
        edge: where it runs. Platforms draw their own bar along the bottom.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "light"

    height: Annotated[float, Field(ge=0, le=0.03)] = 0.008
    colour: HexColour = "#ffd400"
    edge: Literal["top", "bottom"] = "top"

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(height=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#overlay-1
        """
        if self.height == 0:
            return "null"
        height_px = max(2, round(self.height * clip.height_px / 2) * 2)
        last_s = float(max(clip.frames - 1, 1) / clip.fps)
        bar = clip.still(self.colour, clip.width_px, height_px, "yuva420p")
        y, y_px = ("0", 0) if self.edge == "top" else ("H-h", clip.height_px - height_px)
        track = f"drawbox=x=0:y={y_px}:w=iw:h={height_px}:color=black@{_TRACK}:t=fill"
        filling = f"overlay=x='round((t/{last_s:.6f}-1)*w/2)*2':y={y}"
        return f"{track},{clip.merged(bar, filling)}"


FILTER = ProgressBar
