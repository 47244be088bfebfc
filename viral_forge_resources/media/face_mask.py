"""A grey video that says where a clip's faces are, small and without loss."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.sight import Box

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Mask = npt.NDArray[np.uint8]

_SHRINKS = 4
_LEAST_SIDE_PX = 96
_SOFT_PX = 1.2
"""Sigma of the edge, in pixels of the mask; it lies outside of what must be covered."""
_REACH_PX = 4


def write_mask(
    masks: Sequence[Sequence[Box]], target: Path, *, size_px: tuple[int, int], fps: Fraction
) -> None:
    """Write one picture for each of ``masks``: 255 inside the ellipses of its boxes, 0 elsewhere.

    Boxes are pixels of a picture of ``size_px``. The same in brightness and colour, so that no
    conversion changes it. Equal masks give equal bytes.
    """
    import av

    width, height = _size(size_px)
    scale = (width / size_px[0], height / size_px[1])
    with av.open(str(target), "w", format="matroska", options={"fflags": "+bitexact"}) as container:
        track = container.add_stream("ffv1", rate=fps)
        track.width, track.height, track.pix_fmt = width, height, "yuv420p"
        track.codec_context.thread_count = 1
        track.codec_context.options = {"flags": "+bitexact"}
        for number, boxes in enumerate(masks):
            frame = _frame(_drawn(boxes, (width, height), scale))
            frame.pts, frame.time_base = number, 1 / fps
            container.mux(track.encode(frame))
        container.mux(track.encode(None))


def _drawn(boxes: Sequence[Box], size: tuple[int, int], scale: tuple[float, float]) -> Mask:
    import cv2

    mask = np.zeros(size[::-1], dtype=np.uint8)
    for box in boxes:
        x, y = box.middle_px
        middle = round(x * scale[0]), round(y * scale[1])
        axes = (
            round(box.width_px * scale[0] / 2 + _REACH_PX),
            round(box.height_px * scale[1] / 2 + _REACH_PX),
        )
        cv2.ellipse(mask, middle, axes, 0, 0, 360, 255, -1)
    return cast("Mask", cv2.GaussianBlur(mask, (0, 0), _SOFT_PX)) if boxes else mask


def _frame(mask: Mask) -> "VideoFrame":
    from av.video.frame import VideoFrame

    colours = mask[::2, ::2].ravel().reshape(-1, mask.shape[1])
    return VideoFrame.from_ndarray(np.vstack([mask, colours, colours]), format="yuv420p")


def _size(size_px: tuple[int, int]) -> tuple[int, int]:
    """A fraction of the picture's size; both sides are multiples of 4, as planes want them."""
    shrinks = min(_SHRINKS, max(min(size_px) / _LEAST_SIDE_PX, 1))
    width, height = (max(round(length / shrinks / 4), 1) * 4 for length in size_px)
    return width, height
