"""Decides which faces a clip hides, and what of each of its pictures that takes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

from pydantic import ConfigDict

from viral_forge_assets.domain.face_tracks import FaceTrack, grown
from viral_forge_assets.domain.variation import WRITTEN_BY_PEOPLE
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.hiding import Veil
from viral_forge_resources.contracts.media import SceneMap, Stretch
from viral_forge_resources.contracts.sight import Box, Face

_AROUND = 0.28
"""Of a face's size, added on each side: an ellipse in there covers the corners of its box, hair,
ears and chin as well."""

_CELLS = 3.5
"""In the height of the largest hidden face. At 4, and blurred, finders find none; at 6 they do."""
_LEAST_CELL_PX = 8

_SAME = 0.3
"""Of what two boxes cover together: if both cover more than this, they are one face."""
_TOUCHES = 0.05
_NEAR_S = 0.35
"""Between two sights of a face by ``scene_map``, and a little more."""
_MOSTLY = 0.6
_SLACK = 1.01
_LONGEST_UNSEEN_S = 0.5
"""Who comes back after longer may be someone else."""


class Hide(StrEnum):
    """Whose face a recipe hides."""

    ALL = "all"
    ALL_BUT = "all_but"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceRule:
    """What a recipe says of faces.

    Attributes:
        hide: ``all_but`` spares the faces that are named where the edit plan is launched; where
            none is named, there is none to spare.
    """

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    hide: Hide
    how: Veil = Veil.BLUR


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedFace:
    """A face of the scene map by the number that people call it.

    Attributes:
        number: 1 is the first one; counted through all shots, so one person has a number in each.
    """

    number: int
    shot: int
    face: Face


def numbered_faces(scene_map: SceneMap) -> tuple[NumberedFace, ...]:
    """All faces, shot by shot, the most prominent of each first."""
    faces = [(number, face) for number, shot in enumerate(scene_map.shots) for face in shot.faces]
    return tuple(
        NumberedFace(number=number, shot=shot, face=face)
        for number, (shot, face) in enumerate(faces, start=1)
    )


def spared_faces(
    rule: FaceRule, numbers: Sequence[int], known: Sequence[NumberedFace]
) -> tuple[NumberedFace, ...]:
    """The faces that stay to be seen.

    Raises:
        BadInput: a number names no face; or the recipe hides all, and yet one is named.
    """
    if numbers and rule.hide is Hide.ALL:
        raise BadInput(
            f"face {numbers[0]}",
            reason="cannot be shown by a recipe that hides all faces",
            remedy="Take a recipe that says 'all_but', or name no face.",
        )
    for number in numbers:
        if number not in {each.number for each in known}:
            raise BadInput(
                f"face {number}",
                reason=f"is none of the {len(known)} faces of the source",
                remedy="Look into the metadata of scene_map: it numbers them.",
            )
    return tuple(each for each in known if each.number in numbers)


def most_at_once(faces: Collection[NumberedFace]) -> int:
    """How many of the faces are in one shot, at most."""
    shots = [each.shot for each in faces]
    return max(map(shots.count, shots), default=0)


def hidden_tracks(
    tracks: Sequence[FaceTrack],
    spared: Collection[NumberedFace],
    known: Collection[NumberedFace],
) -> tuple[FaceTrack, ...]:
    """Those that are not a spared face, and of those that are what may be someone else.

    Once a spared face was out of sight, or touched another one, nobody can tell who is who: from
    then on both are hidden. In doubt, a face is hidden.
    """
    if not spared:
        return tuple(tracks)
    others = [each for each in known if each not in spared]
    shown = [track for track in tracks if _is_spared(track, spared, others)]
    hidden = [track for track in tracks if track not in shown]
    for track in shown:
        doubts = [_first_touch_s(track, hidden), _first_return_s(track)]
        from_s = min((at_s for at_s in doubts if at_s is not None), default=None)
        if from_s is not None:
            hidden.append(_from(track, from_s))
    return tuple(hidden)


def hidden_boxes(
    tracks: Sequence[FaceTrack], segments: Sequence[Stretch], fps: Fraction
) -> tuple[tuple[Box, ...], ...]:
    """What is veiled on each picture of the clip, in pixels of the upright source.

    Cuts and pictures are rounded to the clip's grid, so that near a cut a picture of the other shot
    may be shown: each veil is there for one picture longer.
    """
    slack_s = _SLACK * float(1 / fps)
    return tuple(
        tuple(
            grown(around, _AROUND)
            for track in tracks
            if (around := track.around(at_s, slack_s)) is not None
        )
        for at_s in _source_times(segments, fps)
    )


def cell_px(tracks: Sequence[FaceTrack]) -> int:
    """How coarse the veil must be for the largest face."""
    tallest = max((track.tallest_px for track in tracks), default=0.0)
    return max(round(tallest / _CELLS), _LEAST_CELL_PX)


def _source_times(segments: Sequence[Stretch], fps: Fraction) -> list[float]:
    times: list[float] = []
    elapsed_s = 0.0
    for segment in segments:
        elapsed_s += segment.duration_s
        frames = round(elapsed_s * fps) - len(times)
        times += [segment.start_s + float(number / fps) for number in range(frames)]
    return times


def _is_spared(
    track: FaceTrack, spared: Collection[NumberedFace], others: Collection[NumberedFace]
) -> bool:
    """Whether it is where a spared face was seen most of the time, and where no other one was."""
    like = max(_match(track, each.face) for each in spared)
    unlike = max((_match(track, each.face) for each in others), default=0.0)
    return like >= _MOSTLY and unlike < _TOUCHES


def _match(track: FaceTrack, face: Face) -> float:
    """Share of the places at which the track was seen at which the face was seen as well."""
    seen = [
        (at_s, box)
        for (at_s, box), is_seen in zip(track.places, track.is_seen, strict=True)
        if is_seen
    ]
    same = sum(
        any(
            abs(sight.at_s - at_s) <= _NEAR_S and _overlap(sight.box, box) >= _SAME
            for sight in face.sights
        )
        for at_s, box in seen
    )
    return same / len(seen)


def _overlap(one: Box, other: Box) -> float:
    both = one.shared_px(other)
    return both / (one.area_px + other.area_px - both)


def _first_touch_s(track: FaceTrack, others: Sequence[FaceTrack]) -> float | None:
    touches = (
        at_s
        for at_s, box in track.places
        for other in others
        if (there := other.at(at_s)) is not None and box.shared_px(there) > 0
    )
    return next(touches, None)


def _first_return_s(track: FaceTrack) -> float | None:
    seen_s = [
        at_s for (at_s, _), is_seen in zip(track.places, track.is_seen, strict=True) if is_seen
    ]
    returns = (after for before, after in pairwise(seen_s) if after - before > _LONGEST_UNSEEN_S)
    return next(returns, None)


def _from(track: FaceTrack, at_s: float) -> FaceTrack:
    kept = [number for number, (time_s, _) in enumerate(track.places) if time_s >= at_s]
    return FaceTrack(
        places=tuple(track.places[number] for number in kept),
        is_seen=tuple(track.is_seen[number] for number in kept),
        until_s=track.until_s,
    )
