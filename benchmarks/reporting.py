"""Summing up a niche and reporting: 10,000 posts, each read six times.

Measured is the work of ``niche_performance`` for the niche of three quarters of the posts, then
that of ``performance_report`` in every form, in a process of its own with all imported that is
where they run. YouTube's curves, of ten points each, are among the readings.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._measure import report
from tests.results import Scale, fill
from viral_forge_resources.state.engine import migrate, open_engine

_LIMIT_S = 20.0
_LIMIT_MIB = 500.0
_POSTS = 10_000
_POINTS = 10
_ROUND = """
import json, resource, sys, time
from datetime import UTC, date, datetime
import viral_forge_assets.definitions
from viral_forge_assets.domain.outlook import outlook
from viral_forge_assets.domain.trends import Trends
from viral_forge_assets.domain.performance import summarise, to_markdown
from viral_forge_assets.domain.report import build
from viral_forge_assets.outcomes import views_read, zones_of
from viral_forge_assets.reports import read_inputs
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.documents import to_json
from viral_forge_resources.reports.press import Press
from viral_forge_resources.state import clips, publications, reporting
from viral_forge_resources.state.engine import open_engine
engine, until = open_engine(sys.argv[1]), datetime(2026, 11, 20, tzinfo=UTC)
started_s, started_cpu_s = time.perf_counter(), time.process_time()
with engine.connect() as connection:
    summary = summarise(
        publications.of_niche(connection, "cooking"),
        reporting.newest_of_niche(connection, "cooking"),
        clips.of_niche(connection, "cooking"),
    )
    coming = outlook(
        reporting.live_posts(connection, until=until, niche="cooking"),
        views_read(connection, until=until, niche="cooking"),
        zones=zones_of(connection),
        trends=Trends(),
    )
to_json(summary), to_markdown(summary), to_json(coming)
posts = summary.posts
del summary, coming
summed_s = time.perf_counter() - started_s
with engine.connect() as connection:
    inputs = read_inputs(connection, date(2026, 11, 19), Prices())
read_s = time.perf_counter() - started_s - summed_s
files = Press().printed(build(inputs))
print(json.dumps({
    "wall_s": time.perf_counter() - started_s,
    "cpu_s": time.process_time() - started_cpu_s,
    "niche_s": summed_s,
    "reading_s": read_s,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "posts_of_niche": posts,
    "posts": len(inputs.posts),
    "page_kb": len(files.page) / 1000,
}))
"""


def main() -> int:
    """The exit code: 0 where time and memory are within their limits."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "studio.db"
        engine = open_engine(f"sqlite:///{path}")
        migrate(engine)
        fill(engine, Scale(posts=_POSTS, points=_POINTS, days=400))
        command = [sys.executable, "-c", _ROUND, f"sqlite:///{path}"]
        ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  our own words
    figures: dict[str, float] = json.loads(ran.stdout)
    what = f"niche_performance and report of {_POSTS:,} posts read six times"
    details = {name: value for name, value in figures.items() if name not in {"wall_s", "peak_mib"}}
    in_time = report(what, value=figures["wall_s"], limit=_LIMIT_S, unit="s", **details)
    in_memory = report(f"memory of {what}", value=figures["peak_mib"], limit=_LIMIT_MIB, unit="MiB")
    return max(in_time, in_memory)


if __name__ == "__main__":
    sys.exit(main())
