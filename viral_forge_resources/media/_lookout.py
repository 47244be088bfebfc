"""Looks for faces and text in pictures that pass by once, no more often than is of use."""

from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from viral_forge_resources.contracts.media import MediaProbe, Shot
from viral_forge_resources.media._aside import Aside
from viral_forge_resources.media._looking import FACE_GRID_PX, FaceLooker
from viral_forge_resources.media._people import FaceLook, people
from viral_forge_resources.media._shots import Picture, change_between
from viral_forge_resources.media._sight import Colours, Finder, Sight
from viral_forge_resources.media._writing import Reading, texts

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter

_FACE_STEP_S = 0.2
_FACE_AREA_PX = 320 * 192
_LONGEST_FACE_SIDE_PX = 960

_TEXT_SIDE_PX = 960
_SNAPSHOT_STEP_S = 0.5
_LEAST_SNAPSHOT_STEP_S = 0.1
_NEW_PICTURE = 0.05
"""Mean change from the snapshot before: a short shot must have a snapshot of its own."""

_SETTLED_S = 0.3
"""The first pictures of a shot are often still those of a transition."""

_READ_EVERY_S = 2.5
_UNREAD_S = 1.0
"""An end of a shot that is longer than this is read as well: texts come late and stay."""

_SAME_MOMENT_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    at_s: float
    picture: Colours
    small: Picture


class Lookout:
    """Takes pictures in time order, and is told of cuts as they are found.

    Faces and text are looked for in threads of their own: the decoder need not wait.
    """

    def __init__(self, sight: Sight, probe: MediaProbe, *, start_s: float = 0.0) -> None:
        from av.video.reformatter import VideoReformatter

        self._sight = sight
        self._probe = probe
        self._face_shrinker, self._text_shrinker = VideoReformatter(), VideoReformatter()
        self._face_size, self._text_size = _face_size(probe), _text_size(probe)
        self._looker = None if sight.faces is None else FaceLooker(sight.faces)
        self._looks: Aside[FaceLook | None] = Aside()
        self._readings: Aside[Reading] = Aside()
        self._looked_s: float | None = None
        self._snapshots: deque[_Snapshot] = deque()
        self._shot_s = start_s
        self._read_s: float | None = None
        self._waiting: _Snapshot | None = None
        self._last: _Snapshot | None = None

    def see(self, at_s: float, frame: "VideoFrame", small: Picture) -> None:
        """Look at a picture, if it is time to."""
        looker = self._looker
        if looker is not None and (
            self._looked_s is None or at_s >= self._looked_s + _FACE_STEP_S - _SAME_MOMENT_S
        ):
            self._looked_s = at_s
            picture = self._upright(frame, self._face_shrinker, self._face_size)
            self._looks.do(partial(looker, picture, at_s, small))
        if self._sight.texts is not None and self._is_worth_keeping(at_s, small):
            picture = self._upright(frame, self._text_shrinker, self._text_size)
            self._last = _Snapshot(at_s=at_s, picture=picture, small=small)
            self._snapshots.append(self._last)

    def know(self, shot_s: float, known_s: float) -> None:
        """Told that a shot starts at ``shot_s``, and that until ``known_s`` no other one does."""
        while self._snapshots and self._snapshots[0].at_s <= known_s:
            snapshot = self._snapshots.popleft()
            if snapshot.at_s >= shot_s > self._shot_s:
                self._end_shot(shot_s)
            self._consider(snapshot)

    def seen_in(self, shots: tuple[Shot, ...]) -> tuple[Shot, ...]:
        """The shots with the faces and texts in them, once every picture has passed by."""
        while self._snapshots:
            snapshot = self._snapshots.popleft()
            start_s = max(shot.start_s for shot in shots if shot.start_s <= snapshot.at_s)
            if start_s > self._shot_s:
                self._end_shot(start_s)
            self._consider(snapshot)
        self._end_shot(shots[-1].end_s)
        return tuple(self._with_sights(shot) for shot in shots)

    def close(self) -> None:
        """Stop looking, whatever is still to be looked at."""
        self._looks.close()
        self._readings.close()

    def _with_sights(self, shot: Shot) -> Shot:
        size_px = (self._probe.width_px, self._probe.height_px)
        looks = [
            look
            for look in self._looks.results()
            if look and shot.start_s <= look.at_s < shot.end_s
        ]
        read = [each for each in self._readings.results() if shot.start_s <= each.at_s < shot.end_s]
        written = texts(read, start_s=shot.start_s, end_s=shot.end_s, size_px=size_px)
        return replace(shot, faces=people(looks, size_px=size_px), texts=written)

    def _is_worth_keeping(self, at_s: float, small: Picture) -> bool:
        if self._last is None or at_s >= self._last.at_s + _SNAPSHOT_STEP_S:
            return True
        is_new = change_between(self._last.small, small) > _NEW_PICTURE
        return is_new and at_s >= self._last.at_s + _LEAST_SNAPSHOT_STEP_S

    def _consider(self, snapshot: _Snapshot) -> None:
        self._waiting = snapshot
        since_s = (
            self._shot_s + _SETTLED_S if self._read_s is None else self._read_s + _READ_EVERY_S
        )
        if snapshot.at_s >= since_s:
            self._read()

    def _end_shot(self, end_s: float) -> None:
        if self._read_s is None or self._read_s < end_s - _UNREAD_S:
            self._read()
        self._shot_s, self._read_s, self._waiting = end_s, None, None

    def _read(self) -> None:
        if self._waiting is None or self._sight.texts is None:
            return
        waiting = self._waiting
        self._readings.do(partial(_reading, self._sight.texts, waiting.picture, waiting.at_s))
        self._read_s, self._waiting = self._waiting.at_s, None

    def _upright(
        self, frame: "VideoFrame", shrinker: "VideoReformatter", size: tuple[int, int]
    ) -> Colours:
        turns = self._probe.rotation_deg // 90
        width, height = size[::-1] if turns % 2 else size
        shrunk = shrinker.reformat(
            frame, width=width, height=height, format="rgb24", interpolation="BILINEAR"
        )
        return np.ascontiguousarray(np.rot90(shrunk.to_ndarray(), k=-turns))


def _reading(texts: Finder, picture: Colours, at_s: float) -> Reading:
    return Reading(at_s=at_s, found=tuple(texts(picture)))


def _face_size(probe: MediaProbe) -> tuple[int, int]:
    """Near the picture's shape, on the grid that the finder needs, always as much to look at."""
    aspect = probe.width_px / probe.height_px
    lengths = sqrt(_FACE_AREA_PX * aspect), sqrt(_FACE_AREA_PX / aspect)
    width, height = (
        FACE_GRID_PX
        * min(max(round(length / FACE_GRID_PX), 1), _LONGEST_FACE_SIDE_PX // FACE_GRID_PX)
        for length in lengths
    )
    return width, height


def _text_size(probe: MediaProbe) -> tuple[int, int]:
    longest = max(probe.width_px, probe.height_px)
    width, height = (
        max(round(length * _TEXT_SIDE_PX / longest / 2) * 2, 2)
        for length in (probe.width_px, probe.height_px)
    )
    return width, height
