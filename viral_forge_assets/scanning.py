"""Asks all platforms of many niches at once; how each of them answered is a fact of its own."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from viral_forge_assets.domain.scan_answers import (
    Seen,
    ended,
    is_mistake,
    needs_stand_in,
    not_asked,
    skipped,
)
from viral_forge_resources.contracts.calls import tools_for
from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.scanning import (
    Niche,
    ScannedVideo,
    Scanner,
    ScanOutcome,
    ScanRequest,
    ScanTools,
    SkipCause,
    StandInScanner,
)
from viral_forge_resources.state import scan_outcomes, sightings

T = TypeVar("T")
OpenScanTools = Callable[[], AbstractAsyncContextManager[ScanTools]]
"""Opens what scanners reach the world with, for as long as one round of scans lasts."""

_TO_STOP_S = 1.0  # a scan that is told to stop closes what it has open


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPlan:
    """What a round of scans covers, and what it may take.

    Attributes:
        platforms: every scanner that there is, enabled or not.
        deadline_s: the longest that one platform may take for one niche.
        niches_at_once: how many niches are scanned side by side.
        most_videos: the most that one platform brings for one niche.
    """

    platforms: tuple[str, ...]
    deadline_s: float
    niches_at_once: int
    most_videos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one platform answered for one niche; all those that are not asked are one answer.

    Attributes:
        videos: what was seen, also where a failure came after it.
        mistake: what the scanner raised though no scanner may.
    """

    niche: str
    outcomes: tuple[ScanOutcome, ...]
    videos: tuple[ScannedVideo, ...] = ()
    mistake: BaseException | None = None


@dataclass(frozen=True, slots=True)
class ScanRecord:
    """Writes what platforms answered as it comes, and keeps of it only what was counted.

    Attributes:
        outcomes: by niche.
        rows_read: videos seen, by niche.
        rows_new: sightings written, by niche.
        mistakes: what a scanner raised that none may, by scanner.
    """

    state: sa.Engine
    outcomes: defaultdict[str, list[ScanOutcome]] = field(default_factory=lambda: defaultdict(list))
    rows_read: Counter[str] = field(default_factory=Counter)
    rows_new: Counter[str] = field(default_factory=Counter)
    mistakes: dict[str, BaseException] = field(default_factory=dict)

    def keep(self, answer: Answer) -> None:
        """Write the sightings and outcomes of ``answer``, all of them or none."""
        with self.state.begin() as connection:
            new = sightings.append(connection, answer.niche, answer.videos)
            scan_outcomes.append(connection, *answer.outcomes)
        self.outcomes[answer.niche] += answer.outcomes
        self.rows_read[answer.niche] += len(answer.videos)
        self.rows_new[answer.niche] += new
        if answer.mistake is not None:
            self.mistakes[answer.outcomes[0].platform] = answer.mistake


async def scan_niches(
    niches: Sequence[Niche],
    scanners: Mapping[str, Scanner],
    tools: ScanTools,
    *,
    plan: ScanPlan,
    now: datetime,
    on_answer: Callable[[Answer], None],
) -> None:
    """Scan for every niche: one outcome a platform, handed over as soon as it is known.

    All platforms of a niche are asked at once, each under its own deadline. What a scanner raises
    is its outcome and touches no other; also what it should not raise, so a mistake in one costs
    nobody else's videos. One that does not stop when it is told to is left behind: run this with
    ``run_to_its_end``.

    Args:
        niches: whom to scan for.
        scanners: those that are enabled, by name.
        tools: what scanners reach the world with.
        plan: what is covered, and what it may take.
        now: the moment of the scan.
        on_answer: called in a thread, one call at a time; what it raises ends everything.
    """
    places = asyncio.Semaphore(plan.niches_at_once)
    one_at_a_time = asyncio.Lock()

    async def tell(answer: Answer) -> None:
        async with one_at_a_time:
            await asyncio.to_thread(on_answer, answer)

    async def scan(niche: Niche) -> None:
        async with places:
            await _NicheScan(niche, tools, plan, now, tell).run(scanners)

    await asyncio.gather(*map(scan, niches))


def run_to_its_end(main: Coroutine[Any, Any, T]) -> T:
    """What ``main`` returns; tasks that it left behind are told to stop, and soon given up.

    ``asyncio.run`` would wait for ever for one that does not stop when it is told to.
    """
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        left.add(loop.create_task(loop.shutdown_asyncgens()))
        loop.run_until_complete(asyncio.wait(left, timeout=_TO_STOP_S))
        loop.close()


@dataclass(frozen=True, slots=True)
class _NicheScan:
    """The scan of one niche on every platform."""

    niche: Niche
    tools: ScanTools
    plan: ScanPlan
    now: datetime
    tell: Callable[[Answer], Awaitable[None]]

    async def run(self, scanners: Mapping[str, Scanner]) -> None:
        left_out = not_asked(self.niche, self.plan.platforms, scanners, scanned_at=self.now)
        await self.tell(Answer(niche=self.niche.name, outcomes=left_out))
        outcomes = {outcome.platform: _known(outcome) for outcome in left_out}
        asked = {name: each for name, each in scanners.items() if name not in outcomes}
        stand_ins = {n: each for n, each in asked.items() if isinstance(each, StandInScanner)}
        for name in asked.keys() - stand_ins.keys():
            outcomes[name] = asyncio.ensure_future(self._ask(name, asked[name]))
        standing_in = [self._stand_in(n, each, outcomes) for n, each in stand_ins.items()]
        await asyncio.gather(*outcomes.values(), *standing_in)

    async def _stand_in(
        self, name: str, scanner: StandInScanner, outcomes: Mapping[str, Awaitable[ScanOutcome]]
    ) -> None:
        first = [await outcomes[each] for each in scanner.stands_in_for if each in outcomes]
        if needs_stand_in(first):
            await self._ask(name, scanner)
            return
        reason = f"{' and '.join(scanner.stands_in_for)} could be asked, or are not wanted"
        outcome = skipped(
            self.niche.name, name, SkipCause.NOT_NEEDED, reason=reason, scanned_at=self.now
        )
        await self.tell(Answer(niche=self.niche.name, outcomes=(outcome,)))

    async def _ask(self, name: str, scanner: Scanner) -> ScanOutcome:
        """Scan one platform under its deadline; nothing that it raises gets out of here."""
        seen = Seen(niche=self.niche.name, platform=name)
        loop = asyncio.get_running_loop()
        started_s = loop.time()
        error = await self._error_of(loop.create_task(self._take(scanner, seen)))
        outcome = ended(seen, error, scanned_at=self.now, took_s=loop.time() - started_s)
        await self.tell(
            Answer(
                niche=self.niche.name,
                outcomes=(outcome,),
                videos=tuple(seen.videos.values()),
                mistake=error if is_mistake(error) else None,
            )
        )
        return outcome

    async def _error_of(self, task: asyncio.Task[None]) -> BaseException | None:
        """What the task raised, or that it took too long, whether or not it stops when told."""
        try:
            ended_in_time, _ = await asyncio.wait({task}, timeout=self.plan.deadline_s)
        finally:
            task.cancel()
        if ended_in_time:
            return asyncio.CancelledError() if task.cancelled() else task.exception()
        await asyncio.wait({task}, timeout=_TO_STOP_S)
        return Unreachable(f"gave no complete answer within {self.plan.deadline_s:g} s")

    async def _take(self, scanner: Scanner, seen: Seen) -> None:
        tools = tools_for(seen.platform, self.tools)
        found = scanner.scan(self._request(seen.platform), tools)
        async for item in found:
            seen.add(item)
            if len(seen.videos) >= self.plan.most_videos:
                break
        if isinstance(found, AsyncGenerator):
            await found.aclose()

    def _request(self, platform: str) -> ScanRequest:
        policy = self.niche.policy
        return ScanRequest(
            niche=self.niche.name,
            queries=self.niche.queries,
            since=self.now - timedelta(days=policy.horizon_days),
            limit=self.plan.most_videos,
            watched=tuple(self.niche.watched.get(platform, ())),
            languages=policy.languages,
            reusable_only=policy.reusable_only,
        )


def _known(outcome: ScanOutcome) -> asyncio.Future[ScanOutcome]:
    future: asyncio.Future[ScanOutcome] = asyncio.get_running_loop().create_future()
    future.set_result(outcome)
    return future
