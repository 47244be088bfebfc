"""Where a crop's middle goes along one axis: still where it may be, else as a calm camera would."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median

Seen = Sequence[tuple[float, float]]
"""A subject's places at times, in time order; places are shares of the picture along the axis."""

_DEAD_ZONE = 0.16
"""Of the crop, to either side of its middle: a subject that stays in there needs no pan."""

_SLACK = 0.06
"""As ``_DEAD_ZONE``, of a crop that pans: wobble does not move it."""

_HOLDS = 0.35
"""Of the crop, to either side: a subject's middle in there shows most of the subject."""

_LEAST_HELD = 0.8
"""A pan that holds the subject more rarely than this follows something that is no one subject."""

_FASTEST = 1.25
"""Crops a second: what crosses a wide picture in three to four seconds can be held."""

_LEAST_POINTS = 5
_LEAST_SEEN = 1 / 3
"""Of the time: a thing that stands still for a while is not seen to move, and is still there."""

_STEP_S = 0.2  # of the track
_AROUND = 2  # points to either side: two outliers in a row are no movement
_NEAR_S = 0.7
"""What moves is seen to move more than twice in this time to either side."""

_OUTLIER = 0.25
"""Of the crop: what is further from the median around it was something else, or noise."""
_SOFTENED_S = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One direction of the picture.

    Attributes:
        part: share of the picture that the crop takes, in (0, 1].
        rest: where the crop's middle would be if nothing were known of a subject.
    """

    part: float
    rest: float

    @property
    def still(self) -> float:
        """The place nearest to ``rest`` at which the crop is inside the picture."""
        return self.inside(self.rest)

    def inside(self, middle: float) -> float:
        """The nearest middle of a crop that is inside the picture."""
        return min(max(middle, self.part / 2), 1 - self.part / 2)


def still_or_moving(seen: Seen, times: Sequence[float], axis: Axis) -> tuple[float, ...]:
    """The crop's middle at each of the evenly spaced ``times``: one place if it need not move.

    A moving crop has no lag: it knows what comes. It moves by no more than ``_FASTEST`` allows.
    """
    shown = [(at_s, axis.inside(place)) for at_s, place in seen if times[0] <= at_s <= times[-1]]
    still = axis.still
    steady = _steady(seen, _OUTLIER * axis.part)
    if not steady or not _is_enough(shown, times):
        return (still,)
    step_s = (times[-1] - times[0]) / (len(times) - 1)
    places = [axis.inside(_at(steady, time_s)) for time_s in times]
    subject = [axis.inside(place) for place in _softened(places, step_s)]
    room = _DEAD_ZONE * axis.part
    lowest, highest = max(subject) - room, min(subject) + room
    if lowest <= highest:
        return (axis.inside(min(max(still, lowest), highest)),)
    # The less sure its place is, the less reason there is to move.
    slack = max(_SLACK * axis.part, median(_misses(shown, times, subject)))
    followed = _followed(subject, slack, _FASTEST * axis.part * step_s)
    path = [axis.inside(place) for place in _softened(followed, step_s)]
    held = _held(_misses(shown, times, path), axis)
    if held < max(_LEAST_HELD, _held(_misses(shown, times, [still] * len(times)), axis)):
        return (still,)
    return tuple(path)


def _is_enough(shown: Seen, times: Sequence[float]) -> bool:
    lasts_s = times[-1] - times[0]
    return lasts_s > 0 and len(shown) >= max(_LEAST_POINTS, _LEAST_SEEN * lasts_s / _STEP_S)


def _steady(seen: Seen, furthest: float) -> Seen:
    """Without outliers in place or in time; the first and last place have none to judge them."""
    times = [at_s for at_s, _ in seen]
    kept = [
        (at_s, place)
        for at_s, place in seen
        if bisect_left(times, at_s + _NEAR_S) - bisect_left(times, at_s - _NEAR_S) > _AROUND
    ]
    steady = []
    for index, (at_s, place) in enumerate(kept):
        reach = min(_AROUND, index, len(kept) - 1 - index)  # even: what moves does not lag
        usual = median(each for _, each in kept[index - reach : index + reach + 1])
        steady.append((at_s, usual if abs(place - usual) > furthest else place))
    return steady


def _at(seen: Seen, time_s: float) -> float:
    """The place on the straight line between two points, or of the first or last one."""
    index = bisect_left(seen, time_s, key=lambda point: point[0])
    if index in (0, len(seen)):
        return seen[min(index, len(seen) - 1)][1]
    (before_s, before), (after_s, after) = seen[index - 1], seen[index]
    return before + (after - before) * (time_s - before_s) / (after_s - before_s)


def _softened(path: Sequence[float], step_s: float) -> list[float]:
    """The mean of what is around, taken twice; the ends stay where they are, and do not lag."""
    reach = round(_SOFTENED_S / step_s / 2)
    return _mean_around(_mean_around(path, reach), reach)


def _mean_around(path: Sequence[float], reach: int) -> list[float]:
    """Beyond an end the path goes on as it came, turned about it: a shot may begin on a move.

    A window that is narrower there would leave the first steps as rough as they are.
    """
    reach = min(reach, len(path) - 1)
    before = [2 * path[0] - place for place in path[reach:0:-1]]
    after = [2 * path[-1] - place for place in path[-2 : -reach - 2 : -1]]
    sums = [0.0, *accumulate([*before, *path, *after])]
    width = 2 * reach + 1
    return [(sums[index + width] - sums[index]) / width for index in range(len(path))]


def _followed(subject: Sequence[float], room: float, fastest: float) -> list[float]:
    """A path near the subject: the mean of one that lags behind it and one that runs ahead."""
    behind = _dragged(subject, room, fastest)
    ahead = _dragged(subject[::-1], room, fastest)[::-1]
    return [(one + other) / 2 for one, other in zip(behind, ahead, strict=True)]


def _dragged(subject: Sequence[float], room: float, fastest: float) -> list[float]:
    """A path that moves only when the subject has left the room around it."""
    middle = subject[0]
    path = []
    for place in subject:
        beyond = place - min(max(place, middle - room), middle + room)
        middle += min(max(beyond, -fastest), fastest)
        path.append(middle)
    return path


def _misses(shown: Seen, times: Sequence[float], path: Sequence[float]) -> list[float]:
    """How far the path is from the subject whenever that was seen."""
    last = len(times) - 1
    return [abs(place - path[min(bisect_left(times, at_s), last)]) for at_s, place in shown]


def _held(misses: Sequence[float], axis: Axis) -> float:
    """Share of the moments at which the crop shows the subject."""
    return sum(miss <= _HOLDS * axis.part for miss in misses) / len(misses)
