"""Light leak: warm light that drifts in from the side."""

from typing import ClassVar, Self

from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.draws import between
from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    HexColour,
    Place,
    Seed,
    Strength,
    yuv_of,
)

_FASTEST_S, _SLOWEST_S = 5.0, 9.0
"""Of a drift from one side to the other and back."""


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class LightLeak:
    """Coloured light that drifts over the picture, as through a gap in a film camera.

    Light is added to the picture, luma and chroma alike; it is drawn once and moved.

    Attributes:
        strength: how bright it is at its brightest.
        colour: of the light.
        seed: where it starts and how fast it drifts.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "medium"

    strength: Strength = 0.6
    colour: HexColour = "#ff8a3c"
    seed: Seed = 0

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
        wide, tall = clip.width_px, clip.height_px
        period_s = between(_FASTEST_S, _SLOWEST_S, self.seed, "period")
        turn = f"2*PI*(t/{period_s:.3f}+{between(0, 1, self.seed, 'phase'):.4f})"
        light = (
            f"{clip.still('black', wide // 8 * 2, tall // 8)},{self._drawn()},"
            f"scale={wide * 2}:{tall}:flags=bilinear,loop=loop=-1:size=1,"
            f"setpts=N/({float(clip.fps):.6f}*TB),"
            f"crop={wide}:{tall}:x='(iw-ow)*(0.5+0.5*sin({turn}))':y=0"
        )
        how = "blend=c0_mode=screen:c1_mode=grainmerge:c2_mode=grainmerge:shortest=1"
        return clip.merged(light, how)

    def _drawn(self) -> str:
        """The light on a still of twice the frame's width, brightest at both of its sides."""
        luma, blue, red = yuv_of(self.colour)
        high = between(0.2, 0.6, self.seed, "high")
        left = f"exp(-pow(hypot(X/W*2.6,(Y/H-{high:.3f})*1.5),2)*3.2)"
        right = f"exp(-pow(hypot((1-X/W)*2.6,(Y/H-{1 - high:.3f})*1.5),2)*3.2)"
        glow = f"{self.strength:.4f}*({left}+{right})"
        chroma = f"cb='128+{blue - 128:.1f}*{glow}':cr='128+{red - 128:.1f}*{glow}'"
        return f"geq=lum='{luma:.1f}*{glow}':{chroma}"


FILTER = LightLeak
