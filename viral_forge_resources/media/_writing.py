"""Tells how long each text stands, from the few pictures of a shot that were read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from viral_forge_resources.contracts.sight import Box, WrittenText
from viral_forge_resources.media._sight import Found, covered

_SAME_PLACE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in one picture."""

    at_s: float
    found: tuple[Found, ...]


def texts(
    readings: Sequence[Reading], *, start_s: float, end_s: float, size_px: tuple[int, int]
) -> tuple[WrittenText, ...]:
    """The texts of a shot from ``start_s`` to ``end_s``, in the order in which they appear.

    A text may stand from the reading before it up to the reading after it.
    """
    done: list[WrittenText] = []
    standing: list[tuple[Found, WrittenText]] = []
    free_until_s = start_s
    for number, reading in enumerate(readings):
        later = readings[number + 1].at_s if number + 1 < len(readings) else end_s
        still: list[tuple[Found, WrittenText]] = []
        for found in reading.found:
            before = next(
                (each for each in standing if covered(each[0], found) >= _SAME_PLACE), None
            )
            text = _seen(found, free_until_s, later, size_px)
            if before is not None:
                standing.remove(before)
                text = replace(before[1], end_s=text.end_s, box=before[1].box.with_other(text.box))
            still.append((found, text))
        done += [text for _, text in standing]
        standing, free_until_s = still, reading.at_s
    done += [text for _, text in standing]
    return tuple(sorted(done, key=lambda text: (text.start_s, text.box.y_px, text.box.x_px)))


def _seen(found: Found, start_s: float, end_s: float, size_px: tuple[int, int]) -> WrittenText:
    wide, tall = size_px
    box = Box(
        x_px=round(found.x * wide, 1),
        y_px=round(found.y * tall, 1),
        width_px=round(found.width * wide, 1),
        height_px=round(found.height * tall, 1),
    )
    return WrittenText(start_s=round(start_s, 3), end_s=round(end_s, 3), box=box, text=found.text)
