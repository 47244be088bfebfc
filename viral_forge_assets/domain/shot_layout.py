"""How one shot fills the frame: a crop that stands or pans, two panes, or the whole picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from viral_forge_assets.domain.panning import Axis, still_or_moving
from viral_forge_assets.domain.subjects import (
    Subject,
    foremost,
    main_faces,
    main_texts,
    speaker,
    together,
)
from viral_forge_assets.domain.two_up import panes_of_two
from viral_forge_resources.contracts.media import MediaProbe, Shot, Stretch
from viral_forge_resources.contracts.sight import Box, WrittenText

_CENTRE = 0.5
_MIDDLE = 0.3
"""Of the crop, to either side: faces are kept within the middle 60 %."""

_MIDDLE_OF_GROUP = 0.28  # a group wobbles, too
_CUT_OFF = 0.02
"""Of a text's width: its box has room around the letters."""

_RIM = 0.03
"""Of the crop, to either side: letters that touch the edge look cut, and a zoom does cut them."""


class Kind(StrEnum):
    """How a shot fills the frame."""

    PAN = "pan"
    STATIC = "static"
    TWO_UP = "two-up"
    FIT = "fit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotLayout:
    """What a shot shows.

    Attributes:
        middles: of the crop, across and down as shares of the picture, at each asked time; none
            for a pair and for the whole picture.
        panes: the two parts of a pair, the upper one first.
    """

    kind: Kind
    middles: tuple[tuple[float, float], ...] = ()
    panes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The shape to be filled: parts are shares of the picture, the aspect is the clip's own."""

    parts: tuple[float, float]
    aspect: float


def lay_out(
    shot: Shot,
    times: Sequence[float],
    frame: Frame,
    *,
    probe: MediaProbe,
    silences: Sequence[Stretch],
) -> ShotLayout:
    """How to show ``shot`` at ``times``, evenly spaced moments of the source."""
    shown = Stretch(start_s=times[0], end_s=times[-1])
    faces = main_faces(shot, shown)
    subject = together(faces, probe) if faces else None
    if subject is not None and not _fits(subject, frame, probe):
        leader = speaker(faces, silences) or foremost(faces)
        if leader is None:
            panes = panes_of_two(faces, probe, shown, aspect=2 * frame.aspect)
            return ShotLayout(kind=Kind.TWO_UP if panes else Kind.FIT, panes=panes)
        subject = together((leader,), probe)
    paths = _paths(shot, subject, times, frame)
    texts = main_texts(shot, shown, probe)
    if texts and not _show_texts(paths, texts, times, frame, probe):
        stills = _stills(paths, texts, subject, frame, probe)
        if stills is None:
            return ShotLayout(kind=Kind.FIT)
        paths = stills
    kind = Kind.PAN if any(len(path) > 1 for path in paths) else Kind.STATIC
    across, down = (path * len(times) if len(path) == 1 else path for path in paths)
    return ShotLayout(kind=kind, middles=tuple(zip(across, down, strict=True)))


def _fits(subject: Subject, frame: Frame, probe: MediaProbe) -> bool:
    """Whether one crop shows all of its faces, and none of them near its edge."""
    wholes = (probe.width_px, probe.height_px)
    lengths = (
        max(box.width_px for _, box in subject.boxes),
        max(box.height_px for _, box in subject.boxes),
    )
    is_one = subject.reach == (0.0, 0.0)
    return is_one or all(
        reach <= _MIDDLE_OF_GROUP * part and length <= part * whole
        for reach, length, part, whole in zip(
            subject.reach, lengths, frame.parts, wholes, strict=True
        )
    )


def _paths(
    shot: Shot, subject: Subject | None, times: Sequence[float], frame: Frame
) -> list[tuple[float, ...]]:
    """The crop's middle across and down: one place, or one for each time."""
    if subject is None:
        rests = (shot.focus_x, shot.focus_y)
        tracks = (
            [(point.at_s, point.x) for point in shot.track],
            [(point.at_s, point.y) for point in shot.track],
        )
    else:
        rests = subject.rest
        tracks = (
            [(at_s, x) for at_s, x, _ in subject.middles],
            [(at_s, y) for at_s, _, y in subject.middles],
        )
    return [
        still_or_moving(track, times, Axis(part=part, rest=_CENTRE if rest is None else rest))
        for track, rest, part in zip(tracks, rests, frame.parts, strict=True)
    ]


def _edges(
    text: WrittenText, frame: Frame, probe: MediaProbe
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where it starts and ends with the room that it needs, as shares of the picture."""
    box, slack = text.box, _CUT_OFF * text.box.width_px
    across, down = (_RIM * part for part in frame.parts)
    return (
        (
            max((box.x_px + slack) / probe.width_px - across, 0.0),
            min((box.right_px - slack) / probe.width_px + across, 1.0),
        ),
        (
            max((box.y_px + slack) / probe.height_px - down, 0.0),
            min((box.bottom_px - slack) / probe.height_px + down, 1.0),
        ),
    )


def _show_texts(
    paths: Sequence[Sequence[float]],
    texts: Sequence[WrittenText],
    times: Sequence[float],
    frame: Frame,
    probe: MediaProbe,
) -> bool:
    """Whether the crop shows the whole of every text for as long as it stands."""
    for text in texts:
        for path, part, (first, last) in zip(
            paths, frame.parts, _edges(text, frame, probe), strict=True
        ):
            middles = [
                middle
                for at_s, middle in zip(times, _spread(path, times), strict=True)
                if text.start_s <= at_s <= text.end_s
            ]
            if any(first < middle - part / 2 or last > middle + part / 2 for middle in middles):
                return False
    return True


def _spread(path: Sequence[float], times: Sequence[float]) -> Sequence[float]:
    return path if len(path) > 1 else [path[0]] * len(times)


def _stills(
    paths: Sequence[Sequence[float]],
    texts: Sequence[WrittenText],
    subject: Subject | None,
    frame: Frame,
    probe: MediaProbe,
) -> list[tuple[float, ...]] | None:
    """Still places that show all texts, and the subject well; None where there are none."""
    stills: list[tuple[float, ...]] = []
    for number, (path, part) in enumerate(zip(paths, frame.parts, strict=True)):
        if part >= 1:
            stills.append((_CENTRE,))
            continue
        edges = [_edges(text, frame, probe)[number] for text in texts]
        lowest = max(part / 2, *(last - part / 2 for _, last in edges))
        highest = min(1 - part / 2, *(first + part / 2 for first, _ in edges))
        if subject is not None:
            room = _MIDDLE * part - subject.reach[number]
            places = [middle[1 + number] for middle in subject.middles]
            lowest, highest = max(lowest, max(places) - room), min(highest, min(places) + room)
        if lowest > highest:
            return None
        stills.append((min(max(median(path), lowest), highest),))
    return stills
