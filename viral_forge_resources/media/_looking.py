"""Looks for faces in the pictures of a video, with less effort where less shows as much."""

import numpy as np

from viral_forge_resources.media._people import SURE, FaceLook, likeness
from viral_forge_resources.media._shots import Picture, change_between
from viral_forge_resources.media._sight import Colours, Finder, Found

FACE_GRID_PX = 32
"""Both sides of what the finder looks at are multiples of it."""

_LARGE_FACE, _PLAIN = 0.15, 0.75
"""Of the picture's height, and the least certainty: such faces are found as well in half the area,
at places that differ by 1 % of their height. Of fainter ones a third was missed. Where there are
several, who speaks is told by changes of the mouth that are as small as that: they are all looked
at in the same size."""

_SHRUNK = 0.7
_SHRUNK_LOOKS = 4
"""Between two looks at everything: someone small may come in beside someone large."""

_EMPTY_LOOKS = 5
"""After so many without the faintest face, every second picture is enough."""

_OTHER_PICTURE = 0.05
"""Mean change from one look to the next, of a cut or of something large that comes in."""


class FaceLooker:
    """Shown pictures in time order, by one thread: how it looks depends on what it saw before."""

    def __init__(self, faces: Finder) -> None:
        self._faces = faces
        self._before: Picture | None = None
        self._empty = 0
        self._shrunk_left = 0

    def __call__(self, picture: Colours, at_s: float, small: Picture) -> FaceLook | None:
        """The faces in ``picture``; None where it was not worth a look."""
        if self._before is None or change_between(self._before, small) > _OTHER_PICTURE:
            self._empty = self._shrunk_left = 0
        elif self._empty >= _EMPTY_LOOKS and (self._empty - _EMPTY_LOOKS) % 2 == 0:
            self._empty += 1
            return None
        self._before = small
        found = self._found(picture)
        self._empty = 0 if found else self._empty + 1
        return FaceLook(at_s=at_s, found=tuple((each, likeness(picture, each)) for each in found))

    def _found(self, picture: Colours) -> tuple[Found, ...]:
        if self._shrunk_left:
            self._shrunk_left -= 1
            found = tuple(self._faces(_shrunk(picture)))
            if _is_one_large(found, SURE):
                return found
        found = tuple(self._faces(picture))
        self._shrunk_left = _SHRUNK_LOOKS if _is_one_large(found, _PLAIN) else 0
        return found


def _is_one_large(found: tuple[Found, ...], certainty: float) -> bool:
    return len(found) == 1 and found[0].height >= _LARGE_FACE and found[0].certainty >= certainty


def _shrunk(picture: Colours) -> Colours:
    import cv2

    tall, wide = (
        max(round(length * _SHRUNK / FACE_GRID_PX), 1) * FACE_GRID_PX
        for length in picture.shape[:2]
    )
    return np.asarray(
        cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_AREA), dtype=np.uint8
    )
