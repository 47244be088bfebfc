"""Where a crop's middle goes along one axis: still where it may be, else as a calm camera would."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from statistics import median

Seen = Sequence[tuple[float, float]]
"""A subject's places at times, in time order; places are shares of the picture along the axis."""

_DEAD_ZONE = 0.16
"""Of the crop, to either side of its middle: in there a subject moves without the crop."""

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
_SOFTENED_S = 0.5


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
    if not _is_enough(seen, times):
        return (axis.still,)
    steady = _steady(seen)
    step_s = (times[-1] - times[0]) / (len(times) - 1)
    subject = [axis.inside(_at(steady, time_s)) for time_s in times]
    subject = _softened(subject, step_s)
    room = _DEAD_ZONE * axis.part
    lowest, highest = max(subject) - room, min(subject) + room
    still = axis.still
    if lowest <= highest:
        return (axis.inside(min(max(still, lowest), highest)),)
    path = _followed(subject, room, _FASTEST * axis.part * step_s)
    path = _softened(path, step_s)
    shown = [(at_s, place) for at_s, place in seen if times[0] <= at_s <= times[-1]]
    held = _held(shown, times, path, axis)
    if held < _LEAST_HELD or held <= _held(shown, times, [still] * len(times), axis):
        return (still,)
    return tuple(path)


def _is_enough(seen: Seen, times: Sequence[float]) -> bool:
    if len(times) < 2:  # noqa: PLR2004  two ends make a stretch
        return False
    shown = sum(times[0] <= at_s <= times[-1] for at_s, _ in seen)
    return shown >= max(_LEAST_POINTS, _LEAST_SEEN * (times[-1] - times[0]) / _STEP_S)


def _steady(seen: Seen) -> Seen:
    """Without outliers; as many neighbours count before a point as after it, so none lags."""
    places = [place for _, place in seen]
    last = len(places) - 1
    reaches = [min(_AROUND, index, last - index) for index in range(len(places))]
    return [
        (at_s, median(places[index - reach : index + reach + 1]))
        for index, ((at_s, _), reach) in enumerate(zip(seen, reaches, strict=True))
    ]


def _at(seen: Seen, time_s: float) -> float:
    """The place on the straight line between two points, or of the first or last one."""
    index = bisect_left(seen, time_s, key=lambda point: point[0])
    if index in (0, len(seen)):
        return seen[min(index, len(seen) - 1)][1]
    (before_s, before), (after_s, after) = seen[index - 1], seen[index]
    return before + (after - before) * (time_s - before_s) / (after_s - before_s)


def _softened(path: Sequence[float], step_s: float) -> list[float]:
    """The mean of what is around, taken twice; narrower at the ends, so that they do not lag."""
    reach = round(_SOFTENED_S / step_s / 2)
    return _mean_around(_mean_around(path, reach), reach)


def _mean_around(path: Sequence[float], reach: int) -> list[float]:
    sums = [0.0, *accumulate(path)]
    last = len(path) - 1
    means = []
    for index in range(len(path)):
        near = min(reach, index, last - index)
        means.append((sums[index + near + 1] - sums[index - near]) / (2 * near + 1))
    return means


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


def _held(shown: Seen, times: Sequence[float], path: Sequence[float], axis: Axis) -> float:
    """Share of the moments at which the subject was seen that the crop shows it."""
    room = _HOLDS * axis.part
    last = len(times) - 1
    held = sum(
        abs(axis.inside(place) - path[min(bisect_left(times, at_s), last)]) <= room
        for at_s, place in shown
    )
    return held / len(shown)
