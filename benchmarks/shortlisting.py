"""Choosing candidates in a niche of 100,000 sightings: how long, and in how much memory.

25,000 videos on ten platforms, each seen four times within a day, a third of them openly licensed.
Measured is the round of the day after the first one, when candidates are known and there is room
for new ones, in a process of its own, with all imported that is where it runs. To look at
thumbnails and to ask models takes the time of the network and is left out.
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks._measure import ROUNDS, report
from viral_forge_assets.shortlisting import shortlist_round
from viral_forge_resources.contracts.scanning import Niche, ScannedVideo
from viral_forge_resources.state import sightings
from viral_forge_resources.state.engine import migrate, open_engine

_LIMIT_S = 2.0
_LIMIT_MIB = 300.0
_VIDEOS = 25_000
_SIGHTINGS_EACH = 4
_HOUR = timedelta(hours=1)
_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_NICHE = Niche(name="cooking")
_ROUND = """
import json, resource, sys, time
from datetime import datetime
import viral_forge_assets.definitions
from viral_forge_assets.shortlisting import shortlist_round
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.state.engine import open_engine
engine, now = open_engine(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
started_s, started_cpu_s = time.perf_counter(), time.process_time()
shortlist = shortlist_round(engine, Niche(name="cooking"), now=now)
print(json.dumps({
    "wall_s": time.perf_counter() - started_s,
    "cpu_s": time.process_time() - started_cpu_s,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "videos": shortlist.seen,
    "decisions": len(shortlist.decisions),
}))
"""


def main() -> int:
    """The exit code: 0 where time and memory are within their limits."""
    with tempfile.TemporaryDirectory() as folder:
        seen = Path(folder) / "seen.db"
        _fill(seen)
        rounds = [_measured(seen, Path(folder) / f"round-{n}.db") for n in range(ROUNDS)]
    middle = {name: median(each[name] for each in rounds) for name in rounds[0]}
    number = f"{_VIDEOS * _SIGHTINGS_EACH:,} sightings"
    in_time = report(
        f"shortlist of {number}",
        value=middle["wall_s"],
        limit=_LIMIT_S,
        unit="s",
        **{name: middle[name] for name in ("cpu_s", "videos", "decisions")},
    )
    in_memory = report(
        f"memory of the shortlist of {number}",
        value=max(each["peak_mib"] for each in rounds),
        limit=_LIMIT_MIB,
        unit="MiB",
    )
    return max(in_time, in_memory)


def _measured(seen: Path, copy: Path) -> dict[str, float]:
    shutil.copyfile(seen, copy)
    later = (_NOW + 25 * _HOUR).isoformat()
    command = [sys.executable, "-c", _ROUND, f"sqlite:///{copy}", later]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  our own words
    copy.unlink()
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


def _fill(path: Path) -> None:
    """A database after its first round."""
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    dice = random.Random(1)  # noqa: S311  the same videos every time
    videos = [_video(number, dice) for number in range(_VIDEOS)]
    for number in range(_SIGHTINGS_EACH):
        moment = _NOW - 6 * _HOUR * (_SIGHTINGS_EACH - 1 - number)
        rows = [_as_seen(video, moment, growth=1 + number / 10) for video in videos]
        with engine.begin() as connection:
            sightings.append(connection, _NICHE.name, rows)
    shortlist_round(engine, _NICHE, now=_NOW)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _video(number: int, dice: random.Random) -> ScannedVideo:
    words = " ".join(dice.choices([f"word{each}" for each in range(2_000)], k=8))
    is_free = number % 3 == 0
    address = f"https://platform{number % 10}.example/watch/{number}"
    return ScannedVideo(
        platform=f"platform{number % 10}",
        platform_video_id=f"video-{number:05}",
        locator=address,
        title=f"{words} à la façon de ma grand-mère",
        seen_at=_NOW,
        author=f"author {number % 997}",
        page_url=address,
        thumbnail_url=f"{address}.jpg",
        licence="CC BY 4.0" if is_free else "All rights reserved",
        licence_spdx="CC-BY-4.0" if is_free else None,
        licence_evidence=address,
        published_at=_NOW - _HOUR * dice.randrange(24, 500),
        duration_s=float(dice.randrange(5, 180)),
        views=dice.randrange(10**6),
        likes=dice.randrange(10**4),
        comments=dice.randrange(10**3),
    )


def _as_seen(video: ScannedVideo, moment: datetime, *, growth: float) -> ScannedVideo:
    return replace(video, seen_at=moment, views=int((video.views or 0) * growth))


if __name__ == "__main__":
    sys.exit(main())
