"""The H.264 encoders that FFmpeg may have, and how each is told what quality a recipe wants."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

MAX_RATE = "16M"
"""Grain and confetti would otherwise make files that platforms refuse."""

CPU = "cpu"

_RATE = ("-maxrate", MAX_RATE, "-bufsize", MAX_RATE)
_FINER = 2
"""Steps of QP below x264's CRF: hardware looks worse at the same one; six steps double the bits."""
_FINEST = 1

Options: TypeAlias = Callable[[int, str], tuple[str, ...]]
"""FFmpeg's options for a quality, as x264's CRF, and one of x264's presets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """One H.264 encoder.

    Attributes:
        codec: FFmpeg's name of it.
        last_filters: what brings a finished picture to where it encodes.
        needs_gpu_file: it is opened by the name of a device file.
    """

    name: str
    codec: str
    options: Options
    last_filters: str = ""
    needs_gpu_file: bool = False


def _x264(crf: int, preset: str) -> tuple[str, ...]:
    # By frames, x264's threads gave other bytes each time; by slices they give the same, in less
    # time, for 1.6 % more of them.
    quality = ("-preset", preset, "-crf", str(crf), "-x264-params", "sliced-threads=1")
    return (*quality, *_RATE, "-profile:v", "high")


def _nvenc(crf: int, _preset: str) -> tuple[str, ...]:
    """Constant quality under a ceiling.

    Source: https://docs.nvidia.com/video-technologies/video-codec-sdk/13.0/ffmpeg-with-nvidia-gpu/
    """
    quality = ("-preset", "p5", "-tune", "hq", "-rc", "vbr", "-cq", _finer(crf), "-b:v", "0")
    return (*quality, *_RATE, "-profile:v", "high")


def _videotoolbox(crf: int, _preset: str) -> tuple[str, ...]:
    """A quality from 1 to 100, which Apple's chips alone take; there is no ceiling beside it.

    A CRF of 21 is 65. Source: https://ffmpeg.org/ffmpeg-codecs.html#VideoToolbox
    """
    quality = str(max(1, round(100 - crf * 5 / 3)))
    return ("-q:v", quality, "-allow_sw", "0", "-profile:v", "high")


def _qsv(crf: int, _preset: str) -> tuple[str, ...]:
    """QVBR: a quality under a ceiling; it is chosen where a rate is named as well.

    Source: https://ffmpeg.org/ffmpeg-codecs.html#QSV-Encoders
    """
    quality = ("-preset", "medium", "-global_quality", _finer(crf), "-b:v", "12M")
    return (*quality, *_RATE, "-profile:v", "high")


def _vaapi(crf: int, _preset: str) -> tuple[str, ...]:
    """Constant QP: the one mode of quality that every driver has; there is no ceiling beside it.

    Source: https://ffmpeg.org/ffmpeg-codecs.html#VAAPI-encoders
    """
    return ("-rc_mode", "CQP", "-qp", _finer(crf), "-profile:v", "high")


def _finer(crf: int) -> str:
    return str(max(_FINEST, crf - _FINER))


X264 = Encoder(name=CPU, codec="libx264", options=_x264)

HARDWARE: Mapping[str, Encoder] = MappingProxyType(
    {
        each.name: each
        for each in (
            Encoder(name="nvenc", codec="h264_nvenc", options=_nvenc),
            Encoder(name="videotoolbox", codec="h264_videotoolbox", options=_videotoolbox),
            Encoder(name="qsv", codec="h264_qsv", options=_qsv, last_filters="format=nv12"),
            Encoder(
                name="vaapi",
                codec="h264_vaapi",
                options=_vaapi,
                last_filters="format=nv12,hwupload",
                needs_gpu_file=True,
            ),
        )
    }
)
"""In the order in which they are tried."""
