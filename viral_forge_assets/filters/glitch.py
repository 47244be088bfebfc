"""Glitch: the picture tears for a moment."""

from typing import Annotated, ClassVar, Self

from pydantic import Field
from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    Place,
    Seed,
    Strength,
)

_CHROMA, _TEAR = 0.03, 0.14
"""At full strength, as shares of the width: how far colours part and bands are torn aside."""

_NOISE = 14
_BANDS = ((0.1, 7919), (0.06, 104729), (0.03, 1299709))
"""Height of each band as a share, and a prime that sends it elsewhere every time."""

_HELD_FRAMES = 2


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Glitch:
    """The picture tears for a moment: colours part, bands jump aside, noise.

    Attributes:
        strength: 0 leaves the picture.
        every_s: a burst about so often, besides those at cuts.
        length_s: of a burst.
        seed: of the moments between cuts, and of the tears.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "medium"

    strength: Strength = 0.6
    every_s: Annotated[float, Field(ge=0.5, le=20)] = 4.0
    length_s: Annotated[float, Field(ge=0.05, le=0.8)] = 0.28
    seed: Seed = 0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def moments(self, clip: FilterContext) -> tuple[float, ...]:
        """When it tears."""
        return clip.accents(every_s=self.every_s, seed=self.seed) if self.strength else ()

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#Timeline-editing
        """
        if self.strength == 0:
            return "null"
        moments_s = self.moments(clip)
        during = f"enable='{clip.during(moments_s, self.length_s)}'"
        shift = max(1, clip.wide(_CHROMA * self.strength))
        noise = f"c0_seed={self.seed}:c0s={max(1, round(_NOISE * self.strength))}:c0f=t"
        return (
            f"chromashift=cbh={-shift}:crh={shift}:{during},"
            f"{self._torn(clip, during)},"
            f"noise={noise}:{during}"
        )

    def _torn(self, clip: FilterContext, during: str) -> str:
        """Bands of the picture laid over it, aside."""
        whole = clip.label("whole")
        bands = [clip.label(f"band{number}x") for number in range(len(_BANDS))]
        step = f"floor(t*{float(clip.fps) / _HELD_FRAMES:.4f}+0.01)"
        parts = [f"format=yuv420p,split={len(_BANDS) + 1}{whole}{''.join(bands)}"]
        last = whole
        for number, (share, prime) in enumerate(_BANDS):
            tall = max(2, round(share * clip.height_px / 2) * 2)
            y = f"mod(({step}+{self.seed})*{prime},{max(1, clip.height_px - tall)})"
            reach = _TEAR * self.strength * clip.width_px * (-1) ** number
            aside = f"{reach:.2f}*(0.4+0.6*abs(sin(({step}+{self.seed})*{prime})))"
            torn, laid = clip.label(f"torn{number}x"), clip.label(f"laid{number}x")
            parts.append(f"{bands[number]}crop=w=iw:h={tall}:x=0:y='{y}',format=yuva420p{torn}")
            laying = f"{last}{torn}overlay=x='{aside}':y='{y}':{during}"
            parts.append(laying if number == len(_BANDS) - 1 else f"{laying}{laid}")
            last = laid
        return ";".join(parts)


FILTER = Glitch
