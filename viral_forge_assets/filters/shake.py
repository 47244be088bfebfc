"""Shake: the camera takes a knock."""

from math import pi
from typing import Annotated, ClassVar, Self

from pydantic import Field
from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    Place,
    Seed,
)

_LENGTH_S = 0.45
_TURNS_PER_S = (9.0, 7.3)
"""Across and up: out of step, so that no two swings are the same."""


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Shake:
    """The camera takes a knock at cuts, and now and then between them.

    While it shakes the picture is a little nearer, so that no edge is seen; at rest it is untouched
    and costs next to nothing.

    Attributes:
        amount: how far it swings, as a share of the frame's width.
        every_s: a knock about so often where no cut comes.
        seed: of the moments between cuts.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "light"

    amount: Annotated[float, Field(ge=0, le=0.04)] = 0.018
    every_s: Annotated[float, Field(ge=0.5, le=20)] = 4.0
    seed: Seed = 0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(amount=0.0)

    def moments(self, clip: FilterContext) -> tuple[float, ...]:
        """When the camera takes a knock."""
        return clip.accents(every_s=self.every_s, seed=self.seed) if self.amount else ()

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#scale-1
        """
        if self.amount == 0:
            return "null"
        knocks = self.moments(clip)
        force = f"({clip.falling(knocks, _LENGTH_S)})"
        wide = f"2*ceil({clip.width_px / 2:g}*(1+{2 * self.amount:.5f}*{force}))"
        tall = f"2*ceil({clip.height_px / 2:g}*(1+{2 * self.amount:.5f}*{force}))"
        across, up = (f"(0.5+0.5*sin({2 * pi * turns:.3f}*t))" for turns in _TURNS_PER_S)
        return (
            f"scale=w='{wide}':h='{tall}':eval=frame:flags=bilinear,"
            f"crop=w={clip.width_px}:h={clip.height_px}"
            f":x='(iw-ow)*{across}':y='(ih-oh)*{up}':exact=1,setsar=1"
        )


FILTER = Shake
