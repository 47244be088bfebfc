"""FFmpegs of machines that have, or seem to have, a GPU: scripts in front of the real one."""

import sys
from enum import StrEnum
from pathlib import Path

from viral_forge_resources.media.ffmpeg import ffmpeg_binary

_CODE = """#!{python}
import os, pathlib, sys
BINARY, CODEC, MANNER, CALLS = {binary!r}, {codec!r}, {manner!r}, pathlib.Path({calls!r})
words = sys.argv[1:]
if CODEC in words:
    is_trial = "lavfi" in words
    calls = CALLS.read_text().splitlines() if CALLS.exists() else []
    CALLS.write_text("\\n".join([*calls, "trial" if is_trial else "render"]))
    at = words.index(CODEC) - 1
    end = words.index("-profile:v", at)
    options = words[at + 2:end]
    known = {{"-preset", "-tune", "-rc", "-cq", "-b:v", "-maxrate", "-bufsize", "-q:v", "-qp",
              "-allow_sw", "-global_quality", "-rc_mode"}}
    assert set(options[::2]) <= known, options
    quality = "20" if MANNER != "wavers" else str(20 + len(calls))
    words[at:end] = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", quality,
                     "-x264-params", "sliced-threads=1"]
    words = [each.replace("hwupload", "null") for each in words]
    if "-vaapi_device" in words:
        del words[words.index("-vaapi_device"):words.index("-vaapi_device") + 2]
    if MANNER == "refuses":
        sys.exit("[" + CODEC + " @ 0x1] [error] Cannot load libcuda.so.1")
    if MANNER == "breaks" and not is_trial:
        sys.exit("[" + CODEC + " @ 0x1] [error] out of memory (10): CreateBitstreamBuffer")
    if MANNER == "loses frames" and not is_trial:
        at = words.index("-fps_mode")
        words[at:at] = ["-frames:v", "3"]
elif any(each.startswith("h264_") for each in words):
    sys.exit("[vost#0:0 @ 0x1] [fatal] Unknown encoder")
os.execv(BINARY, [BINARY, *words])
"""


class Manner(StrEnum):
    """How the hardware encoder behaves."""

    WORKS = "works"
    REFUSES = "refuses"
    WAVERS = "wavers"
    BREAKS = "breaks"
    LOSES_FRAMES = "loses frames"


def ffmpeg_with(folder: Path, codec: str, manner: Manner) -> str:
    """Path of an FFmpeg in which ``codec`` alone, of all hardware, is there and behaves so.

    It encodes with libx264 in its place.
    """
    script = folder / f"ffmpeg-{codec}-{manner.name.lower()}"
    code = _CODE.format(
        python=sys.executable,
        binary=ffmpeg_binary(),
        codec=codec,
        manner=manner.value,
        calls=str(_calls_of(script)),
    )
    script.write_text(code)
    script.chmod(0o700)
    return str(script)


def calls_of(binary: str) -> list[str]:
    """What the hardware encoder was asked for so far: ``trial`` or ``render``, in order."""
    calls = _calls_of(Path(binary))
    return calls.read_text().split() if calls.exists() else []


def _calls_of(script: Path) -> Path:
    return script.with_suffix(".calls")
