"""Looks at thumbnails: 64 bits each, of which pictures that look alike differ in few."""

import asyncio
import io
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.calls import tools_for
from viral_forge_resources.contracts.errors import ViralForgeError
from viral_forge_resources.contracts.scanning import ScanTools
from viral_forge_resources.contracts.thumbnails import Thumbnail
from viral_forge_resources.contracts.web import Pace, Web, WebRequest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_AT_ONCE = 200
"""Of one round; more are left for the next."""

_CALLER = "thumbnails"
_MOST_BYTES = 2_000_000
_MOST_PIXELS = 16_000_000  # a small file may hold a picture of any size
_PACE = Pace(at_once=16)  # pictures come from hosts made to serve many of them
_SIDE_PX = 32
_LOW = slice(1, 9)
_DARKEST = 24  # of 255: bars are black, give or take what JPEG does to them
_LEAST_SHOWN = 0.2  # of the picture; less is a dark picture, not one with bars
_LEAST_CONTRAST = 4.0


class _NoPicture(ValueError):
    """The bytes cannot be compared; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebThumbnailHasher:
    """``contracts.thumbnails.ThumbnailHasher`` over the web.

    Attributes:
        open_tools: opens what reaches the web, for as long as one call lasts.
        deadline_s: of all thumbnails together.
    """

    open_tools: Callable[[], AbstractAsyncContextManager[ScanTools]]
    deadline_s: float = 8.0

    def __call__(self, urls: Sequence[str]) -> tuple[Thumbnail, ...]:
        """What each shows, or why that is unknown; those not reached in time are left out."""
        return asyncio.run(self._hash(urls)) if urls else ()

    async def _hash(self, urls: Sequence[str]) -> tuple[Thumbnail, ...]:
        async with self.open_tools() as tools:
            web = tools_for(_CALLER, tools).web
            return await hash_thumbnails(urls, web, deadline_s=self.deadline_s)


async def hash_thumbnails(
    urls: Sequence[str], web: Web, *, deadline_s: float
) -> tuple[Thumbnail, ...]:
    """What each of the first thumbnails shows, in their order, all asked for at once.

    One that was not reached before the deadline is left out: nothing is known of it yet.
    """
    wanted = list(dict.fromkeys(urls))[:MOST_AT_ONCE]
    tasks = [asyncio.create_task(_looked_at(url, web)) for url in wanted]
    if not tasks:
        return ()
    try:
        done, _ = await asyncio.wait(tasks, timeout=deadline_s)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return tuple(task.result() for task in tasks if task in done)


async def _looked_at(url: str, web: Web) -> Thumbnail:
    request = WebRequest(url=url, pace=_PACE, max_bytes=_MOST_BYTES)
    shown: str | None = None
    reason: str | None = None
    try:
        answer = await web.send(request)
        shown = await asyncio.to_thread(perceptual_hash, answer.body)
    except (ViralForgeError, _NoPicture) as error:
        reason = str(error)
    return Thumbnail(url=url, perceptual_hash=shown, reason=reason, hashed_at=datetime.now(UTC))


def perceptual_hash(picture: bytes) -> str:
    """16 hex digits: which of the picture's 64 lowest frequencies are above their median.

    In grey, without the bars that platforms put around, at 32 x 32 pixels: the discrete cosine
    transform's coefficients 1 to 8 in both directions, the mean brightness left out.

    Source: C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010,
    section 3.2.1, https://www.phash.org/docs/pubs/thesis_zauner.pdf

    Raises:
        ValueError: it is no picture, or one that shows nothing; the message says which.
    """
    import cv2
    import numpy as np

    grey = _without_bars(_grey(picture))
    small = cv2.resize(grey, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    if float(small.std()) < _LEAST_CONTRAST:
        raise _NoPicture("shows one colour all over")
    low = cv2.dct(small.astype(np.float32))[_LOW, _LOW].flatten()
    bits = (low > np.median(low)).tolist()
    return f"{sum(1 << place for place, bit in enumerate(bits) if bit):016x}"


def _grey(picture: bytes) -> "NDArray[np.uint8]":
    import cv2
    import numpy as np

    _check_size(picture)
    try:
        grey = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise _NoPicture("is a picture that cannot be read") from error
    if grey is None:
        raise _NoPicture("is a picture that cannot be read")
    return np.asarray(grey, np.uint8)


def _check_size(picture: bytes) -> None:
    """Read the size from the head of the file: decoding would already take the memory."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(picture)) as opened:
            width_px, height_px = opened.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _NoPicture("has far too many pixels for a thumbnail") from error
    except (OSError, SyntaxError, ValueError) as error:  # Pillow raises all three on odd bytes
        raise _NoPicture("is no picture") from error
    if width_px * height_px > _MOST_PIXELS:
        raise _NoPicture(f"is {width_px} x {height_px} pixels: no thumbnail is that large")


def _without_bars(grey: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    import numpy as np

    bright = grey > _DARKEST
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    if rows.size == 0:
        return grey
    shown = grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return shown if shown.size >= _LEAST_SHOWN * grey.size else grey
