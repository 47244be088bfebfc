"""All scanners on one server, each platform failing in a way of its own: every row is right."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

import viral_forge_resources.scanners
from tests.fakes.quota import FakeQuotaLedger
from tests.fakes.workers import RecordedWorkers
from tests.grounds.scanners._recorded import RecordedGround
from tests.platforms.faults import FAULTS, Fault
from tests.platforms.recorded import RecordedPlatforms
from tests.platforms.recording import FOLDER, NICHE, fill, load
from viral_forge_assets.scanning import ScanPlan, ScanRecord, run_to_its_end, scan_niches
from viral_forge_resources.contracts import errors
from viral_forge_resources.contracts.scanning import (
    Niche,
    ScannedVideo,
    Scanner,
    ScanOutcome,
    ScanRequest,
    ScanState,
    ScanTools,
    SkipCause,
    Unusable,
)
from viral_forge_resources.plugins import get_plugin, plugin_names
from viral_forge_resources.settings import addresses_in
from viral_forge_resources.state import scan_outcomes, sightings
from viral_forge_resources.web import open_web

_NAMES = sorted(
    {path.stem for path in FOLDER.glob("*.json")}
    & set(plugin_names(viral_forge_resources.scanners))
)
_WAYS: tuple[Fault | None, ...] = (None, *FAULTS.values())
_REFUSALS = (FAULTS["401"], FAULTS["403"])
_TIMEOUT_S = 1.0
_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(slots=True)
class _AsRecorded:
    """A scanner that is asked what its recording answers, with the jobs of its recording."""

    platform: str
    scanner: Scanner
    request: ScanRequest
    workers: RecordedWorkers
    trusted: list[str]
    ground: RecordedGround

    async def scan(
        self, request: ScanRequest, tools: ScanTools
    ) -> AsyncIterator[ScannedVideo | Unusable]:
        own = ScanTools(web=tools.web, workers=self.workers, known=self.ground.known)
        async for item in self.scanner.scan(self.request, own):
            yield item


def _mounted(name: str, platforms: RecordedPlatforms, fault: Fault | None) -> _AsRecorded:
    """The scanner ``name`` before a platform of which everything fails in the same way."""
    plugin = get_plugin(viral_forge_resources.scanners, name)
    recording = load(name)
    platform = platforms.mount(recording)
    workers = RecordedWorkers(
        ledger=FakeQuotaLedger(), jobs=fill(list(recording.jobs), platform.url)
    )
    if fault is not None:
        platform.faults = dict.fromkeys(range(len(recording.exchanges)), fault.web(platforms))
        workers.faults = dict.fromkeys(range(len(recording.jobs)), fault.job)
    ground = RecordedGround(plugin, recording, platforms)
    settings = ground.settings(platform.url)
    return _AsRecorded(
        platform=name,
        scanner=plugin.open_plugin(settings),
        request=recording.request(server=platform.url),
        workers=workers,
        trusted=addresses_in(settings),
        ground=ground,
    )


async def _scanning(
    scanners: Mapping[str, Scanner], trusted: list[str], record: ScanRecord
) -> None:
    plan = ScanPlan(platforms=tuple(_NAMES), deadline_s=30.0, niches_at_once=1, most_videos=100)
    async with open_web(ledger=FakeQuotaLedger(), trusted=trusted, timeout_s=_TIMEOUT_S) as web:
        tools = ScanTools(web=web, workers=RecordedWorkers(ledger=FakeQuotaLedger(), jobs=[]))
        await scan_niches(
            [Niche(name=NICHE)], scanners, tools, plan=plan, now=_NOW, on_answer=record.keep
        )


def _is_right(outcome: ScanOutcome, fault: Fault | None, *, size: int) -> bool:
    if fault is None:
        return (outcome.state, outcome.found) == (ScanState.FOUND, size)
    if outcome.state is ScanState.FOUND:
        return fault.may_spare and outcome.found == 0 and "left out" in (outcome.reason or "")
    if outcome.state is ScanState.SKIPPED:  # some say so where they want an account
        return outcome.skip is SkipCause.NO_CREDENTIALS and fault in _REFUSALS
    return issubclass(getattr(errors, outcome.error or ""), fault.errors) and bool(outcome.reason)


@pytest.mark.parametrize("turn", range(len(_WAYS)))
def test_each_platform_fails_in_its_own_way_and_touches_no_other(
    turn: int, platforms: RecordedPlatforms, sqlite_state: sa.Engine
) -> None:
    faults = {name: _WAYS[(turn + place) % len(_WAYS)] for place, name in enumerate(_NAMES)}
    scanners = {name: _mounted(name, platforms, fault) for name, fault in faults.items()}
    trusted = [address for scanner in scanners.values() for address in scanner.trusted]
    run_to_its_end(_scanning({**scanners}, trusted, ScanRecord(sqlite_state)))
    with sqlite_state.connect() as connection:
        outcomes = {each.platform: each for each in scan_outcomes.latest(connection, NICHE)}
        seen = sightings.latest(connection, NICHE)
    sizes = {name: len(load(name).videos) for name in _NAMES}
    assert sorted(outcomes) == _NAMES
    assert [
        outcome
        for name, outcome in outcomes.items()
        if not _is_right(outcome, faults[name], size=sizes[name])
    ] == []
    assert {video.platform for video in seen} == {n for n, fault in faults.items() if fault is None}
    assert platforms.private == []
