"""What is run together, and what operators start by hand, on real state."""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import KEY, NOW, save_candidate, save_publication, sha256
from tests.fakes.backfills import FakeBackfills
from viral_forge_assets.definitions import build_definitions
from viral_forge_assets.failures import why_failed
from viral_forge_assets.jobs import (
    MADE_BY_CANDIDATE_JOB,
    approve_job,
    housekeeping_job,
    reject_job,
    reprocess_niche_job,
)
from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.oauth import PendingLogin
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.contracts.studio import Retention
from viral_forge_resources.settings import Settings
from viral_forge_resources.state import (
    approvals,
    clips,
    niches,
    pending_logins,
    publications,
    scan_outcomes,
    sightings,
)

_S = PublicationState
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_PARTITIONED = {
    "scan_job": "niches",
    "candidate_job": "candidates",
    "publish_job": "candidates",
    "metrics_job": "candidates",
    "performance_job": "niches",
}
_UNPARTITIONED = {
    "approve_job",
    "reject_job",
    "reprocess_niche_job",
    "housekeeping_job",
    "add_niche_job",
    "decide_proposals_job",
    "queue_job",
    "takedown_job",
    "report_job",
    "tokens_job",
    "readings_job",
    "start_experiment_job",
    "stop_experiment_job",
    "refit_scores_job",
}


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_definitions(Settings()).get_repository_def()


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def assets_of(repository: dg.RepositoryDefinition, job: str) -> set[tuple[str, ...]]:
    selected = repository.get_job(job).asset_layer.selected_asset_keys
    return {tuple(key.path) for key in selected}


def test_there_are_the_jobs_that_automation_and_operators_start(repository):
    named = {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")}

    assert named == set(_PARTITIONED) | _UNPARTITIONED


def test_publish_job_alone_posts(repository):
    posting = [
        job
        for job in _PARTITIONED
        if ("publication", "published_posts") in assets_of(repository, job)
    ]

    assert posting == ["publish_job"]
    assert assets_of(repository, "publish_job") == {("publication", "published_posts")}


def test_candidate_job_goes_from_the_source_to_the_plan_of_posts(repository):
    assert assets_of(repository, "candidate_job") == set(MADE_BY_CANDIDATE_JOB)


def test_every_asset_is_made_by_exactly_one_job(repository):
    jobs = [*_PARTITIONED, "queue_job", "takedown_job", "report_job"]
    made = sorted(key for job in jobs for key in assets_of(repository, job))

    assert made == sorted(tuple(key.path) for key in repository.asset_graph.get_all_asset_keys())


@pytest.mark.parametrize(("job", "partitions"), _PARTITIONED.items())
def test_a_job_is_for_one_niche_or_one_candidate(repository, job, partitions):
    found = repository.get_job(job).partitions_def

    assert isinstance(found, dg.DynamicPartitionsDefinition)
    assert found.name == partitions


@pytest.mark.parametrize("job", [*_PARTITIONED, *sorted(_UNPARTITIONED)])
def test_a_run_takes_one_process(repository, job):
    assert repository.get_job(job).executor_def.name == "in_process"


def test_runs_that_post_bear_the_tag_that_limits_them(repository):
    assert repository.get_job("publish_job").tags["viral_forge/kind"] == "publish"


def save_clip(state: sa.Engine, *, number: int = 1, content: str = "clip") -> None:
    save_publication(state, clip_number=number, content_sha256=sha256(content))
    with state.begin() as connection:
        clips.record(
            connection,
            builders.clip(
                number=number, content_sha256=sha256(content), checks=(builders.check_result(),)
            ),
        )


def decide(
    job: dg.JobDefinition, state: sa.Engine, contents: Sequence[str]
) -> dg.ExecuteInProcessResult:
    """What an operator's run over these clips came to."""
    (op,) = (node.name for node in job.nodes)
    config = {"clips": list(contents), "decided_by": "Ada", "note": "seen on a phone"}
    return job.execute_in_process(
        resources={"state": state},
        run_config=_QUIET | {"ops": {op: {"config": config}}},
        raise_on_error=False,
    )


def states_of(state: sa.Engine) -> list[PublicationState]:
    with state.connect() as connection:
        return [row.state for row in publications.of_candidate(connection, KEY)]


def test_approve_job_lets_the_posts_of_clips_out(sqlite_state):
    save_clip(sqlite_state)
    save_clip(sqlite_state, number=2, content="second")

    result = decide(approve_job, sqlite_state, [sha256("clip")[:12], sha256("second")])

    assert result.success
    assert states_of(sqlite_state) == [_S.APPROVED, _S.APPROVED]
    with sqlite_state.connect() as connection:
        word = approvals.current(connection, sha256("clip"))
    assert word is not None
    assert (word.is_approved, word.decided_by, word.note) == (True, "Ada", "seen on a phone")


def test_reject_job_withdraws_the_posts_of_clips(sqlite_state):
    save_clip(sqlite_state)

    assert decide(reject_job, sqlite_state, [sha256("clip")[:12]]).success
    assert states_of(sqlite_state) == [_S.WITHDRAWN]


def test_one_wrong_hash_decides_nothing_and_is_named(sqlite_state):
    save_clip(sqlite_state)

    result = decide(approve_job, sqlite_state, [sha256("clip"), "0" * 12])

    assert not result.success
    assert why_failed(result.all_events).startswith(
        f"While approving: '{'0' * 12}': is the content hash of no"
    )
    assert states_of(sqlite_state) == [_S.PLANNED]


def reprocess(
    state: sa.Engine, instance: dg.DagsterInstance, backfills: FakeBackfills, niche: str
) -> dg.ExecuteInProcessResult:
    return reprocess_niche_job.execute_in_process(
        instance=instance,
        resources={"state": state, "backfills": backfills},
        run_config=_QUIET | {"ops": {"request_backfill": {"config": {"niche": niche}}}},
        raise_on_error=False,
    )


def known_candidates(state: sa.Engine, instance: dg.DagsterInstance, *keys: str, **changes) -> None:
    for key in keys:
        save_candidate(state, candidate_key=key, **changes)
    with state.begin() as connection:
        for name in {key.partition(":")[0] for key in keys}:
            niches.save(connection, builders.niche(name=name), now=NOW)
    instance.add_dynamic_partitions("candidates", list(keys))


def test_a_niche_is_made_again_as_one_backfill_that_posts_nothing(sqlite_state, instance):
    keys = [f"cooking:inbox:{name}" for name in ("pasta", "soup")]
    known_candidates(sqlite_state, instance, *keys)
    backfills = FakeBackfills()

    assert reprocess(sqlite_state, instance, backfills, "cooking").success

    (launched,) = backfills.launched
    assert launched.partition_keys == keys
    assert launched.asset_keys == MADE_BY_CANDIDATE_JOB
    assert ("publication", "published_posts") not in launched.asset_keys
    assert launched.title == "Reprocess cooking"
    assert launched.tags == {"viral_forge/niche": "cooking"}


def test_a_niche_whose_name_ends_alike_is_left_alone(sqlite_state, instance):
    known_candidates(sqlite_state, instance, "cooking:inbox:pasta", "home-cooking:inbox:pasta")
    backfills = FakeBackfills()

    reprocess(sqlite_state, instance, backfills, "cooking")

    assert backfills.launched[0].partition_keys == ["cooking:inbox:pasta"]


def test_failed_candidates_are_made_again_too_and_others_are_not(sqlite_state, instance):
    for status in CandidateStatus:
        key = f"cooking:inbox:{status.value}"
        known_candidates(sqlite_state, instance, key, status=status)
    known_candidates(sqlite_state, instance, "cooking:inbox:no-partition")
    instance.delete_dynamic_partition("candidates", "cooking:inbox:no-partition")
    backfills = FakeBackfills()

    reprocess(sqlite_state, instance, backfills, "cooking")

    assert backfills.launched[0].partition_keys == [
        "cooking:inbox:failed",
        "cooking:inbox:shortlisted",
    ]


@pytest.mark.parametrize(
    ("niche", "reason"),
    [("nosuch", "'nosuch': names no niche"), ("baking", "'baking': has no candidate to make")],
)
def test_a_niche_with_nothing_to_make_again_fails_and_says_why(
    sqlite_state, instance, niche, reason
):
    with sqlite_state.begin() as connection:
        niches.save(connection, builders.niche(name="baking"), now=NOW)
    backfills = FakeBackfills()

    result = reprocess(sqlite_state, instance, backfills, niche)

    assert why_failed(result.all_events).startswith(f"While reprocessing a niche: {reason}")
    assert backfills.launched == []


def test_a_webserver_that_is_not_there_is_asked_again(sqlite_state, instance):
    known_candidates(sqlite_state, instance, "cooking:inbox:pasta")
    backfills = FakeBackfills(error=Unreachable("no webserver", retry_after=timedelta(0)))

    result = reprocess(sqlite_state, instance, backfills, "cooking")

    assert why_failed(result.all_events) == "While reprocessing a niche: no webserver"
    assert len([event for event in result.all_events if event.is_step_up_for_retry]) == 3


def sighting(state: sa.Engine, platform: str, *, age: timedelta) -> None:
    video = builders.scanned_video(platform=platform, seen_at=datetime.now(UTC) - age)
    outcome = builders.scan_outcome(platform=platform, scanned_at=datetime.now(UTC) - age)
    with state.begin() as connection:
        sightings.append(connection, "cooking", [video])
        scan_outcomes.append(connection, outcome)


def test_housekeeping_removes_youtubes_statistics_after_a_month_and_nobody_elses(state):
    for platform in ("youtube_shorts", "youtube_long", "duckduckgo", "internet_archive"):
        sighting(state, platform, age=timedelta(days=31))
    sighting(state, "youtube_shorts", age=timedelta(days=29))
    sighting(state, "reddit", age=timedelta(days=91))

    retention = Retention(youtube_statistics=timedelta(days=30), scan_outcomes=timedelta(days=90))
    assert housekeeping_job.execute_in_process(
        resources={"state": state, "retention": retention, "prices": Prices()}, run_config=_QUIET
    ).success

    with state.connect() as connection:
        left = {video.platform for video in sightings.latest(connection, "cooking")}
        ended = {outcome.platform for outcome in scan_outcomes.latest(connection, "cooking")}
    assert left == {"youtube_shorts", "internet_archive", "reddit"}
    assert ended == {"youtube_shorts", "youtube_long", "duckduckgo", "internet_archive"}


def _unfinished_login(state: sa.Engine, name: str, *, ended: timedelta) -> None:
    now = datetime.now(UTC)
    login = PendingLogin(
        state_sha256=sha256(name),
        channel_id="youtube:main",
        publisher="youtube",
        name="main",
        niche="cooking",
        redirect_uri="http://127.0.0.1/",
        browser_sha256=None,
        account_id=None,
        is_replacing=False,
        started_at=now - ended - timedelta(minutes=10),
        expires_at=now - ended,
        sealed="sealed",
        key_id="key",
    )
    with state.begin() as connection:
        pending_logins.add(connection, login)


def test_housekeeping_forgets_logins_that_nobody_finished_and_no_open_one(state):
    _unfinished_login(state, "late", ended=timedelta(seconds=1))
    _unfinished_login(state, "open", ended=timedelta(minutes=-5))

    retention = Retention(youtube_statistics=timedelta(days=30), scan_outcomes=timedelta(days=90))
    assert housekeeping_job.execute_in_process(
        resources={"state": state, "retention": retention, "prices": Prices()}, run_config=_QUIET
    ).success

    with state.connect() as connection:
        assert pending_logins.look(connection, sha256("late")) is None
        assert pending_logins.look(connection, sha256("open")) is not None


def test_statistics_are_kept_as_long_as_the_settings_say():
    given = build_definitions(Settings(youtube_statistics_days=7)).resources

    assert given is not None
    retention = given["retention"]
    assert isinstance(retention, Retention)
    assert retention.youtube_statistics == timedelta(days=7)
