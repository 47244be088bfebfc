"""The same clip as others make it, in CPU time: MoviePy at least 5 times ours, six steps 4 times.

Mirrored, zoomed, coloured and captioned, out of one minute of 1080p. The six steps are FFmpeg by
hand, each a file that the next one reads, as tools do that call it once for each effect. MoviePy
has an environment of its own, which ``make bench`` sets up.

Run it with ``python -m benchmarks.rivals``.
"""

import subprocess
import sys
import tempfile
from fractions import Fraction
from functools import partial
from pathlib import Path

from benchmarks._long_video import CAPTIONS, FPS, SHOWN_S, START_S, long_video, run
from benchmarks._measure import in_turn, median_cpu_s, ratio, report_least
from viral_forge_assets.filters._compose import filter_chains
from viral_forge_resources.contracts.filters import FilterContext
from viral_forge_resources.contracts.media import CropKey, Framing, FramingMode, RenderSpec, Stretch
from viral_forge_resources.media.ffmpeg import ffmpeg_binary
from viral_forge_resources.media.fonts import dejavu_folder, write_fonts_config
from viral_forge_resources.media.renderer import FfmpegRenderer

_LEAST = {"moviepy": 5.0, "six steps": 4.0}
_PYTHON = Path(".venv-moviepy/bin/python")

_X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-c:a", "aac")


def main() -> int:
    """The exit code: 0 where each is dearer than ours by what it is to be."""
    if not _PYTHON.exists():
        print(f"rivals: there is no {_PYTHON}: run make bench, which makes it")
        return 1
    source = long_video()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        (folder / "captions.ass").write_text(CAPTIONS)
        write_fonts_config(folder)
        costs = in_turn(
            {
                "ours": partial(_ours, source, folder),
                "six steps": partial(_six_steps, source, folder),
                "moviepy": partial(_moviepy, source, folder),
            }
        )
    return max(
        report_least(
            f"{name} against ours",
            value=ratio(costs[name], costs["ours"]),
            limit=least,
            unit="times our CPU time",
            our_cpu_s=median_cpu_s(costs["ours"]),
            their_cpu_s=median_cpu_s(costs[name]),
        )
        for name, least in _LEAST.items()
    )


def _ours(source: Path, folder: Path) -> None:
    context = FilterContext(
        width_px=1080,
        height_px=1920,
        fps=Fraction(FPS),
        frames=SHOWN_S * FPS,
        source_width_px=608,
        cuts_s=(),
        texts=(),
    )
    chains = filter_chains([("mirror", {}), ("zoom", {"scale": 1.06}), ("colour", {})], context)
    middle = CropKey(at_s=0.0, x_px=656, y_px=0)
    spec = RenderSpec(
        segments=(Stretch(start_s=START_S, end_s=START_S + SHOWN_S),),
        width_px=1080,
        height_px=1920,
        fps=Fraction(FPS),
        framing=Framing(mode=FramingMode.CROP, width_px=608, height_px=1080, path=(middle,)),
        source_filters=chains.source,
        frame_filters=chains.frame,
        gain_db=3.0,
    )
    FfmpegRenderer(font_cache=folder / "font_cache").render(
        source,
        folder / "ours.mp4",
        spec=spec,
        captions=folder / "captions.ass",
        on_progress=lambda _share: None,
    )


def _six_steps(source: Path, folder: Path) -> None:
    zoom = f"1+0.06*t/{SHOWN_S}"
    scaled = f"scale=w='2*round(540*({zoom}))':h='2*round(960*({zoom}))':eval=frame"
    steps = (
        ("-vf", "crop=608:1080,scale=1080:1920:flags=bicubic,setsar=1"),
        ("-vf", "hflip"),
        ("-vf", f"{scaled},crop=1080:1920"),
        ("-vf", "eq=saturation=1.15:contrast=1.05"),
        ("-vf", "ass=captions.ass"),
        ("-af", "volume=3dB,alimiter=limit=0.79:level=false"),
    )
    before = str(source)
    cut: tuple[str, ...] = ("-ss", str(START_S), "-t", str(SHOWN_S))
    for number, step in enumerate(steps):
        after = f"step-{number}.mp4"
        run(*cut, "-i", before, *step, *_X264, after, folder=folder)
        before, cut = after, ()


def _moviepy(source: Path, folder: Path) -> None:
    font = dejavu_folder() / "DejaVuSans.ttf"
    arguments = [str(source), "moviepy.mp4", str(font), str(START_S), str(SHOWN_S)]
    script = Path(__file__).with_name("_moviepy_clip.py")
    command = [str(_PYTHON.absolute()), str(script), *arguments]
    environment = {"IMAGEIO_FFMPEG_EXE": ffmpeg_binary(), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=folder, env=environment, check=True)  # noqa: S603  written above


if __name__ == "__main__":
    sys.exit(main())
