"""Rendering a clip against the same filter graph typed by hand into FFmpeg: at most 1.05 times.

Both must show the same picture, or the comparison says nothing. The same command against itself,
measured in the same way, says how far the figure can be trusted.

Run it with ``python -m benchmarks.render``.
"""

import re
import subprocess
import sys
import tempfile
from fractions import Fraction
from functools import partial
from pathlib import Path

from benchmarks._measure import Cost, median_cpu_s, ratio, report
from benchmarks._side_by_side import side_by_side
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
_MOST_LOST_SSIM = 0.003
"""Of the least alike pictures: x264's threads cost 0.0003, a crop a pixel aside costs 0.016."""

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
        path=tuple(CropKey(at_s=frame / 30, x_px=3.5 * frame, y_px=0) for frame in range(180)),
    ),
    source_filters=("eq=saturation=1.1",),
    frame_filters=("hflip",),
    gain_db=6.0,
)

_GRAPH = """
[0:v]setparams=colorspace=bt709,fps=30:start_time=0,tpad=stop_mode=clone:stop_duration=1,
split[v1][v2];
[v1]trim=end_frame=90,setpts=PTS-STARTPTS[c1];
[v2]trim=start_frame=120:end_frame=210,setpts=PTS-STARTPTS[c2];
[c1][c2]concat,scale='if(eq(sar,1),iw,trunc(iw*sar/2)*2)':ih,setsar=1,format=yuv420p,
sendcmd=f=crop.cmd,crop@src=610:1080:0:0,eq=saturation=1.1,
scale=1084:1920:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,
crop@dst=1080:1920:0:0:exact=1,hflip,ass=captions.ass,format=yuv420p,
setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv[picture];
[0:a]atrim=0,aresample=48000:async=1:first_pts=0,
aformat=sample_fmts=fltp:channel_layouts=stereo,asplit[a1][a2];
[a1]atrim=end_sample=144000,apad=whole_len=144000,asetpts=N/SR/TB,
afade=in:ss=0:ns=384,afade=out:ss=143616:ns=384[s1];
[a2]atrim=start_sample=192000:end_sample=336000,apad=whole_len=144000,asetpts=N/SR/TB,
afade=in:ss=0:ns=384,afade=out:ss=143616:ns=384[s2];
[s1][s2]concat=v=0:a=1,volume=6dB,aresample=192000,
alimiter=limit=0.79:level=false:latency=true,aresample=48000,asetpts=N/SR/TB[sound]
"""

_BY_HAND = (
    *("-nostdin", "-v", "error", "-y", "-ss", "1", "-i", "source.mp4"),
    *("-/filter_complex", "graph.txt", "-map", "[picture]", "-map", "[sound]"),
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-maxrate", "16M", "-bufsize", "16M"),
    *("-x264-params", "sliced-threads=1", "-profile:v", "high", "-g", "60"),
    *("-fps_mode", "passthrough", "-c:a", "aac", "-aac_coder", "fast", "-b:a", "256k"),
    *("-movflags", "+faststart"),
)

_SOURCE = (
    *("-nostdin", "-v", "error", "-y"),
    *("-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=10,noise=alls=6:allf=t"),
    *("-f", "lavfi", "-i", "sine=f=300:d=10"),
    *("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "60"),
    *("-c:a", "aac", "source.mp4"),
)


_COMPARED = (
    *("-nostdin", "-v", "error", "-i", "ours.mp4", "-i", "by-hand.mp4"),
    *("-lavfi", "[0:v][1:v]ssim=stats_file=ssim.log", "-f", "null", "-"),
)


def main() -> int:
    """The exit code: 0 where we are within the limit."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _lay_out(folder)
        by_hand = partial(_by_hand, folder)
        costs = side_by_side(
            {
                "ours": (partial(_ours, folder), partial(by_hand, "by-hand.mp4")),
                "control": (partial(by_hand, "one.mp4"), partial(by_hand, "other.mp4")),
            }
        )
        lost_ssim = 1 - _least_ssim(folder)
    return max(_report_cost(costs["ours"], costs["control"]), _report_picture(lost_ssim))


def _report_cost(
    compared: tuple[list[Cost], list[Cost]], control: tuple[list[Cost], list[Cost]]
) -> int:
    ours, by_hand = compared
    return report(
        "render against FFmpeg by hand",
        value=ratio(ours, by_hand),
        limit=_LIMIT,
        unit="times its CPU time",
        by_hand_against_itself=ratio(*control),
        our_cpu_s=median_cpu_s(ours),
        by_hand_cpu_s=median_cpu_s(by_hand),
    )


def _report_picture(lost_ssim: float) -> int:
    return report(
        "picture against FFmpeg by hand",
        value=lost_ssim,
        limit=_MOST_LOST_SSIM,
        unit="of SSIM lost at worst",
    )


def _lay_out(folder: Path) -> None:
    _ffmpeg(folder, _SOURCE)
    (folder / "captions.ass").write_text(_CAPTIONS)
    (folder / "graph.txt").write_text(_GRAPH)
    (folder / "crop.cmd").write_text("".join(_pan_to(frame) for frame in range(1, 180)))
    write_fonts_config(folder)


def _pan_to(frame: int) -> str:
    x_px = 3.5 * frame
    coarse_px = min(int(x_px) // 2 * 2, 624)
    fine_px = min(round((x_px - coarse_px) * 1084 / 610), 4)
    return f"{(frame - 0.5) / 30:.6f} crop@src x {coarse_px}, crop@dst x {fine_px};\n"


def _ours(folder: Path) -> None:
    FfmpegRenderer(font_cache=folder / "our_font_cache").render(
        folder / "source.mp4",
        folder / "ours.mp4",
        spec=_SPEC,
        captions=folder / "captions.ass",
        on_progress=lambda _share: None,
    )


def _by_hand(folder: Path, clip: str) -> None:
    _ffmpeg(folder, (*_BY_HAND, clip))


def _least_ssim(folder: Path) -> float:
    """Likeness of those pictures of both clips that are least alike; 1 is the same."""
    _ffmpeg(folder, _COMPARED)
    return min(float(each) for each in re.findall(r"All:(\S+)", (folder / "ssim.log").read_text()))


def _ffmpeg(folder: Path, arguments: tuple[str, ...]) -> None:
    environment = {"FONTCONFIG_FILE": str(folder / "fonts.conf")}
    command = [ffmpeg_binary(), *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True)  # noqa: S603  written above


if __name__ == "__main__":
    sys.exit(main())
