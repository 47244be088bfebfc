"""Rendering a clip against the same filter graph typed by hand into FFmpeg: at most 1.05 times.

Run it with ``python -m benchmarks.render``.
"""

import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from benchmarks._measure import in_turn, median_cpu_s, median_wall_s, ratio, report
from viral_forge_resources.contracts.media import (
    CropKey,
    Framing,
    FramingMode,
    RenderSpec,
    Stretch,
)
from viral_forge_resources.media.ffmpeg import ffmpeg_binary
from viral_forge_resources.media.fonts import write_fonts_config
from viral_forge_resources.media.renderer import FfmpegRenderer

_LIMIT = 1.05

_CAPTIONS = """[Script Info]
ScriptType: v4.00+
PlayResX: 1080
PlayResY: 1920
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, BorderStyle, Outline, Alignment, MarginV
Style: Default,DejaVu Sans,90,&H00FFFFFF,-1,1,6,2,500
[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:03.00,Default,Every frame is decoded once
Dialogue: 0:00:03.00,0:00:06.00,Default,and encoded {\\c&H00FFFF&}once
"""

_SPEC = RenderSpec(
    segments=(Stretch(start_s=1.0, end_s=4.0), Stretch(start_s=5.0, end_s=8.0)),
    width_px=1080,
    height_px=1920,
    fps=Fraction(30),
    framing=Framing(
        mode=FramingMode.CROP,
        width_px=608,
        height_px=1080,
        path=tuple(CropKey(at_s=frame / 30, x_px=4 * frame, y_px=0) for frame in range(180)),
    ),
    source_filters=("hflip", "eq=saturation=1.1"),
    gain_db=6.0,
)

_GRAPH = """
[0:v]fps=30,split[v1][v2];
[v1]trim=0:3,setpts=PTS-STARTPTS[c1]; [v2]trim=4:7,setpts=PTS-STARTPTS[c2];
[c1][c2]concat,sendcmd=f=crop.cmd,crop@src=608:1080:0:0:exact=1,hflip,eq=saturation=1.1,
scale=1080:1920:flags=bicubic,ass=captions.ass,format=yuv420p,
setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709[picture];
[0:a]aresample=48000,asplit[a1][a2];
[a1]atrim=0:3,asetpts=PTS-STARTPTS[s1]; [a2]atrim=4:7,asetpts=PTS-STARTPTS[s2];
[s1][s2]concat=v=0:a=1,volume=6dB,aresample=192000,
alimiter=limit=0.79:level=false:latency=true,aresample=48000[sound]
"""

_BY_HAND = (
    *("-nostdin", "-v", "error", "-y", "-ss", "1", "-i", "source.mp4"),
    *("-/filter_complex", "graph.txt", "-map", "[picture]", "-map", "[sound]"),
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-maxrate", "16M", "-bufsize", "16M"),
    *("-g", "60", "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", "by-hand.mp4"),
)

_SOURCE = (
    *("-nostdin", "-v", "error", "-y"),
    *("-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=10,noise=alls=6:allf=t"),
    *("-f", "lavfi", "-i", "sine=f=300:d=10"),
    *("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "60"),
    *("-c:a", "aac", "source.mp4"),
)


def main() -> int:
    """The exit code: 0 where we are within the limit."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _lay_out(folder)
        costs = in_turn({"ours": lambda: _ours(folder), "by hand": lambda: _by_hand(folder)})
    ours, by_hand = costs["ours"], costs["by hand"]
    return report(
        "render against FFmpeg by hand",
        value=ratio(ours, by_hand),
        limit=_LIMIT,
        unit="times its CPU time",
        our_cpu_s=median_cpu_s(ours),
        by_hand_cpu_s=median_cpu_s(by_hand),
        our_wall_s=median_wall_s(ours),
        by_hand_wall_s=median_wall_s(by_hand),
    )


def _lay_out(folder: Path) -> None:
    _ffmpeg(folder, _SOURCE)
    (folder / "captions.ass").write_text(_CAPTIONS)
    (folder / "graph.txt").write_text(_GRAPH)
    commands = (f"{(n - 0.5) / 30:.6f} crop@src x {4 * n};\n" for n in range(1, 180))
    (folder / "crop.cmd").write_text("".join(commands))
    write_fonts_config(folder)


def _ours(folder: Path) -> None:
    FfmpegRenderer().render(
        folder / "source.mp4",
        folder / "ours.mp4",
        spec=_SPEC,
        captions=folder / "captions.ass",
        on_progress=lambda _share: None,
    )


def _by_hand(folder: Path) -> None:
    _ffmpeg(folder, _BY_HAND)


def _ffmpeg(folder: Path, arguments: tuple[str, ...]) -> None:
    environment = {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
    command = [ffmpeg_binary(), *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True)  # noqa: S603  written above


if __name__ == "__main__":
    sys.exit(main())
