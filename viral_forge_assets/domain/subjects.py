"""What a shot must show: the faces that matter, and texts large enough to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from viral_forge_resources.contracts.hearing import SPEECH
from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Shot, Stretch
from viral_forge_resources.contracts.sight import Box, Face, FaceSight, WrittenText

_LEAST_SEEN = 0.35
"""Of the time: who is seen for less walks by."""

_LEAST_SIZE = 0.3
"""Of the largest face's area: smaller ones are in the background."""

_SIGHTS_A_SECOND = 5

_LEAST_TEXT_HEIGHT = 0.025
_LEAST_TEXT_AREA = 0.004
"""Of the picture: smaller texts are logos and labels, which nobody misses."""

_LEAST_TEXT_S = 0.7

_IN_FRONT = 2.4
"""Times the area: people who talk with each other are about as far away."""

_SPEAKS_MORE = 1.6
"""Times as much as the other: less is chance."""
_LEAST_SPEAKING = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One face, or several that stand together, in the order of time.

    Attributes:
        boxes: around all of them, at times of the source.
        middles: between the outermost middles of the faces, as shares of the picture.
        reach: from there to the outermost middles at most, across and down, as shares.
    """

    boxes: tuple[tuple[float, Box], ...]
    middles: tuple[tuple[float, float, float], ...]
    reach: tuple[float, float]

    @property
    def rest(self) -> tuple[float, float]:
        """Where it usually is, as shares of the picture."""
        return median(x for _, x, _ in self.middles), median(y for _, _, y in self.middles)


def main_faces(shot: Shot, shown: Stretch) -> tuple[Face, ...]:
    """Faces that fill the shot's time, without those in the background, cut to what is shown."""
    cut = [Face(sights=_within(face.sights, shown)) for face in shot.faces]
    least = max(_LEAST_SEEN * shown.duration_s * _SIGHTS_A_SECOND, 1)
    there = [face for face in cut if len(face.sights) >= least]
    largest = max(map(_size, there), default=0.0)
    return tuple(face for face in there if _size(face) >= _LEAST_SIZE * largest)


def main_texts(shot: Shot, shown: Stretch, probe: MediaProbe) -> tuple[WrittenText, ...]:
    """Texts of the shot that are there to be read, and stand long enough for it."""
    return tuple(
        text
        for text in shot.texts
        if text.box.height_px >= _LEAST_TEXT_HEIGHT * probe.height_px
        and text.box.area_px >= _LEAST_TEXT_AREA * probe.width_px * probe.height_px
        and min(text.end_s, shown.end_s) - max(text.start_s, shown.start_s) >= _LEAST_TEXT_S
    )


def together(faces: Sequence[Face], probe: MediaProbe) -> Subject:
    """The faces as one subject; at moments at which one is not seen, the others are."""
    times = sorted({sight.at_s for face in faces for sight in face.sights})
    boxes, middles, reaches = [], [], [(0.0, 0.0)]
    for at_s in times:
        here = [sight.box for face in faces for sight in face.sights if sight.at_s == at_s]
        around = here[0]
        for box in here[1:]:
            around = around.with_other(box)
        across, down = zip(*(box.middle_px for box in here), strict=True)
        boxes.append((at_s, around))
        middles.append(
            (
                at_s,
                (min(across) + max(across)) / 2 / probe.width_px,
                (min(down) + max(down)) / 2 / probe.height_px,
            )
        )
        reaches.append(
            (
                (max(across) - min(across)) / 2 / probe.width_px,
                (max(down) - min(down)) / 2 / probe.height_px,
            )
        )
    reach = max(x for x, _ in reaches), max(y for _, y in reaches)
    return Subject(boxes=tuple(boxes), middles=tuple(middles), reach=reach)


def unheard(scene_map: SceneMap) -> tuple[Stretch, ...]:
    """When no one is heard to speak; silences where nobody could tell speech from other sound."""
    sound = scene_map.sound
    if sound is None or sound.no_speech_because is not None or SPEECH not in sound.kinds:
        return scene_map.silences
    found = []
    start = 0
    for kind, steps in groupby(sound.kinds, key=lambda each: each == SPEECH):
        end = start + len(list(steps))
        if not kind:
            found.append(Stretch(start_s=start * sound.step_s, end_s=end * sound.step_s))
        start = end
    return tuple(found)


def speaker(faces: Sequence[Face], silences: Sequence[Stretch]) -> Face | None:
    """The one who speaks clearly more than the others while something is heard; None: no one."""
    ranked = sorted(((_speaking(face, silences), number) for number, face in enumerate(faces)))
    (second, _), (first, number) = ranked[-2:] if len(ranked) > 1 else [(0.0, 0), *ranked]
    if first < max(_LEAST_SPEAKING, _SPEAKS_MORE * second):
        return None
    return faces[number]


def foremost(faces: Sequence[Face]) -> Face | None:
    """The face that is so much larger than the others that those are bystanders; None: none is."""
    largest, *others = sorted(faces, key=_size, reverse=True)
    is_in_front = all(_size(largest) >= _IN_FRONT * _size(each) for each in others)
    return largest if is_in_front else None


def _within(sights: Sequence[FaceSight], shown: Stretch) -> tuple[FaceSight, ...]:
    return tuple(sight for sight in sights if shown.start_s <= sight.at_s <= shown.end_s)


def _size(face: Face) -> float:
    return median(sight.box.area_px for sight in face.sights)


def _speaking(face: Face, silences: Sequence[Stretch]) -> float:
    heard = [
        sight.speaking
        for sight in face.sights
        if not any(silence.start_s <= sight.at_s < silence.end_s for silence in silences)
    ]
    return sum(heard) / len(heard) if heard else 0.0
