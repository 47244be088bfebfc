"""What a render must know of its source besides the spec."""

from dataclasses import dataclass
from pathlib import Path

from viral_forge_resources.media._container import open_media, picture_track

_UNSPECIFIED = 2
_LAST_SD_HEIGHT = 576
_INTERLACED = range(2, 6)
"""Either field first, stored together or one after the other.

Source: https://ffmpeg.org/doxygen/trunk/codec__par_8h.html (AVFieldOrder)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """Of a video file, as FFmpeg will see it.

    Attributes:
        origin_s: time of the first picture, counted from the start of the file.
        assumed_matrix: colour matrix that players take where the file names none, else None.
        is_interlaced: every picture holds two moments, in alternate lines.
    """

    origin_s: float
    assumed_matrix: str | None
    is_interlaced: bool = False


def source_facts(path: Path, *, name: str) -> SourceFacts:
    """Read the head of the file.

    Raises:
        BadInput: there is no picture in it.
    """
    import av

    with open_media(path, name=name) as container:
        track = picture_track(container, name=name)
        codec = track.codec_context
        file_start_s = (container.start_time or 0) / av.time_base
        start_s = float((track.start_time or 0) * (track.time_base or 0))
        guess = "bt709" if min(codec.height, codec.width) > _LAST_SD_HEIGHT else "smpte170m"
        return SourceFacts(
            origin_s=max(0.0, start_s - file_start_s),
            assumed_matrix=guess if codec.colorspace == _UNSPECIFIED else None,
            is_interlaced=codec.field_order in _INTERLACED,
        )
