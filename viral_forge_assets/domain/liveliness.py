"""How much moves in the pictures of a source, by half seconds."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from viral_forge_resources.contracts.media import MOVEMENT_STEP_S, Shot, Stretch

_LEAST = 0.0001
"""Of the picture's range: what moves less is noise."""

_REACH = 4
"""Half seconds on either side that tell whether more moves now than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Liveliness:
    """Movement of every half second that was looked at, in time order.

    Attributes:
        usual: its mean over the source.
    """

    times_s: tuple[float, ...]
    sums: tuple[float, ...]
    usual: float

    def times_usual(self, stretch: Stretch) -> float | None:
        """How many times as much as usual moves in ``stretch``; None where nobody looked."""
        first = bisect_left(self.times_s, stretch.start_s)
        beyond = bisect_left(self.times_s, stretch.end_s)
        if first == beyond:
            return None
        return (self.sums[beyond] - self.sums[first]) / (beyond - first) / self.usual

    def rises(self, stretch: Stretch, apart_s: float) -> tuple[float, ...]:
        """Moments inside ``stretch``, about ``apart_s`` apart, ahead of what moves most there.

        Each is the half second of its part of the source behind which most more moves than before.
        """
        first = bisect_left(self.times_s, stretch.start_s)
        beyond = bisect_left(self.times_s, stretch.end_s)
        part = max(round(apart_s / MOVEMENT_STEP_S), 1)
        return tuple(
            self.times_s[max(range(at, min(at + part, beyond)), key=self._rise)]
            for at in range(first, beyond, part)
        )

    def _rise(self, at: int) -> float:
        reach = min(_REACH, at, len(self.times_s) - at)
        if not reach:
            return 0.0
        before = self.sums[at] - self.sums[at - reach]
        return (self.sums[at + reach] - self.sums[at] - before) / reach


def liveliness_of(shots: Sequence[Shot]) -> Liveliness | None:
    """Of a source with these shots; None where nobody looked for movement, or nothing moves."""
    steps = [
        (shot.start_s + number * MOVEMENT_STEP_S, moved)
        for shot in sorted(shots, key=lambda each: each.start_s)
        for number, moved in enumerate(shot.movement)
    ]
    sums = tuple(accumulate((moved for _, moved in steps), initial=0.0))
    if not steps or sums[-1] / len(steps) < _LEAST:
        return None
    return Liveliness(
        times_s=tuple(at_s for at_s, _ in steps), sums=sums, usual=sums[-1] / len(steps)
    )
