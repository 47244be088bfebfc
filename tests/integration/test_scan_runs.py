"""Runs of ``scan_job``: many niches in one, and what each niche's partition shows of it."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from tests import builders
from tests.fakes.scanner import FakeScanner
from tests.studio import NICHE, Ran, Studio, open_studio
from viral_forge_assets.scanning import ScanPlan
from viral_forge_resources.contracts.errors import NoCredentials, Unreachable
from viral_forge_resources.contracts.scanning import (
    NichePolicy,
    ScannedVideo,
    Scanner,
    ScanRequest,
    ScanState,
)
from viral_forge_resources.state import niches, scan_outcomes, sightings

_PLAN = ScanPlan(
    platforms=("busy", "down", "keyless", "off", "quiet"),
    deadline_s=10.0,
    niches_at_once=2,
    most_videos=50,
)
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class ByNiche(FakeScanner):
    """Shows each niche a video of its own."""

    async def scan(self, request: ScanRequest, tools):
        video = builders.scanned_video(platform_video_id=f"{request.niche}-1")
        self._videos = [video]
        async for found in super().scan(request, tools):
            yield found


def platforms() -> dict[str, Scanner]:
    return {
        "busy": ByNiche(platform="busy"),
        "quiet": FakeScanner(platform="quiet"),
        "keyless": FakeScanner(platform="keyless", error=NoCredentials("set KEYLESS_KEY")),
        "down": FakeScanner(platform="down", error=Unreachable("'api.down.example' is down")),
    }


@contextmanager
def studio_with(
    home: Path, state: sa.Engine, scanners: dict[str, Scanner], *names: str
) -> Generator[Studio]:
    """A studio that scans with ``scanners`` and watches ``names`` beside its one niche."""
    with open_studio(home, state, scanners=scanners, scan_plan=_PLAN) as studio:
        with state.begin() as connection:
            for name in names:
                niches.save(connection, builders.niche(name=name), now=builders.NOW)
        studio.instance.add_dynamic_partitions("niches", [NICHE, *names])
        yield studio


def scan_range(studio: Studio, first: str, last: str) -> Ran:
    """One run over neighbouring niches."""
    tags = {
        "dagster/asset_partition_range_start": first,
        "dagster/asset_partition_range_end": last,
    }
    return Ran(
        studio.definitions.resolve_job_def("scan_job").execute_in_process(
            instance=studio.instance, tags=tags, raise_on_error=False, run_config=_QUIET
        )
    )


def shown(ran: Ran, asset: str) -> dict[str, dict[str, object]]:
    """Metadata of each niche's partition."""
    return {
        str(event.partition): {
            name: value.value for name, value in event.materialization.metadata.items()
        }
        for event in ran.result.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey(["candidates", asset])
    }


def table(text: object) -> list[list[str]]:
    """The cells of a Markdown table, without its head."""
    lines = str(text).splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def seen(state: sa.Engine, niche: str) -> Sequence[ScannedVideo]:
    with state.connect() as connection:
        return sightings.latest(connection, niche)


def test_one_run_scans_many_niches_and_each_partition_shows_its_own(home, sqlite_state):
    with studio_with(home, sqlite_state, platforms(), "baking", "travel") as studio:
        ran = scan_range(studio, NICHE, "travel")

    assert ran.success, ran.failure
    partitions = shown(ran, "scanned_videos")
    assert partitions.keys() == {NICHE, "baking", "travel"}
    for name, facts in partitions.items():
        assert (facts["rows_read"], facts["rows_new"]) == (1, 1)
        (video,) = seen(sqlite_state, name)
        assert video.platform_video_id == f"{name}-1"
    best = {name: facts["best"] for name, facts in shown(ran, "shortlist").items()}
    assert best.keys() == partitions.keys()
    assert all(f"{name}:busy:{name}-1" in str(told) for name, told in best.items())


def test_a_partitions_table_tells_quiet_failed_and_skipped_platforms_apart(home, sqlite_state):
    with studio_with(home, sqlite_state, platforms(), "baking") as studio:
        with sqlite_state.begin() as connection:
            policy = NichePolicy(platforms=("busy",))
            niches.save(connection, builders.niche(name="baking", policy=policy), now=builders.NOW)
        ran = scan_range(studio, NICHE, "baking")

    facts = shown(ran, "scanned_videos")
    states = {row[0]: (row[1], row[2]) for row in table(facts[NICHE]["platforms"])}
    assert states == {
        "busy": ("found", "1"),
        "quiet": ("quiet", "0"),
        "down": ("failed: Unreachable", "-"),
        "keyless": ("skipped: no\\_credentials", "-"),
        "off": ("skipped: disabled", "-"),
    }
    counts = ("platforms_found", "platforms_failed", "platforms_skipped")
    assert [facts[NICHE][name] for name in counts] == [2, 1, 2]
    assert [facts["baking"][name] for name in counts] == [1, 0, 4]
    assert "skipped: not\\_watched" in str(facts["baking"]["platforms"])
    assert "is down" in str(facts[NICHE]["platforms"])


def test_an_operator_scans_one_niche(home, sqlite_state):
    with studio_with(home, sqlite_state, platforms(), "baking") as studio:
        ran = studio.run("scan_job", "baking")

    assert ran.success, ran.failure
    assert shown(ran, "scanned_videos").keys() == {"baking"}
    assert seen(sqlite_state, NICHE) == ()


def test_how_each_platform_answered_is_kept(home, state):
    with studio_with(home, state, platforms()) as studio:
        studio.scan()

    with state.connect() as connection:
        kept = {row.platform: row.state for row in scan_outcomes.latest(connection, NICHE)}
    assert kept == {
        "busy": ScanState.FOUND,
        "quiet": ScanState.FOUND,
        "down": ScanState.FAILED,
        "keyless": ScanState.SKIPPED,
        "off": ScanState.SKIPPED,
    }


def evaluation(ran: Ran) -> dg.AssetCheckEvaluation:
    (found,) = (
        each
        for each in ran.result.get_asset_check_evaluations()
        if each.check_name == "platforms_answered"
    )
    return found


def test_platforms_that_did_not_answer_are_a_warning_that_names_them(home, sqlite_state):
    with studio_with(home, sqlite_state, platforms(), "baking") as studio:
        ran = scan_range(studio, NICHE, "baking")

    told = evaluation(ran)
    assert ran.success
    assert (told.passed, told.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert told.description == (
        "no answer for baking: down (Unreachable); cooking: down (Unreachable)"
    )
    assert "is down" in str(told.metadata["failed"].value)


def test_quiet_and_skipped_platforms_are_nothing_to_warn_of(home, sqlite_state):
    scanners = platforms()
    del scanners["down"]
    with studio_with(home, sqlite_state, scanners) as studio:
        told = evaluation(studio.scan())

    assert told.passed
    assert told.description == "every platform that was asked answered"


def test_a_scan_of_one_niche_leaves_no_other_niches_failure_out_of_sight(home, sqlite_state):
    with studio_with(home, sqlite_state, platforms(), "baking") as studio:
        scan_range(studio, NICHE, "baking")
        with sqlite_state.begin() as connection:
            outcome = builders.scan_outcome(
                niche="baking", platform="down", scanned_at=datetime.now(UTC)
            )
            scan_outcomes.append(connection, outcome)
        told = evaluation(studio.scan())

    assert told.description == "no answer for cooking: down (Unreachable)"


def test_what_failed_days_ago_is_no_news(home, sqlite_state):
    with sqlite_state.begin() as connection:
        old = builders.scan_outcome(
            niche="baking",
            state=ScanState.FAILED,
            found=None,
            scanned_at=datetime.now(UTC) - timedelta(days=3),
        )
        scan_outcomes.append(connection, old)
    with studio_with(home, sqlite_state, {"quiet": FakeScanner(platform="quiet")}) as studio:
        assert evaluation(studio.scan()).passed


def test_a_mistake_in_a_scanner_fails_the_run_and_costs_no_other_its_candidates(home, sqlite_state):
    scanners = platforms()
    scanners["down"] = FakeScanner(platform="down", error=KeyError("id"))
    with studio_with(home, sqlite_state, scanners) as studio:
        ran = studio.scan()

    assert not ran.success
    assert ran.failure == (
        "While scanning: mistakes in the scanners down: a mistake in the scanner: 'id'"
    )
    assert {"scanned_videos", "shortlist"} <= ran.made
    assert [row.platform for row in studio.candidates()] == ["busy"]
    assert evaluation(ran).severity is dg.AssetCheckSeverity.ERROR


def test_a_niche_that_nobody_watches_fails_the_run_before_anything_is_asked(home, sqlite_state):
    scanners = platforms()
    with studio_with(home, sqlite_state, scanners) as studio:
        ran = studio.run("scan_job", "typed-by-hand")

    assert "'typed-by-hand': names no niche" in ran.failure
    quiet = scanners["quiet"]
    assert isinstance(quiet, FakeScanner)
    assert quiet.requests == []


@pytest.mark.parametrize("asset", ["scanned_videos", "shortlist"])
def test_a_backfill_of_niches_is_one_run(home, sqlite_state, asset):
    with studio_with(home, sqlite_state, platforms()) as studio:
        graph = studio.definitions.get_repository_def().asset_graph

    policy = graph.get(dg.AssetKey(["candidates", asset])).backfill_policy
    assert policy == dg.BackfillPolicy.single_run()
