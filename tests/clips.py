"""Tiny sources made with FFmpeg, and what can be seen in the clips rendered from them."""

import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

from viral_forge_resources.contracts.media import (
    CropKey,
    Framing,
    FramingMode,
    RenderReport,
    RenderSpec,
    Stretch,
)
from viral_forge_resources.media.renderer import FfmpegRenderer

MEDIA = Path(__file__).parents[2] / "shared" / "media"

WIDTH_PX, HEIGHT_PX = 90, 160
QUICK = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-c:a", "aac")


def make(target: Path, *arguments: str) -> Path:
    """Run FFmpeg with the arguments and leave its output at ``target``."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    subprocess.run([*command, f"file:{target}"], check=True)  # noqa: S603  the tests' own words
    return target


def lavfi(*descriptions: str) -> list[str]:
    """Arguments that take each description as an input."""
    return [part for each in descriptions for part in ("-f", "lavfi", "-i", each)]


def coloured_seconds(target: Path, *colours: str, size: str = "160x90", fps: int = 25) -> Path:
    """A silent video that shows each colour for one second."""
    inputs = lavfi(*(f"color={colour}:s={size}:r={fps}:d=1" for colour in colours))
    graph = f"concat=n={len(colours)},format=yuv420p"
    return make(target, *inputs, "-filter_complex", graph, *QUICK)


def stretches(*times: tuple[float, float]) -> tuple[Stretch, ...]:
    """From pairs of start and end."""
    return tuple(Stretch(start_s=start_s, end_s=end_s) for start_s, end_s in times)


def cropped(width_px: int, height_px: int, *path: tuple[float, int, int]) -> Framing:
    """A crop along (time, x, y)."""
    keys = tuple(CropKey(at_s=at_s, x_px=x, y_px=y) for at_s, x, y in path or ((0.0, 0, 0),))
    return Framing(mode=FramingMode.CROP, width_px=width_px, height_px=height_px, path=keys)


def whole(width_px: int, height_px: int) -> Framing:
    """The whole picture over a blurred one."""
    return Framing(mode=FramingMode.FIT, width_px=width_px, height_px=height_px)


def spec_of(
    *times: tuple[float, float],
    framing: Framing | None = None,
    fps: Fraction = Fraction(30),
    has_sound: bool = False,
    gain_db: float | None = None,
    is_hdr: bool = False,
) -> RenderSpec:
    """A tiny clip of a 160x90 source unless told otherwise."""
    return RenderSpec(
        segments=stretches(*times),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        fps=fps,
        framing=framing or cropped(50, 90),
        has_sound=has_sound,
        gain_db=gain_db,
        is_hdr=is_hdr,
        preset="ultrafast",
    )


def render(
    source: Path, target: Path, spec: RenderSpec, captions: Path | None = None
) -> RenderReport:
    """Render without looking at progress."""
    return FfmpegRenderer().render(
        source, target, spec=spec, captions=captions, on_progress=lambda _share: None
    )


def pictures(clip: Path) -> list[np.ndarray]:
    """Every frame as RGB, decoded as players do."""
    with av.open(str(clip)) as container:
        return [
            frame.to_ndarray(
                format="rgb24", src_colorspace="ITU709", src_color_range="MPEG", dst_colorspace=1
            )
            for frame in container.decode(video=0)
        ]


def samples(clip: Path) -> np.ndarray:
    """The left channel, from the first sample that is heard."""
    with av.open(str(clip)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def colour_at(picture: np.ndarray, x: float = 0.5, y: float = 0.5) -> str:
    """Name of the nearest pure colour at a place given as shares of width and height."""
    height, width, _ = picture.shape
    pixel = picture[int(y * (height - 1)), int(x * (width - 1))] > 127
    return _NAMES[tuple(bool(channel) for channel in pixel)]


def colours(clip: Path, x: float = 0.5, y: float = 0.5) -> list[str]:
    """The colour at one place, frame by frame."""
    return [colour_at(picture, x, y) for picture in pictures(clip)]


_NAMES: dict[Sequence[bool], str] = {
    (False, False, False): "black",
    (True, False, False): "red",
    (False, True, False): "lime",
    (False, False, True): "blue",
    (True, True, False): "yellow",
    (True, False, True): "magenta",
    (False, True, True): "cyan",
    (True, True, True): "white",
}
