"""A talk of half an hour in 1080p: looked at and its moments chosen in a tenth of its duration.

The picture is ten seconds that repeat, with a face and a text that move; the sound is the talk that
the tests make. What is said is given: how long a speech model takes depends on the model, and is
told beside it where one is on this machine. It runs in a process of its own, so that the peak of
its memory is its own. Run it with ``python -m benchmarks.long_source``.
"""

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks._measure import Cost, cost_of, report
from benchmarks.analysis import part_of_source
from tests.talk import Talk, make_talk
from viral_forge_assets.domain.closer_looks import worth_a_closer_look
from viral_forge_assets.domain.moments import choose_moments
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.media import SceneMap
from viral_forge_resources.media.ffmpeg import ffmpeg_binary
from viral_forge_resources.media.reader import AvReader
from viral_forge_resources.media.transcriber import WhisperTranscriber
from viral_forge_resources.settings import Settings
from viral_forge_resources.voices.espeak import EspeakVoice

_SHARE_LIMIT = 0.1
_MEMORY_LIMIT_GIB = 1.2
_BYTES_IN_GIB = 1 << 30
_RECIPE = Recipe(
    name="long", version=1, description="A benchmark.", clips=10, min_moment_s=15, max_duration_s=45
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figures:
    duration_s: float
    skim: Cost
    closer: Cost
    choice: Cost
    looked_at_s: float
    clips: int
    peak_gib: float


def main() -> int:
    """The exit code: 0 where we are within both limits."""
    load = os.getloadavg()[0]  # what else the machine does; wall time depends on it
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        talk = make_talk(folder, EspeakVoice())
        source = _filmed(folder)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as process:
            found = process.submit(_measured, source, talk).result()
        _tell_transcription(source)
    parts = (found.skim, found.closer, found.choice)
    share = report(
        "analysis and moments of half an hour",
        value=sum(part.wall_s for part in parts) / found.duration_s,
        limit=_SHARE_LIMIT,
        unit="of its duration",
        skim_wall_s=found.skim.wall_s,
        closer_wall_s=found.closer.wall_s,
        choice_wall_s=found.choice.wall_s,
        cpu_s=sum(part.cpu_s for part in parts),
        looked_at_s=found.looked_at_s,
        clips=found.clips,
        load_before=load,
    )
    memory = report(
        "memory of the analysis of half an hour",
        value=found.peak_gib,
        limit=_MEMORY_LIMIT_GIB,
        unit="GiB at its peak",
    )
    return max(share, memory)


def _measured(source: Path, talk: Talk) -> _Figures:
    reader = AvReader()
    probe = reader.probe(source, name=source.name)
    scenes: list[SceneMap] = []

    def skim() -> None:
        scenes.append(reader.skim(source, probe, on_progress=_ignored))

    def look() -> None:
        within = worth_a_closer_look(probe, scenes[-1], talk.transcript)
        scenes.append(
            reader.look_closer(source, probe, scenes[-1], within=within, on_progress=_ignored)
        )

    moments: list[object] = []

    def choose() -> None:
        found = choose_moments(_RECIPE, probe, scenes[-1], talk.transcript, source_name=source.name)
        moments.extend(found)

    costs = [cost_of(work) for work in (skim, look, choose)]
    return _Figures(
        duration_s=probe.duration_s,
        skim=costs[0],
        closer=costs[1],
        choice=costs[2],
        looked_at_s=sum(stretch.duration_s for stretch in scenes[-1].in_full or ()),
        clips=len(moments),
        peak_gib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _BYTES_IN_GIB,
    )


def _ignored(share: float) -> None:
    """Nobody watches."""


def _tell_transcription(source: Path) -> None:
    transcriber = WhisperTranscriber(model=Settings().whisper_model)
    missing = transcriber.missing()
    if missing is not None:
        print(f"transcription: not measured, {missing}")
        return
    probe = AvReader().probe(source, name=source.name)
    cost = cost_of(lambda: transcriber.transcribe(source, probe, used_gpu=_ignored))
    print(f"transcription by {transcriber.model}: {cost.wall_s / probe.duration_s:.3f} of duration")


def _filmed(folder: Path) -> Path:
    """The talk's sound under ten seconds of 1080p, over and over."""
    part, target = part_of_source(folder), folder / "long.mp4"
    command = [
        *(ffmpeg_binary(), "-nostdin", "-v", "error", "-y", "-stream_loop", "-1", "-i", str(part)),
        *("-i", str(folder / "talk.wav"), "-map", "0:v", "-map", "1:a", "-c:v", "copy"),
        *("-c:a", "aac", "-shortest", str(target)),
    ]
    subprocess.run(command, check=True)  # noqa: S603  written above
    return target


if __name__ == "__main__":
    sys.exit(main())
