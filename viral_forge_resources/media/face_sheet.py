"""Faces of a video beside each other, each over the number that people call it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.contracts.sight import Box, FaceSight
from viral_forge_resources.media._container import open_media, picture_track
from viral_forge_resources.media._stills import frames_from, upright
from viral_forge_resources.media.tiles import Still, labelled_sheet

_AROUND = 0.5
"""Of a face's larger side, on each side: hair and shoulders tell who it is."""
_TICK_S = 0.02  # times of sights are rounded


def write_face_sheet(
    path: Path,
    facts: MediaProbe,
    faces: Sequence[tuple[str, FaceSight]],
    target: Path,
    *,
    title: str,
) -> None:
    """Write a JPEG of the faces, each over its label; where a picture is damaged, without it.

    Raises:
        BadInput: not one of them can be decoded.
    """
    tiles: list[tuple[str, Still]] = []
    size = facts.width_px, facts.height_px
    with open_media(path, name=path.name) as container:
        track = picture_track(container, name=path.name)
        track.thread_type = "AUTO"
        for label, sight in faces:
            frames = frames_from(container, track, facts.start_s, sight.at_s)
            shown = next((each for at_s, each in frames if at_s >= sight.at_s - _TICK_S), None)
            if shown is not None:
                picture = upright(shown, facts, size).crop(_part(sight.box, size))
                tiles.append((label, np.asarray(picture.convert("RGB"), dtype=np.uint8)))
    if not tiles:
        raise BadInput(
            path.name,
            reason="shows no picture where faces were seen",
            remedy="Copy or download it again, or export it anew.",
        )
    labelled_sheet(tiles, target, title=title)


def _part(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A square around the face, as far as the picture goes."""
    x, y = box.middle_px
    reach = (0.5 + _AROUND) * max(box.width_px, box.height_px)
    left, right = max(round(x - reach), 0), min(round(x + reach), size[0])
    top, bottom = max(round(y - reach), 0), min(round(y + reach), size[1])
    return left, top, max(right, left + 1), max(bottom, top + 1)
