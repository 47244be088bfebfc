"""A few small pictures of a video, and their light and colours."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.contracts.vision import Keyframe, Tones
from viral_forge_resources.media._container import open_media, picture_track
from viral_forge_resources.media._stills import frames_from, upright

if TYPE_CHECKING:
    from PIL.Image import Image

_LONGER_SIDE_PX = 512
"""Enough to tell mood and light; more costs tokens and shows strangers more than they need."""

_QUALITY = 80
_TICK_S = 1e-6
_LUMA = (0.2126, 0.7152, 0.0722)


def keyframes(path: Path, facts: MediaProbe, moments_s: Sequence[float]) -> tuple[Keyframe, ...]:
    """The pictures that are on at those moments, in order; none twice, none where one is damaged.

    Raises:
        BadInput: not one of them can be decoded.
    """
    found: list[Keyframe] = []
    size = _size(facts)
    with open_media(path, name=path.name) as container:
        track = picture_track(container, name=path.name)
        track.thread_type = "AUTO"
        for moment_s in sorted(moments_s):
            frames = frames_from(container, track, facts.start_s, moment_s)
            first = next((each for each in frames if each[0] >= moment_s - _TICK_S), None)
            if first is not None and (not found or first[0] > found[-1].at_s):
                picture = upright(first[1], facts, size)
                found.append(Keyframe(at_s=first[0], jpeg=_jpeg(picture), tones=tones_of(picture)))
    if not found:
        raise BadInput(
            path.name,
            reason="shows no picture in the moment that was chosen",
            remedy="Copy or download it again, or export it anew.",
        )
    return tuple(found)


def tones_of(picture: "Image") -> Tones:
    """Light and colours of an RGB picture.

    Source: ITU-R BT.709 for the weights of the luma.
    """
    import numpy as np

    pixels = np.asarray(picture, dtype=np.float32) / 255
    red, green, blue = (float(each) for each in pixels.mean(axis=(0, 1)))
    luma = pixels @ np.array(_LUMA, dtype=np.float32)
    colourful = pixels.max(axis=2) - pixels.min(axis=2)
    shown = {
        "brightness": float(luma.mean()),
        "contrast": float(luma.std()),
        "saturation": float(colourful.mean()),
        "warmth": red - blue,
        "red": red,
        "green": green,
        "blue": blue,
    }
    return Tones(**{name: round(value, 4) for name, value in shown.items()})


def _size(facts: MediaProbe) -> tuple[int, int]:
    scale = min(1.0, _LONGER_SIDE_PX / max(facts.width_px, facts.height_px))
    return max(2, round(facts.width_px * scale)), max(2, round(facts.height_px * scale))


def _jpeg(picture: "Image") -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)  # as it was decoded: nothing of the file's own
    return out.getvalue()
