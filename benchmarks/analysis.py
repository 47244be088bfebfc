"""Looking at and listening to a minute of 1080p: at most 0.35 of its duration.

Run it with ``python -m benchmarks.analysis``.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from matplotlib import cbook

from benchmarks._measure import in_turn, median_cpu_s, median_wall_s, report
from viral_forge_resources.media.ffmpeg import ffmpeg_binary
from viral_forge_resources.media.reader import AvReader

_LIMIT = 0.35
_ROUNDS = 3
_DURATION_S = 60
_REPEATS = 6
_BYTES_IN_MIB = 1 << 20

_SPEAKER = (
    "[0]format=rgb24[wall];[2]scale=420:-2[person];"
    "[wall][person]overlay=x='700+300*sin(t/2)':y=300,"
    "drawtext=text='THE EVENING NEWS':fontsize=70:fontcolor=white:x=120:y=930:enable='lt(t,5)',"
    "eq=brightness='0.12*gt(mod(t,5),2.5)':eval=frame,noise=alls=6:allf=t,format=yuv420p"
)
"""Someone who walks to and fro; a text in one shot of two; a cut every five seconds."""


def main() -> int:
    """The exit code: 0 where we are within the limit."""
    load = os.getloadavg()[0]  # what else the machine does; wall time depends on it
    with tempfile.TemporaryDirectory() as scratch:
        source = _source(Path(scratch))
        reader = AvReader()
        probe = reader.probe(source, name=source.name)
        costs = in_turn(
            {"one pass": lambda: reader.analyse(source, probe, on_progress=lambda _share: None)},
            rounds=_ROUNDS,
        )["one pass"]
    return report(
        "analysis of a minute of 1080p",
        value=median_wall_s(costs) / _DURATION_S,
        limit=_LIMIT,
        unit="of its duration",
        wall_s=median_wall_s(costs),
        cpu_s=median_cpu_s(costs),
        load_before=load,
        peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _BYTES_IN_MIB,
    )


def part_of_source(folder: Path) -> Path:
    """Ten seconds, in a file that can be repeated without being made anew."""
    part_s = _DURATION_S // _REPEATS
    portrait = cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)
    _ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r=30:d={part_s},hue=s=0.3"),
        *("-f", "lavfi", "-i", f"sine=f=300:d={part_s}", "-loop", "1", "-i", str(portrait)),
        *("-filter_complex", f"{_SPEAKER}[v]", "-map", "[v]", "-map", "1:a", "-t", str(part_s)),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-c:a", "aac"),
        str(folder / "part.mp4"),
    )
    return folder / "part.mp4"


def _source(folder: Path) -> Path:
    """Ten seconds, six times over: making a minute would take longer than looking at it."""
    part = part_of_source(folder)
    _ffmpeg(
        *("-stream_loop", str(_REPEATS - 1), "-i", str(part), "-c", "copy"),
        str(folder / "source.mp4"),
    )
    return folder / "source.mp4"


def _ffmpeg(*arguments: str) -> None:
    command = [ffmpeg_binary(), "-nostdin", "-v", "error", "-y", *arguments]
    subprocess.run(command, check=True)  # noqa: S603  written above


if __name__ == "__main__":
    sys.exit(main())
