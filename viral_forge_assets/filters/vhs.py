"""VHS: a tape that was played too often."""

from typing import ClassVar, Self

from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.draws import between
from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    Place,
    Seed,
    Strength,
)

_LINES = 240
"""What a tape keeps of the height of a picture."""

_PATCH_PX = 64
"""A plate that is the same all across need not be drawn all across."""


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Vhs:
    """A tape that was played too often: pale, bleeding colours, scan lines and a torn band.

    Noise is left to the filter ``grain``: it costs the encoder half of its work again.

    Attributes:
        strength: 0 leaves the picture.
        seed: where the band starts.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "medium"

    strength: Strength = 0.7
    seed: Seed = 0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#chromashift
        """
        if self.strength == 0:
            return "null"
        shift = max(1, clip.wide(0.007 * self.strength))
        pale = 1 - 0.25 * self.strength
        lift = 12 * self.strength
        levels = f"y='16+{lift:.2f}+(val-16)*{1 - lift / 219:.4f}'"
        return (
            f"chromashift=cbh={shift}:crh={-shift},"
            f"lutyuv={levels}:u='130+(val-128)*{pale:.4f}':v='126+(val-128)*{pale:.4f}',"
            f"{self._torn_band(clip)},{self._lines(clip)}"
        )

    def _torn_band(self, clip: FilterContext) -> str:
        """A narrow band, pulled aside, that wanders down the picture every few seconds."""
        whole, band, torn = (clip.label(name) for name in ("tape", "band", "torn"))
        tall = max(2, round(0.02 * clip.height_px) * 2)
        start = between(0, 1, self.seed, "start")
        y = f"2*floor(mod(t/6+{start:.4f},1)*{clip.height_px - tall}/2)"
        aside = f"{0.03 * self.strength * clip.width_px:.2f}*(1+0.4*sin(t*41))"
        return (
            f"format=yuv420p,split{whole}{band};{band}crop=w=iw:h={tall}:x=0:y='{y}',"
            f"lutyuv=y='clip(val*1.12,16,235)',format=yuva420p{torn};"
            f"{whole}{torn}overlay=x='{aside}':y='{y}'"
        )

    def _lines(self, clip: FilterContext) -> str:
        pitch = max(2, round(clip.height_px / _LINES))
        dark = f"{70 * self.strength:.1f}*lt(mod(Y,{pitch}),{pitch / 2:g})"
        lines = (
            f"{clip.still('black', _PATCH_PX, clip.height_px, 'yuva420p')},"
            f"geq=lum=16:cb=128:cr=128:a='{dark}',scale={clip.width_px}:{clip.height_px}:flags=neighbor"
        )
        return clip.merged(lines, "overlay")


FILTER = Vhs
