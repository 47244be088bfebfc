"""What sensors make of niches: trends are proposed, partitions of removed ones leave."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from sensors.niches import removed_niches_sensor
from sensors.trends import new_trends_sensor
from tests.builders import scanned_video
from tests.studio import open_studio
from viral_forge_assets.cli import app
from viral_forge_assets.watching import watch_niche
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import Niche, NichePolicy
from viral_forge_resources.contracts.trends import ProposalState
from viral_forge_resources.contracts.used_sounds import UsedSound
from viral_forge_resources.state import niches, proposals, sightings
from viral_forge_resources.state.quotas import SqlQuotaLedger

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@pytest.fixture
def instance() -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def _tick(
    sensor: dg.SensorDefinition, instance: dg.DagsterInstance, state: sa.Engine
) -> dg.SensorResult | dg.SkipReason:
    with dg.build_sensor_context(instance=instance, resources={"state": state}) as context:
        result = sensor(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    if isinstance(result, dg.SensorResult):
        for asked in result.dynamic_partitions_requests or ():
            assert isinstance(asked, dg.DeleteDynamicPartitionsRequest)
            for key in asked.partition_keys:
                instance.delete_dynamic_partition("niches", key)
    return result


def _told(result: dg.SensorResult | dg.SkipReason) -> str:
    assert isinstance(result, dg.SkipReason)
    return result.skip_message or ""


def _watch(state: sa.Engine, **changes) -> None:
    with state.begin() as connection:
        watch_niche(connection, Niche(**{"name": "cooking", **changes}), now=datetime.now(UTC))


def _let_rise(state: sa.Engine) -> None:
    """On two platforms twelve videos keep their pace for days, and four of kimchi are new."""
    now = datetime.now(UTC)
    seen = []
    for platform in ("reddit", "x"):
        for number in range(16):
            is_new = number >= 12
            moments = [now - _DAY, now - _HOUR]
            if not is_new:
                moments = [now - 4 * _DAY, now - 3 * _DAY, *moments]
            seen += [
                scanned_video(
                    platform=platform,
                    platform_video_id=f"v{number}",
                    title="Kimchi!" if is_new else f"video{number}x",
                    author_id=f"author-{number}",
                    seen_at=moment,
                    views=1_000 * position,
                )
                for position, moment in enumerate(moments)
            ]
    with state.begin() as connection:
        sightings.append(connection, "cooking", seen)


def _let_a_sound_rise(state: sa.Engine) -> None:
    """Thirteen videos keep their pace for days, and one sound comes to four of them."""
    now, sound = datetime.now(UTC), UsedSound(sound_id="6956990112127585029")
    seen = [
        scanned_video(
            platform="tiktok",
            platform_video_id=f"v{number}",
            title=f"video{number}x",
            author_id=f"author-{number}",
            seen_at=now - before,
            views=1_000 * position,
            sound=sound if number >= 9 and before <= _DAY else None,
        )
        for number in range(13)
        for position, before in enumerate((4 * _DAY, 3 * _DAY, _DAY, _HOUR))
    ]
    with state.begin() as connection:
        sightings.append(connection, "cooking", seen)


def test_a_sound_that_rises_is_told_and_never_proposed(state, instance, monkeypatch):
    _watch(state)
    url = state.url.render_as_string(hide_password=False)
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", url)
    quiet = CliRunner().invoke(app, ["niche", "trends", "cooking"]).output.splitlines()
    assert quiet[0].startswith("no keyword or channel rises on two platforms")
    assert quiet[1].startswith("no sound is told of any video that was counted twice")
    _let_a_sound_rise(state)
    told = CliRunner().invoke(app, ["niche", "trends", "cooking"]).output.splitlines()
    # 4 of 13 videos gain 4/13 of all views: (4/13 + 1 %) / (0 + 1 %).
    assert told[0] == (
        "sound 'tiktok 6956990112127585029': 31.8 times its earlier share on tiktok, 4 videos"
    )
    assert _told(_tick(new_trends_sensor, instance, state)) == (
        "nothing new rises on several platforms"
    )


def _names(state: sa.Engine) -> list[str]:
    with state.connect() as connection:
        return [niche.name for niche in niches.all_niches(connection)]


def test_what_rises_is_proposed_once_and_becomes_no_niche_by_itself(state, instance):
    _watch(state)
    _let_rise(state)
    told = _told(_tick(new_trends_sensor, instance, state))
    assert told.startswith("proposed kimchi (on ")
    assert told.endswith("added by policy: none")
    assert _names(state) == ["cooking"]
    again = _told(_tick(new_trends_sensor, instance, state))
    assert again == "nothing new rises on several platforms"


def test_what_rises_becomes_a_niche_where_the_policy_says_so(state, instance):
    _watch(state, policy=NichePolicy(adds_trends=True, minimum_score=0.5))
    _let_rise(state)
    assert _told(_tick(new_trends_sensor, instance, state)).endswith("added by policy: kimchi")
    with state.connect() as connection:
        kimchi = niches.get(connection, "kimchi")
        (proposal,) = proposals.all_proposals(connection)
    assert kimchi == Niche(
        name="kimchi", queries=("kimchi",), policy=NichePolicy(minimum_score=0.5)
    )
    assert proposal.state is ProposalState.ACCEPTED
    assert proposal.decided_by == "the policy of cooking"


def test_nothing_is_proposed_of_a_niche_without_sightings(state, instance):
    _watch(state)
    result = _tick(new_trends_sensor, instance, state)
    assert _told(result) == "nothing new rises on several platforms"


def test_the_partition_of_a_removed_niche_leaves(state, instance):
    _watch(state)
    instance.add_dynamic_partitions("niches", ["cooking", "gone"])
    assert isinstance(_tick(removed_niches_sensor, instance, state), dg.SensorResult)
    assert instance.get_dynamic_partitions("niches") == ["cooking"]
    assert _told(_tick(removed_niches_sensor, instance, state)) == (
        "every partition is a watched niche"
    )


@pytest.mark.parametrize(
    "tag", [("dagster/partition", "gone"), ("dagster/asset_partition_range_start", "a")]
)
def test_a_partition_stays_while_a_run_is_at_it(state, instance, tag):
    instance.add_dynamic_partitions("niches", ["gone"])
    run = instance.create_run_for_job(_idle, status=dg.DagsterRunStatus.STARTED, tags=dict([tag]))
    _tick(removed_niches_sensor, instance, state)
    assert instance.get_dynamic_partitions("niches") == ["gone"]
    instance.report_run_failed(run)
    _tick(removed_niches_sensor, instance, state)
    assert instance.get_dynamic_partitions("niches") == []


@dg.job
def _idle() -> None:
    pass


@pytest.fixture
def typing(home, sqlite_state, instance, monkeypatch):
    """Types commands in a studio where kimchi is proposed."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    _watch(sqlite_state)
    _let_rise(sqlite_state)
    _tick(new_trends_sensor, instance, sqlite_state)

    def type_words(*words: str) -> Result:
        return CliRunner().invoke(app, words)

    return type_words


def test_a_person_accepts_a_proposal(typing, sqlite_state):
    shown = typing("niche", "proposals").output
    assert shown.startswith("kimchi: keyword 'kimchi', seen in cooking\n    8 videos of")
    assert typing("niche", "accept", "kimchi").output == (
        "watching kimchi, which searches for kimchi\n"
    )
    assert _names(sqlite_state) == ["cooking", "kimchi"]
    assert typing("niche", "proposals").output == "nothing is proposed\n"
    assert "[accepted by " in typing("niche", "proposals", "--all").output


def test_a_person_declines_a_proposal_for_good(typing, sqlite_state, instance):
    assert typing("niche", "decline", "kimchi").output == "kimchi is declined\n"
    result = _tick(new_trends_sensor, instance, sqlite_state)
    assert _told(result) == "nothing new rises on several platforms"
    again = typing("niche", "accept", "kimchi")
    assert (again.exit_code, "was declined already" in again.output) == (1, True)
    assert _names(sqlite_state) == ["cooking"]


@pytest.mark.parametrize("word", ["accept", "decline"])
def test_what_was_never_proposed_cannot_be_decided(typing, word):
    done = typing("niche", word, "soup")
    assert (done.exit_code, "'soup': names no proposal" in done.output) == (1, True)


def test_jobs_add_niches_and_decide_on_proposals(home, sqlite_state, instance):
    with open_studio(home, sqlite_state) as studio:
        _let_rise(sqlite_state)
        _tick(new_trends_sensor, studio.instance, sqlite_state)
        _run(
            studio,
            "add_niche_job",
            add_niche={"name": "travel", "queries": ["boats"], "watched": {"inbox": ["a"]}},
        )
        _run(studio, "decide_proposals_job", decide_proposals={"accept": ["kimchi"]})
        wrong = _run(
            studio, "add_niche_job", add_niche={"name": "x", "recipe": "none"}, succeeds=False
        )
    assert _names(sqlite_state) == ["cooking", "kimchi", "travel"]
    assert "no recipe is named 'none'" in wrong


def _run(studio, job: str, *, succeeds: bool = True, **configs) -> str:
    result = studio.definitions.resolve_job_def(job).execute_in_process(
        instance=studio.instance,
        raise_on_error=False,
        run_config={
            "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            "ops": {name: {"config": config} for name, config in configs.items()},
        },
    )
    assert result.success is succeeds
    failures = [event for event in result.all_events if event.is_step_failure]
    return "".join(
        event.step_failure_data.user_failure_data.description or ""
        for event in failures
        if event.step_failure_data.user_failure_data
    )


def test_a_scan_shows_allowances_and_proposals(home, sqlite_state, instance):
    now = datetime.now(UTC)
    bucket = Bucket(platform="youtube", name="search", limit=100, window=Window.DAY)
    with open_studio(home, sqlite_state) as studio:
        SqlQuotaLedger(sqlite_state).take((Use(bucket=bucket, units=100),), now=now)
        _let_rise(sqlite_state)
        _tick(new_trends_sensor, studio.instance, sqlite_state)
        ran = studio.scan()
        assert ran.success, ran.failure
    use = ran.metadata("candidates", "quota_use")
    assert "| youtube | default | search | 100 | 100 a day | " in use["allowances"]
    assert "| inbox | default | calls |" not in use["allowances"]  # it asks nobody
    assert (use["dagster/row_count"], use["spent"]) == (1, 1)
    proposed = ran.metadata("candidates", "niche_proposals")
    assert "| kimchi | keyword: kimchi | cooking | " in proposed["open"]


def test_what_dagster_keeps_of_a_proposal_quotes_no_figure_that_expires(home, sqlite_state):
    with open_studio(home, sqlite_state) as studio:
        _let_rise(sqlite_state)
        told = _told(_tick(new_trends_sensor, studio.instance, sqlite_state))
        assert studio.scan().success
        kept = [
            repr(entry)
            for run_id in studio.instance.get_run_ids()
            for entry in studio.instance.all_logs(run_id)
        ]
    with sqlite_state.connect() as connection:
        (proposal,) = proposals.all_proposals(connection)
    assert "times its earlier share" in proposal.evidence
    assert any("keyword: kimchi" in entry for entry in kept)
    assert [each for each in (told, *kept) if "earlier share" in each] == []
