"""Speed ramp: time rushes towards an accent, lingers there, and catches up."""

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
    Strength,
)

_SLOWING = 0.75
"""At full strength, of the speed: 4 times as fast at the window's ends, 0.57 in its middle."""

_SHORTEST_HALF_S = 0.2
_SPEECH_MARGIN_S = 0.15


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class SpeedRamp:
    """Around an accent the picture hurries, lingers and hurries again, and is in time afterwards.

    The sound goes on as it is, so nothing happens where somebody speaks, lest lips and words part,
    or where nobody listened. The accent keeps its very frame; a window ends ahead of other cuts.

    Attributes:
        strength: 0 leaves the picture.
        length_s: of the window around an accent.
        every_s: an accent about so often where no cut comes.
        seed: of the moments between cuts.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "light"

    strength: Strength = 0.7
    length_s: Annotated[float, Field(ge=0.5, le=4)] = 1.6
    every_s: Annotated[float, Field(ge=1, le=20)] = 4.0
    seed: Seed = 0

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(strength=0.0)

    def moments(self, clip: FilterContext) -> tuple[float, ...]:
        """When time lingers."""
        return tuple(at_s for at_s, _ in self._windows(clip))

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        A frame at x in [0, 1] of its window is shown at x - a sin(2 pi x) / (2 pi): that is x at
        both ends and in the middle, and never goes back while a < 1.

        Source: https://ffmpeg.org/ffmpeg-filters.html#setpts_002c-asetpts
        """
        windows = self._windows(clip)
        if not windows:
            return "null"
        bend = _SLOWING * self.strength / (2 * pi)
        shift_s = "+".join(
            f"between(T,{at_s - half_s:.5f},{at_s + half_s:.5f})"
            f"*{bend * 2 * half_s:.6f}*sin({pi / half_s:.6f}*(T-{at_s - half_s:.5f}))"
            for at_s, half_s in windows
        )
        rate = f"{clip.fps.numerator}/{clip.fps.denominator}"
        return f"settb=1/90000,setpts='PTS-({shift_s})/TB',fps={rate}"

    def _windows(self, clip: FilterContext) -> tuple[tuple[float, float], ...]:
        """Middle and half the length of each window."""
        if self.strength == 0 or clip.speech is None:
            return ()
        found: list[tuple[float, float]] = []
        reached_s = 0.0
        for at_s in clip.accents(every_s=self.every_s, seed=self.seed):
            half_s = min(self._room_s(clip, at_s), at_s - reached_s)
            if half_s >= _SHORTEST_HALF_S:
                found.append((at_s, half_s))
                reached_s = at_s + half_s
        return tuple(found)

    def _room_s(self, clip: FilterContext, at_s: float) -> float:
        """How far a window around ``at_s`` may reach to both sides; 0 or less: not at all."""
        frame_s = float(1 / clip.fps)
        last_s = clip.duration_s - frame_s
        cuts = [abs(cut_s - at_s) - frame_s for cut_s in clip.cuts_s]
        # The window of an accent on a cut has that cut in its middle, where time stands as it was.
        others = [away_s for away_s in cuts if away_s > 0]
        spoken = [
            max(each.start_s - at_s, at_s - each.end_s) - _SPEECH_MARGIN_S
            for each in clip.speech or ()
        ]
        return min(self.length_s / 2, at_s, last_s - at_s, *others, *spoken)


FILTER = SpeedRamp
