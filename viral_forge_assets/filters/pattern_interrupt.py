"""Pattern interrupt: a flash, a punch-in or a whip that wakes the eye."""

from typing import Annotated, ClassVar, Literal, Self

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

_FLASH_S, _PUNCH_S, _WHIP_S = 0.2, 0.5, 0.34
_BRIGHTEST, _NEAREST, _BLUR, _WHIP_NEAREST = 0.5, 0.22, 0.16, 0.6
"""At full strength: luma added by a flash, zoom of a punch-in, reach of a whip's blur, its zoom."""

Style = Literal["flash", "punch", "whip"]


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class PatternInterrupt:
    """A short jolt at cuts, and now and then between them, so that the eye does not wander.

    Attributes:
        style: ``flash`` goes white, ``punch`` jumps nearer and drifts back, ``whip`` sweeps past;
            ``mixed`` takes them in turn, by the seed.
        strength: 0 leaves the picture.
        every_s: one about so often where no cut comes.
        seed: of the moments between cuts, and of the mix.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "light"

    style: Literal["flash", "punch", "whip", "mixed"] = "mixed"
    strength: Strength = 0.6
    every_s: Annotated[float, Field(ge=0.5, le=20)] = 4.0
    seed: Seed = 0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def moments(self, clip: FilterContext) -> tuple[float, ...]:
        """When the eye is woken."""
        return clip.accents(every_s=self.every_s, seed=self.seed) if self.strength else ()

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#Timeline-editing
        """
        if self.strength == 0:
            return "null"
        moments: dict[Style, list[float]] = {"punch": [], "whip": [], "flash": []}
        for number, at_s in enumerate(self.moments(clip)):
            moments[self._style_of(number)].append(at_s)
        draw = {"punch": self._punch, "whip": self._whip, "flash": self._flash}
        return ",".join(
            draw[style](clip, tuple(found)) for style, found in moments.items() if found
        )

    def _style_of(self, number: int) -> Style:
        if self.style != "mixed":
            return self.style
        order: tuple[Style, ...] = ("punch", "flash", "whip")
        return order[(number + self.seed) % len(order)]

    def _flash(self, clip: FilterContext, moments_s: tuple[float, ...]) -> str:
        light = f"({clip.falling(moments_s, _FLASH_S)})"
        return (
            f"eq=brightness='{_BRIGHTEST * self.strength:.4f}*{light}'"
            f":saturation='1-{0.6 * self.strength:.4f}*{light}'"
            f":eval=frame:enable='{clip.during(moments_s, _FLASH_S)}'"
        )

    def _punch(self, clip: FilterContext, moments_s: tuple[float, ...]) -> str:
        zoom = f"(1+{_NEAREST * self.strength:.5f}*({clip.falling(moments_s, _PUNCH_S)}))"
        wide = f"2*round({clip.width_px / 2:g}*{zoom})"
        tall = f"2*round({clip.height_px / 2:g}*{zoom})"
        return (
            f"scale=w='{wide}':h='{tall}':eval=frame:flags=bilinear,"
            f"crop=w={clip.width_px}:h={clip.height_px}:exact=1,setsar=1"
        )

    def _whip(self, clip: FilterContext, moments_s: tuple[float, ...]) -> str:
        """Swept off to one side ahead of the moment, and in from the other side behind it.

        It comes nearer meanwhile, so that no edge is seen, and is blurred along its way.
        """
        turned = f"({clip.turning(moments_s, _WHIP_S / 2)})"
        near = f"(1+{_WHIP_NEAREST * self.strength:.5f}*pow({turned},2))"
        wide = f"2*round({clip.width_px / 2:g}*{near})"
        tall = f"2*round({clip.height_px / 2:g}*{near})"
        away = f"{1 if self.seed % 2 else -1}*{turned}*abs({turned})"
        return (
            f"scale=w='{wide}':h='{tall}':eval=frame:flags=bilinear,"
            f"crop=w={clip.width_px}:h={clip.height_px}"
            f":x='({wide}-{clip.width_px})/2*(1+{away})':y='({tall}-{clip.height_px})/2'"
            f":exact=1,setsar=1,{self._swept(clip, moments_s)}"
        )

    def _swept(self, clip: FilterContext, moments_s: tuple[float, ...]) -> str:
        """Blurred along the way, most where it is fastest."""
        blurs = []
        for share, reach in ((1.0, 0.3), (0.55, 1.0)):
            length_s = _WHIP_S * share
            started = tuple(max(0.0, at_s - length_s / 2) for at_s in moments_s)
            reach_px = max(2, clip.wide(_BLUR * self.strength * reach))
            during = clip.during(started, length_s)
            blurs.append(f"avgblur=sizeX={reach_px}:sizeY=1:enable='{during}'")
        return ",".join(blurs)


FILTER = PatternInterrupt
