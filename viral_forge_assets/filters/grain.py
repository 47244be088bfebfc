"""Grain: fine noise, as on film."""

from typing import ClassVar, Self

from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    Place,
    Seed,
    Strength,
)

_STRONGEST = 16


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Grain:
    """Fine noise that changes with every frame, as on film.

    Luma only, and weak: what it costs is the encoder's work and the file's size. The renderer caps
    the rate.

    Attributes:
        strength: 0 leaves the picture.
        seed: of the noise.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "light"

    strength: Strength = 0.4
    seed: Seed = 0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#noise
        """
        if self.strength == 0:
            return "null"
        return f"noise=c0_seed={self.seed}:c0s={max(1, round(_STRONGEST * self.strength))}:c0f=t"


FILTER = Grain
