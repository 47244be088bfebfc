"""One minute of 1080p with sound, made once for all benchmarks of a run, and what is cut of it."""

import atexit
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from viral_forge_resources.media.ffmpeg import ffmpeg_binary

LENGTH_S = 60
FPS = 30
START_S, SHOWN_S = 25, 10
"""What a clip shows of it: 5 rounds of the whole minute would take MoviePy an hour."""

CAPTIONS = """[Script Info]
ScriptType: v4.00+
PlayResX: 1080
PlayResY: 1920
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, BorderStyle, Outline, Alignment, MarginV
Style: Default,DejaVu Sans,90,&H00FFFFFF,-1,1,6,2,500
[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:05.00,Default,Every frame is decoded once
Dialogue: 0:00:05.00,0:00:10.00,Default,and encoded {\\c&H00FFFF&}once
"""


@cache
def long_video() -> Path:
    """The video; it is gone when this process ends."""
    folder = tempfile.TemporaryDirectory(prefix="bench-")
    atexit.register(folder.cleanup)
    target = Path(folder.name) / "minute.mp4"
    graph = f"testsrc2=s=1920x1080:r={FPS}:d={LENGTH_S},noise=alls=6:allf=t"
    run(
        *("-f", "lavfi", "-i", graph, "-f", "lavfi", "-i", f"sine=f=300:d={LENGTH_S}"),
        *("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "60"),
        *("-c:a", "aac", str(target)),
    )
    return target


def run(*arguments: str, folder: Path | None = None) -> None:
    """FFmpeg by hand."""
    command = [ffmpeg_binary(), "-nostdin", "-v", "error", "-y", *arguments]
    environment = {"FONTCONFIG_FILE": str(folder / "fonts.conf")} if folder else None
    subprocess.run(command, cwd=folder, env=environment, check=True)  # noqa: S603  written above
