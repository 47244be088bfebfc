"""Since when results speak of the tastes of today: told by a change in how an arm did.

As long as nothing says that tastes changed, every result counts alike, however old: forgetting some
all the time would mean to learn what is known again and again. For each moment the results of an
arm before it are held against those after it; where two means explain all of them far better than
one does, what lies before is not counted any more.

Source: L. Besson, E. Kaufmann, O.-A. Maillard, J. Seznec, Efficient Change-Point Detection for
Tackling Piecewise-Stationary Bandits (2019), https://arxiv.org/abs/1902.01575
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

_FEWEST = 5
"""Results of an arm on either side of a change: fewer are luck, whatever they are."""

_LEAST_VARIANCE = 1e-4  # results that are all alike are no certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One reward, of the draw of that number."""

    number: int
    arm: str
    reward: float


def counts_from(results: Sequence[Result], *, evidence: float) -> int:
    """Number of the draw from which on results count; 0 where all do.

    Args:
        results: in the order of their draws.
        evidence: logarithm of how much likelier a change must make the results; infinite: nothing
            is ever forgotten.
    """
    start = 0
    while True:
        found = _change([each for each in results if each.number >= start], evidence)
        if found is None:
            return start
        start = found


@dataclass(slots=True)
class _Sums:
    """Of the rewards of one arm."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, reward: float) -> None:
        self.count += 1
        self.total += reward
        self.squares += reward * reward

    def scatter(self) -> float:
        """Squared distances from their mean, added up."""
        return self.squares - self.total**2 / self.count

    def gain(self, before: "_Sums") -> float:
        """What a mean of its own for those ``before`` takes off the scatter."""
        after = self.count - before.count
        if before.count < _FEWEST or after < _FEWEST:
            return 0.0
        apart = before.total / before.count - (self.total - before.total) / after
        return before.count * after / self.count * apart**2


def _change(results: Sequence[Result], evidence: float) -> int | None:
    """The first draw after the likeliest change; None where nothing speaks of one."""
    whole: defaultdict[str, _Sums] = defaultdict(_Sums)
    before: defaultdict[str, _Sums] = defaultdict(_Sums)
    for each in results:
        whole[each.arm].add(each.reward)
    scatter = sum(sums.scatter() for sums in whole.values())
    strongest, start = evidence, None
    for each in results:
        gain = sum(sums.gain(before[arm]) for arm, sums in whole.items())
        left = max((scatter - gain) / len(results), _LEAST_VARIANCE)
        if gain / (2 * left) > strongest:
            strongest, start = gain / (2 * left), each.number
        before[each.arm].add(each.reward)
    return start
