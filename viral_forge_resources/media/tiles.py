"""Labelled stills beside each other: how one thing looks in many ways."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from viral_forge_resources.media.sheets import drawn_tiles

Still = npt.NDArray[np.uint8]
"""8-bit RGB, shape (height, width, 3)."""

_TILE_PX = 216
_COLUMNS = 6
_QUALITY = 88
_COARSE = 8
"""Every so many pixels tell which picture changed most."""


def stills(clip: Path) -> tuple[Still, ...]:
    """All pictures of a short clip."""
    import av

    with av.open(str(clip)) as container:
        return tuple(
            np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
            for frame in container.decode(video=0)
        )


def most_changed(pictures: Sequence[Still], untouched: Sequence[Still]) -> Still:
    """The picture that differs most from the one at its place in ``untouched``."""
    changes = [
        np.abs(picture[::_COARSE, ::_COARSE].astype(np.int16) - before[::_COARSE, ::_COARSE]).mean()
        for picture, before in zip(pictures, untouched, strict=True)
    ]
    return pictures[int(np.argmax(changes))]


def labelled_sheet(tiles: Sequence[tuple[str, Still]], target: Path, *, title: str) -> None:
    """Write a JPEG of the stills, each over its label, in tiles of the tallest one's shape."""
    from PIL import Image, ImageOps

    tallest = max(picture.shape[0] / picture.shape[1] for _, picture in tiles)
    size = (_TILE_PX, round(_TILE_PX * tallest))
    small = [(label, ImageOps.pad(Image.fromarray(picture), size)) for label, picture in tiles]
    sheet = drawn_tiles(small, title, columns=min(_COLUMNS, len(tiles)))
    sheet.save(target, "JPEG", quality=_QUALITY, optimize=True)
