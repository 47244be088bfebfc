"""A whole candidate run: what it costs beyond its media work, and how much memory it takes.

Baseline of the cost is the media work itself, measured inside the same run: what the media ports
spend in this process and in FFmpeg. Everything else (start, imports, Dagster, state, storage) is
ours to answer for.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
from imageio_ffmpeg import get_ffmpeg_exe

from benchmarks._measure import ROUNDS, report
from viral_forge_assets import definitions, operating
from viral_forge_assets.demo import Demo
from viral_forge_assets.instance import open_instance
from viral_forge_resources.media.downloader import SourceDownloader
from viral_forge_resources.media.font_chain import FontChain
from viral_forge_resources.media.reader import AvReader
from viral_forge_resources.media.renderer import FfmpegRenderer
from viral_forge_resources.media.transcriber import WhisperTranscriber
from viral_forge_resources.settings import Settings
from viral_forge_resources.voices.espeak import EspeakVoice

_MOST_OVERHEAD_CPU_S = 3.0
_MOST_MEMORY_MIB = 1024
_SHORT_S, _LONG_S = 4, 60
_LOOK_EVERY_S = 0.05


class _Timed:
    """A port whose calls are timed, in this process and its children."""

    def __init__(self, port: object, spent: list[float]) -> None:
        self._port = port
        self._spent = spent

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  stands for any port
        attribute = getattr(self._port, name)
        return self._timed(attribute) if callable(attribute) else attribute

    def _timed(self, call: Callable[..., object]) -> Callable[..., object]:
        def timed(*arguments: object, **named: object) -> object:
            before = _cpu_s()
            try:
                return call(*arguments, **named)
            finally:
                self._spent.append(_cpu_s() - before)

        return timed


def _cpu_s() -> float:
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def _demo(settings: Settings, instance: dg.DagsterInstance, **overrides: object) -> Demo:
    return Demo(
        definitions=definitions.build_definitions(settings, **overrides),
        instance=instance,
        state=definitions.open_state(settings),
        inbox=operating.inbox_folder("").resolve(),
        say=lambda _text: None,
    )


def work(key: str) -> None:
    """Run ``candidate_job`` of ``key`` in this process and print what it cost from its start."""
    settings = definitions.read_settings()
    spent: list[float] = []
    ports = {
        "media": AvReader(),
        "renderer": FfmpegRenderer(),
        "downloader": SourceDownloader(allow_private_addresses=False),
        "transcriber": WhisperTranscriber(model="off"),
        "fonts": FontChain(),
    }
    timed = {name: _Timed(port, spent) for name, port in ports.items()}
    with open_instance(settings.home, Path.cwd()) as instance:
        _demo(settings, instance, **timed).run_job("candidate_job", key)
    print(json.dumps({"all_s": _cpu_s(), "media_s": sum(spent)}))


def _shortlist(video: Path) -> str:
    """Key of the candidate that a scan makes of ``video``, in the home of the environment."""
    settings = definitions.read_settings()
    with open_instance(settings.home, Path.cwd()) as instance:
        voice = EspeakVoice()
        candidate = _demo(settings, instance).shortlist(
            video, voice=voice, licence="LicenseRef-Own"
        )
        instance.add_dynamic_partitions("candidates", [candidate.candidate_key])
    return candidate.candidate_key


def _source(folder: Path, *, seconds: int) -> Path:
    path = folder / f"source-{seconds}.mp4"
    picture = f"testsrc2=size=1920x1080:rate=30:duration={seconds}"
    sound = f"sine=frequency=330:duration={seconds}"
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", picture]
    command += ["-f", "lavfi", "-i", sound, "-preset", "ultrafast", "-c:a", "aac", str(path)]
    subprocess.run(command, check=True)  # noqa: S603  our own words
    cues = [f"{n}\n{_at(n)} --> {_at(n + 1)}\nWords of second {n}.\n" for n in range(1, seconds)]
    path.with_suffix(".srt").write_text("\n".join(cues))
    return path


def _at(second: int) -> str:
    return f"00:{second // 60:02}:{second % 60:02},000"


def _run(key: str, home: Path) -> tuple[dict[str, float], float]:
    """What a fresh process says it cost, and the peak of memory of it and its children, MiB."""
    command = [sys.executable, "-m", "benchmarks.candidate_run", key]
    environment = {"VIRAL_FORGE_HOME": str(home), "PATH": os.defpath, "HOME": str(home)}
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:  # noqa: S603  our own words
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _memory(watched))
            time.sleep(_LOOK_EVERY_S)  # noqa: TID251  a watcher has to wait between looks
        said, _ = process.communicate()
    if process.returncode:
        raise SystemExit("the candidate run failed")
    return json.loads(said), peak / 2**20


def _memory(process: psutil.Process) -> int:
    try:
        return sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:  # it ended between two looks
        return 0


def main() -> int:
    """The exit code: 0 where both figures are within their limits."""
    costs, peaks_mib = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            costs.append(_fresh_run(Path(folder), seconds=_SHORT_S)[0])
        with tempfile.TemporaryDirectory() as folder:
            peaks_mib.append(_fresh_run(Path(folder), seconds=_LONG_S)[1])
    is_slow = report(
        f"candidate run of {_SHORT_S} s beyond its media work",
        value=statistics.median(cost["all_s"] - cost["media_s"] for cost in costs),
        limit=_MOST_OVERHEAD_CPU_S,
        unit="CPU-s",
        media_cpu_s=statistics.median(cost["media_s"] for cost in costs),
    )
    is_large = report(
        f"peak memory of a candidate run of {_LONG_S} s of 1080p, FFmpeg included",
        value=statistics.median(peaks_mib),
        limit=_MOST_MEMORY_MIB,
        unit="MiB",
        highest_mib=max(peaks_mib),
    )
    return max(is_slow, is_large)


def _fresh_run(folder: Path, *, seconds: int) -> tuple[dict[str, float], float]:
    os.environ["VIRAL_FORGE_HOME"] = str(folder)  # noqa: TID251  the home of this run alone
    return _run(_shortlist(_source(folder, seconds=seconds)), folder)


if __name__ == "__main__":
    sys.exit(work(sys.argv[1]) if len(sys.argv) > 1 else main())
