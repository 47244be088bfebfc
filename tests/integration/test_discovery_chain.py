"""From every platform at once to rendered clips, some platforms broken on purpose."""

from collections import Counter
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from sensors.candidates import shortlisted_candidates_sensor
from tests.builders import NOW
from tests.fakes.workers import RecordedWorkers
from tests.integration.test_scan_runs import scan_range, shown, table
from tests.platforms.recording import fill
from tests.platforms.world import BROKEN, DISABLED, FILMS, KEYLESS, QUIET, World, whole_world
from tests.studio import Ran, Studio, open_studio
from viral_forge_assets.watching import watch_niche
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.contracts.scanning import ScanTools
from viral_forge_resources.settings import addresses_in
from viral_forge_resources.state import candidates
from viral_forge_resources.state.quotas import SqlQuotaLedger, balances
from viral_forge_resources.web import open_web

_NICHES = ("cats", "kittens", "tigers")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[World]:
    films = tmp_path / "films"
    films.mkdir()
    with whole_world(films) as world:
        for name, value in world.environment.items():
            monkeypatch.setenv(name, value)
        yield world


@pytest.fixture
def studio(world: World, home: Path, sqlite_state: sa.Engine) -> Generator[Studio]:
    """A studio of three niches; yt-dlp and DuckDuckGo answer what was recorded."""

    @asynccontextmanager
    async def scan_tools() -> AsyncGenerator[ScanTools]:
        grounds = world.grounds.items()
        settings = [each.settings(each.platforms.address(name)) for name, each in grounds]
        jobs = [
            job
            for name, each in grounds
            for job in fill(list(each.recording.jobs), each.platforms.address(name))
        ]
        ledger = SqlQuotaLedger(sqlite_state)
        trusted = [address for each in settings for address in addresses_in(each)]
        async with open_web(ledger=ledger, trusted=trusted, longest_wait_s=1) as web:
            workers = RecordedWorkers(ledger=ledger, jobs=jobs, is_lenient=True)
            yield ScanTools(web=web, workers=workers)

    with open_studio(home, sqlite_state, scan_tools=scan_tools) as studio:
        with sqlite_state.begin() as connection:
            for name in _NICHES:
                watch_niche(connection, world.niche(name), now=NOW)
        studio.instance.add_dynamic_partitions("niches", _NICHES)
        yield studio


def _edited(studio: Studio, niche: str) -> dict[str, Ran]:
    """A run of one new candidate of the niche for each platform that has a film."""
    with dg.build_sensor_context(
        instance=studio.instance,
        resources={"state": studio.state, "llm_budget": Budget(usd=None, quantity=None)},
    ) as context:
        tick = shortlisted_candidates_sensor(context)
    assert isinstance(tick, dg.SensorResult)
    first: dict[str, str] = {}  # one film stands behind all links of a platform
    for request in tick.run_requests or ():
        in_niche, platform, _ = str(request.partition_key).split(":")
        if in_niche == niche and platform in FILMS:
            first.setdefault(platform, str(request.partition_key))
    return {platform: studio.run("candidate_job", key) for platform, key in first.items()}


def _told(facts: Mapping[str, object]) -> dict[str, str]:
    """What the table of platforms says of each."""
    rows = table(str(facts["platforms"]).replace("\\_", "_"))
    return {row[0]: row[1] for row in rows}


def test_three_niches_on_every_platform_become_clips(world, studio):
    scanned = scan_range(studio, _NICHES[0], _NICHES[-1])
    assert scanned.success, scanned.failure
    for niche, facts in shown(scanned, "scanned_videos").items():
        told = _told(facts)
        assert told.keys() == {*world.names, "inbox"}
        assert {told[name].partition(":")[0] for name in BROKEN} == {"failed"}
        assert told[QUIET] == "quiet"
        assert told[DISABLED] == "skipped: disabled"
        assert {told[name] for name in KEYLESS} == {"skipped: no_credentials"}
        others = told.keys() - {*BROKEN, QUIET, DISABLED, *KEYLESS, "inbox"}
        assert {told[name] for name in others} == {"found"}, niche
        at_once = {row[0]: row[1] for row in table(facts["answers"])}
        assert (at_once["quiet"], at_once["skipped: disabled"]) == (f"inbox, {QUIET}", DISABLED)
        assert len(str(facts["answers"])) < 1_000  # the UI hides longer ones behind a click
    check = scanned.failed_checks
    assert check.keys() == {"platforms_answered"}
    assert all(f"cats: {name}" in check["platforms_answered"] for name in BROKEN)
    clips = _edited(studio, "cats")
    assert clips.keys() == FILMS.keys()
    for platform, ran in clips.items():
        assert ran.success, f"{platform}: {ran.failure}"
        assert ran.failed_checks == {}
        assert ran.metadata("transform", "rendered_clips")["clips"] >= 1


def test_what_no_licence_allows_is_refused_with_what_would_clear_it(studio):
    scan_range(studio, "cats", "cats")
    with studio.state.connect() as connection:
        rows = candidates.of_niche(connection, "cats")
    allowed = [row for row in rows if row.status is CandidateStatus.SHORTLISTED]
    refused = [row for row in rows if row.status is CandidateStatus.REFUSED]
    assert {*FILMS} <= {row.platform for row in allowed}
    assert all(row.rights_id and row.score_parts for row in allowed)
    assert "tiktok" in {row.platform for row in refused}
    assert all(f"viral-forge rights add {row.candidate_key}" in str(row.remedy) for row in refused)


def test_every_request_that_any_platform_saw_is_in_the_ledger(world, studio):
    ran = scan_range(studio, _NICHES[0], _NICHES[-1])
    counted: Counter[str] = Counter()
    with studio.state.connect() as connection:
        for each in balances(connection, now=datetime.now(UTC)):
            if each.bucket.name == "calls":
                counted[each.bucket.platform] += each.used
    served = world.grounds["peertube"].platforms.served
    pictures = counted.pop("thumbnails")  # whose host they ask is the platforms' own matter
    assert served.keys() == counted.keys()
    assert all(served[name] >= used for name, used in counted.items())
    assert served.total() - counted.total() <= pictures
    told = str(ran.metadata("candidates", "quota_use")["allowances"])
    assert "| reddit | app-1 | requests | " in told
    assert " a minute | " in told
    assert "| peertube | default | calls | " in told


def test_duckduckgo_stands_in_for_what_youtube_could_not_be_asked(studio):
    ran = scan_range(studio, "cats", "cats")
    told = _told(shown(ran, "scanned_videos")["cats"])
    assert told["youtube_long"] == "skipped: no_credentials"
    assert told["duckduckgo"] == "found"
