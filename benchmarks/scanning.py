"""Scans against platforms 200 ms away: all of one niche at once, and fifty niches side by side.

The scanners, the web, the ledger of allowances and the state are the real ones. The platforms are
those of the tests, each on an address of its own and served by another process; jobs of workers
answer after 200 ms, too. Baseline is the slowest platform, scanned alone for one niche. How many
niches a platform may serve at once is what the studio allows, or less where its pace says so.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

import viral_forge_resources.scanners
from benchmarks._measure import ROUNDS, report
from tests.fakes.workers import RecordedWorkers
from tests.platforms.recorded import RecordedPlatforms
from tests.platforms.recording import FOLDER, Recording, fill, load
from viral_forge_assets.scanning import (
    Answer,
    ScanPlan,
    ScanRecord,
    run_to_its_end,
    scan_niches,
)
from viral_forge_resources.contracts.errors import QuotaSpent
from viral_forge_resources.contracts.quota import Use
from viral_forge_resources.contracts.scanning import (
    Niche,
    ScannedVideo,
    Scanner,
    ScanRequest,
    ScanState,
    ScanTools,
    Unusable,
)
from viral_forge_resources.contracts.web import Pace, Web, WebAnswer, WebRequest
from viral_forge_resources.plugins import get_plugin, plugin_names
from viral_forge_resources.state.engine import migrate, open_engine
from viral_forge_resources.state.quotas import SqlQuotaLedger
from viral_forge_resources.web import open_web

_LATENCY_S = 0.2
_NICHES = 50
_AT_ONCE = 4
_MOST_OVER_SLOWEST = 1.2
_MOST_OVER_ALLOWED = 1.5
_PLENTY = 10**9


@dataclass(slots=True)
class _Paced:
    """A web that notes how long, at least, its hosts are kept busy."""

    web: Web
    paces: defaultdict[str, list[Pace]] = field(default_factory=lambda: defaultdict(list))

    async def send(self, request: WebRequest) -> WebAnswer:
        self.paces[urlsplit(request.url).hostname or ""].append(request.pace)
        return await self.web.send(request)

    def busy_s(self) -> float:
        """The least that the busiest host needs for all that it was asked.

        Several hosts of a platform are one here, so its gentlest pace holds for all of them.
        """
        return max((_busy_s(paces) for paces in self.paces.values()), default=0.0)


@dataclass(slots=True)
class _Workers:
    """Workers that take as long as the web does."""

    workers: RecordedWorkers

    async def run(
        self,
        job: str,
        arguments: Mapping[str, object],
        *,
        deadline_s: float,
        uses: tuple[Use, ...] = (),
    ) -> Any:  # noqa: ANN401  the job's JSON
        await asyncio.sleep(_LATENCY_S)
        return await self.workers.run(job, arguments, deadline_s=deadline_s, uses=uses)


@dataclass(frozen=True, slots=True)
class _PlentifulLedger:
    """The real ledger, with allowances that fifty niches do not use up."""

    ledger: SqlQuotaLedger

    def take_each(
        self, calls: Sequence[tuple[Use, ...]], *, now: datetime
    ) -> tuple[QuotaSpent | None, ...]:
        return self.ledger.take_each([*map(_ample, calls)], now=now)


def _ample(uses: tuple[Use, ...]) -> tuple[Use, ...]:
    return tuple(
        replace(use, bucket=replace(use.bucket, limit=use.bucket.limit and _PLENTY)) for use in uses
    )


@dataclass(slots=True)
class _AsRecorded:
    """A scanner that is asked, for every niche, what its platform's recording answers."""

    platform: str
    scanner: Scanner
    request: ScanRequest

    async def scan(
        self, request: ScanRequest, tools: ScanTools
    ) -> AsyncIterator[ScannedVideo | Unusable]:
        async for found in self.scanner.scan(replace(self.request, niche=request.niche), tools):
            yield found


@dataclass(frozen=True, slots=True)
class _World:
    """The scanners and what they reach."""

    urls: Mapping[str, str]
    recordings: Mapping[str, Recording]
    state: sa.Engine

    def scanners(self) -> dict[str, Scanner]:
        return {name: self._scanner(name) for name in self.urls}

    def _scanner(self, name: str) -> Scanner:
        recording, url = self.recordings[name], self.urls[name]
        plugin = get_plugin(viral_forge_resources.scanners, name)
        scanner: Scanner = plugin.open_plugin(plugin.Settings(**recording.settings(url)))
        return _AsRecorded(name, scanner, recording.request(server=url))

    def scan(self, scanners: Mapping[str, Scanner], *, niches: int) -> tuple[float, float]:
        """Wall seconds of a scan, and the least that the busiest host needs for one niche."""
        record = ScanRecord(self.state)
        names = [f"niche-{number}" for number in range(niches)]

        def keep(answer: Answer) -> None:
            record.keep(answer)
            _check(answer)

        async def scan() -> tuple[float, float]:
            ledger = _PlentifulLedger(SqlQuotaLedger(self.state))
            jobs = [
                job
                for name, url in self.urls.items()
                for job in fill(list(self.recordings[name].jobs), url)
            ]
            workers = RecordedWorkers(ledger=ledger, jobs=jobs, is_lenient=True)
            async with open_web(ledger=ledger, trusted=list(self.urls.values())) as web:
                paced = _Paced(web)
                started_s = perf_counter()
                await scan_niches(
                    [Niche(name=name) for name in names],
                    scanners,
                    ScanTools(web=paced, workers=_Workers(workers)),
                    plan=_PLAN,
                    now=datetime.now(UTC),
                    on_answer=keep,
                )
                return perf_counter() - started_s, paced.busy_s() / niches

        return run_to_its_end(scan())


_PLAN = ScanPlan(platforms=(), deadline_s=60.0, niches_at_once=_AT_ONCE, most_videos=500)


def _busy_s(paces: Sequence[Pace]) -> float:
    each_s = _LATENCY_S / min(pace.at_once for pace in paces)
    return len(paces) * max(each_s, *(pace.apart_s for pace in paces))


def _check(answer: Answer) -> None:
    for outcome in answer.outcomes:
        if outcome.state is not ScanState.FOUND or not outcome.found:
            raise SystemExit(f"the comparison says nothing: {outcome}")


def main() -> int:
    """The exit code: 0 where both figures are within their limits."""
    recordings = {name: load(name) for name in _recorded()}
    command = [sys.executable, "-m", "benchmarks.scanning", "serve"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server,  # noqa: S603  our own words
    ):
        urls = json.loads(server.stdout.readline()) if server.stdout else {}
        engine = open_engine(f"sqlite:///{Path(folder) / 'state.db'}")
        migrate(engine)
        code = _measured(_World(urls, recordings, engine))
        server.communicate(b"\n")
    return code


def _measured(world: _World) -> int:
    scanners = world.scanners()
    world.scan(scanners, niches=1)  # imports and connections are made beforehand
    alone = {
        name: median(world.scan({name: each}, niches=1)[0] for _ in range(ROUNDS))
        for name, each in scanners.items()
    }
    slowest_s = max(alone.values())
    together_s = median(world.scan(scanners, niches=1)[0] for _ in range(ROUNDS))
    many_s, busy_s = world.scan(scanners, niches=_NICHES)
    allowed = min(_AT_ONCE, slowest_s / busy_s) if busy_s else _AT_ONCE
    is_slow = report(
        f"one niche on {len(scanners)} platforms, over the slowest of them alone",
        value=together_s / slowest_s,
        limit=_MOST_OVER_SLOWEST,
        unit="times",
        together_s=together_s,
        slowest_s=slowest_s,
        sum_of_all_s=sum(alone.values()),
    )
    is_slow_with_many = report(
        f"{_NICHES} niches on {len(scanners)} platforms, over what their number allows",
        value=many_s / (_NICHES * slowest_s / allowed),
        limit=_MOST_OVER_ALLOWED,
        unit="times",
        wall_s=many_s,
        allowed_at_once=allowed,
    )
    return max(is_slow, is_slow_with_many)


def _recorded() -> list[str]:
    known = plugin_names(viral_forge_resources.scanners)
    return sorted({path.stem for path in FOLDER.glob("*.json")} & set(known))


def serve() -> int:
    """Serve every recorded platform until a line comes in; print their addresses first."""
    with RecordedPlatforms() as platforms:
        urls = {}
        for number, name in enumerate(_recorded()):
            platform = platforms.mount(load(name), host=f"127.0.1.{number + 1}")
            platform.latency_s, platform.is_lenient = _LATENCY_S, True
            urls[name] = platform.url
        print(json.dumps(urls), flush=True)
        sys.stdin.readline()
    return 0


if __name__ == "__main__":
    sys.exit(serve() if sys.argv[1:] == ["serve"] else main())
