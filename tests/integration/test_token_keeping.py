"""Tokens are fresh when they are needed, refreshed once, stored before use, and never lost."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.accounts import (
    KEY,
    OTHER_KEY,
    Studio,
    child_environment,
    emulated,
    open_login,
)
from tests.builders import save_publication
from tests.platforms.oauth import error
from tests.platforms.oauth_replies import Reply
from viral_forge_resources.accounts.keeping import SqlAccounts
from viral_forge_resources.accounts.resealing import reseal
from viral_forge_resources.accounts.sealing import VaultCipher
from viral_forge_resources.accounts.timing import ends_unrefreshed
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NoCredentials,
    RateLimited,
    ReauthorisationNeeded,
    Transient,
    Unreachable,
)
from viral_forge_resources.contracts.oauth import AccountState
from viral_forge_resources.state import oauth_tokens, sessions
from viral_forge_resources.state.tables import publication_sessions

_ROOT = Path(__file__).parents[2]
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@pytest.fixture
def studio(state: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with emulated(monkeypatch) as platforms:
        yield Studio(state, platforms, Vault([KEY]))


def _refreshers(studio: Studio, channel_id: str, count: int) -> subprocess.Popen[str]:
    url = studio.engine.url.render_as_string(hide_password=False).replace("+psycopg2", "")
    return subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "tests.refreshers", url, KEY, channel_id, str(count)],
        cwd=_ROOT,
        env=child_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _asked_to_refresh(studio: Studio, platform: str) -> int:
    calls = studio.emulator(platform).calls
    return len([call for call in calls if call.form.get("grant_type") == "refresh_token"])


def _answer(status: int, headers: Mapping[str, str] | None = None) -> Callable[..., Reply]:
    page = Reply(status=status, body=b"<p>No.", kind="text/html", headers=headers or {})
    return lambda _: page


def _after_accepting(status: int) -> Callable[[Callable[[], Reply]], Reply]:
    def fault(accept: Callable[[], Reply]) -> Reply:
        accept()
        return Reply(status=status)

    return fault


def test_a_good_token_is_given_without_asking_the_platform(studio):
    studio.connect("tiktok")
    calls = len(studio.emulator("tiktok").calls)
    first = studio.accounts.access_token("tiktok:main")
    assert studio.accounts.access_token("tiktok:main") == first
    assert len(studio.emulator("tiktok").calls) == calls


def test_a_token_is_refreshed_in_the_last_tenth_of_its_life(studio):
    studio.connect("tiktok")
    before = studio.accounts.access_token("tiktok:main")
    studio.let_pass(timedelta(minutes=107), "tiktok:main")
    assert studio.accounts.access_token("tiktok:main").value == before.value
    studio.let_pass(timedelta(minutes=2), "tiktok:main")
    assert studio.accounts.access_token("tiktok:main").value != before.value


def test_who_needs_a_token_for_longer_gets_one(studio):
    studio.connect("tiktok")
    studio.let_pass(timedelta(minutes=60), "tiktok:main")
    long = studio.accounts.access_token("tiktok:main", at_least=timedelta(minutes=90))
    assert studio.emulator("tiktok").refreshes == 1
    assert long.expires_at is not None
    assert long.expires_at > datetime.now(UTC) + timedelta(minutes=90)
    studio.accounts.access_token("tiktok:main", at_least=10 * _HOUR)  # more than any lives
    assert studio.emulator("tiktok").refreshes == 1


@pytest.mark.parametrize("count", [2, 8])
@pytest.mark.parametrize("platform", ["tiktok", "x"])
def test_of_processes_that_refresh_at_once_one_does_and_all_have_its_token(studio, platform, count):
    studio.connect(platform)
    channel_id = f"{platform}:main"
    studio.let_pass(3 * _HOUR, channel_id)

    said, _ = _refreshers(studio, channel_id, count).communicate(timeout=120)

    assert _asked_to_refresh(studio, platform) == 1
    assert studio.emulator(platform).refreshes == 1
    assert len(said.split()) == count
    assert len(set(said.split())) == 1
    assert "Error" not in said
    studio.let_pass(3 * _HOUR, channel_id)
    assert studio.accounts.access_token(channel_id)  # the pair that was stored is the newest
    assert studio.emulator(platform).refreshes == 2


def _kill_between_receiving_and_storing(studio: Studio, channel_id: str) -> None:
    studio.let_pass(3 * _HOUR, channel_id)
    with _refreshers(studio, channel_id, 0) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "received\n"
        process.kill()


def test_a_kill_before_a_rotated_token_was_stored_is_told_as_what_it_is(studio):
    studio.connect("tiktok")
    _kill_between_receiving_and_storing(studio, "tiktok:main")
    assert studio.stored("tiktok:main").state is AccountState.CONNECTED

    with pytest.raises(ReauthorisationNeeded, match="cut off before its answer was stored"):
        studio.accounts.access_token("tiktok:main")

    assert studio.stored("tiktok:main").state is AccountState.REAUTHORISE
    studio.connect("tiktok")
    assert studio.accounts.access_token("tiktok:main")


def test_a_kill_in_the_middle_costs_nothing_where_refresh_tokens_stay(studio):
    studio.connect("youtube")
    _kill_between_receiving_and_storing(studio, "youtube:main")
    assert studio.accounts.access_token("youtube:main")
    assert studio.stored().state is AccountState.CONNECTED
    assert studio.stored().refreshing_since is None


def test_a_rotated_pair_whose_answer_was_lost_is_told_as_what_it_is(studio):
    studio.connect("x")
    studio.let_pass(3 * _HOUR, "x:main")
    studio.emulator("x").faults.append(_after_accepting(503))
    with pytest.raises(Unreachable):
        studio.accounts.access_token("x:main")
    with pytest.raises(ReauthorisationNeeded, match="cut off before its answer was stored"):
        studio.accounts.access_token("x:main")


@pytest.mark.parametrize(
    ("platform", "age"), [("youtube", 2 * _HOUR), ("tiktok", 3 * _HOUR), ("threads", 59 * _DAY)]
)
@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_token_endpoint_in_trouble_changes_nothing(studio, platform, age, status):
    studio.connect(platform)
    channel_id = f"{platform}:main"
    studio.let_pass(age, channel_id)
    studio.emulator(platform).faults.append(_answer(status))

    with pytest.raises(Transient):
        studio.accounts.access_token(channel_id, at_least=2 * _DAY)

    assert studio.stored(channel_id).state is AccountState.CONNECTED
    assert studio.accounts.access_token(channel_id, at_least=2 * _DAY)


def test_trouble_ahead_of_time_is_no_trouble(studio):
    studio.connect("tiktok")
    before = studio.accounts.access_token("tiktok:main")
    studio.let_pass(timedelta(minutes=110), "tiktok:main")
    studio.emulator("tiktok").faults.append(_answer(503))
    assert studio.accounts.access_token("tiktok:main").value == before.value


def test_a_platform_that_asks_to_wait_is_waited_for(studio):
    studio.connect("youtube")
    studio.let_pass(2 * _HOUR)
    studio.emulator("youtube").faults.append(_answer(429, {"retry-after": "90"}))
    with pytest.raises(RateLimited) as caught:
        studio.accounts.access_token("youtube:main")
    assert caught.value.retry_after == timedelta(seconds=90)


def test_a_refused_token_is_refreshed_once(studio):
    studio.connect("youtube")
    old = studio.accounts.access_token("youtube:main")
    first = studio.accounts.refused("youtube:main", old)
    assert first.value != old.value
    assert studio.accounts.refused("youtube:main", old).value == first.value
    assert studio.emulator("youtube").refreshes == 1


def test_google_gives_no_refresh_token_anew_and_the_old_one_stays(studio):
    studio.connect("youtube")
    for _ in range(3):
        studio.let_pass(2 * _HOUR)
        studio.accounts.access_token("youtube:main")
    assert studio.emulator("youtube").refreshes == 3
    assert studio.stored().has_refresh_token


def test_the_death_of_apps_in_testing_is_named(studio):
    studio.emulator("youtube").is_in_testing = True
    studio.connect("youtube")
    studio.let_pass(7 * _DAY)
    with pytest.raises(ReauthorisationNeeded, match=r"7 days after.*External and in Testing"):
        studio.accounts.access_token("youtube:main")
    assert "In production" in str(studio.stored().reason)


def test_access_that_outlived_a_week_died_of_something_else(studio):
    studio.connect("youtube")
    studio.let_pass(20 * _DAY)
    studio.accounts.access_token("youtube:main")
    studio.emulator("youtube").revoke_all()
    studio.let_pass(_DAY)
    with pytest.raises(ReauthorisationNeeded, match="its owner took it back"):
        studio.accounts.access_token("youtube:main")
    assert "Testing" not in str(studio.stored().reason)


def test_an_ended_account_is_not_asked_for_again(studio):
    studio.connect("youtube")
    studio.emulator("youtube").revoke_all()
    studio.let_pass(2 * _HOUR)
    for _ in range(2):
        with pytest.raises(ReauthorisationNeeded):
            studio.accounts.access_token("youtube:main")
    assert _asked_to_refresh(studio, "youtube") == 1


def test_a_token_that_somebody_else_stored_meanwhile_is_the_one_that_counts(studio):
    studio.connect("x")
    studio.let_pass(3 * _HOUR, "x:main")

    def refuse_but_store(_: Callable[[], Reply]) -> Reply:
        row = studio.stored("x:main")
        sealed = studio.vault.seal("x:main", {"access_token": "theirs", "refresh_token": "r"})
        with studio.engine.begin() as connection:
            oauth_tokens.change(
                connection,
                row,
                sealed=sealed.text,
                expires_at=datetime.now(UTC) + _HOUR,
                version=row.version + 1,
            )
        return error("invalid_grant", "used already")

    studio.emulator("x").faults.append(refuse_but_store)
    assert studio.accounts.access_token("x:main").value == "theirs"
    assert studio.stored("x:main").state is AccountState.CONNECTED


def test_an_app_that_lost_its_secret_is_a_setting_to_mend_and_no_login(studio, monkeypatch):
    studio.connect("youtube")
    studio.let_pass(2 * _HOUR)
    with monkeypatch.context() as wrong:
        wrong.setenv("VIRAL_FORGE_OAUTH_YOUTUBE_CLIENT_SECRET", "another-secret")
        with pytest.raises(Misconfigured, match="VIRAL_FORGE_OAUTH_YOUTUBE_CLIENT_SECRET"):
            studio.accounts.access_token("youtube:main")
    assert studio.stored().state is AccountState.CONNECTED
    assert "invalid_client" in str(studio.stored().reason)
    assert studio.accounts.access_token("youtube:main")
    assert studio.stored().reason is None


def test_the_schedule_refreshes_what_is_due_and_one_that_fails_is_in_nobodys_way(studio):
    for platform in ("tiktok", "x", "youtube"):
        studio.connect(platform)
    for channel_id in ("tiktok:main", "x:main"):
        studio.let_pass(timedelta(minutes=100), channel_id)
    studio.emulator("tiktok").revoke_all()

    assert studio.accounts.due(ahead=timedelta(0)) == ()
    outcomes = studio.accounts.refresh_due(ahead=timedelta(minutes=25))

    assert [(each.channel_id, each.has_ended) for each in outcomes] == [
        ("tiktok:main", True),
        ("x:main", False),
    ]
    assert "viral-forge connect tiktok" in str(outcomes[0].error)
    assert outcomes[1].error is None
    assert studio.accounts.refresh_due(ahead=timedelta(minutes=25)) == ()


def test_a_token_nobody_used_for_a_month_is_refreshed_although_it_is_good(studio):
    studio.connect("threads")
    studio.let_pass(29 * _DAY, "threads:main")
    assert studio.accounts.due(ahead=timedelta(0)) == ()
    studio.let_pass(2 * _DAY, "threads:main")
    assert studio.accounts.due(ahead=timedelta(0)) == ("threads:main",)
    assert [each.error for each in studio.accounts.refresh_due(ahead=timedelta(0))] == [None]
    assert studio.accounts.due(ahead=timedelta(0)) == ()


def test_linkedin_is_used_to_its_end_and_told_before(studio):
    studio.connect("linkedin")
    manners = open_login("linkedin").manners
    studio.let_pass(49 * _DAY, "linkedin:main")
    assert not ends_unrefreshed(studio.stored("linkedin:main"), manners, now=datetime.now(UTC))
    studio.let_pass(2 * _DAY, "linkedin:main")
    assert ends_unrefreshed(studio.stored("linkedin:main"), manners, now=datetime.now(UTC))
    studio.let_pass(8 * _DAY, "linkedin:main")
    assert studio.accounts.access_token("linkedin:main")
    studio.let_pass(2 * _DAY, "linkedin:main")
    with pytest.raises(ReauthorisationNeeded, match="gives it for 60 days"):
        studio.accounts.access_token("linkedin:main")


def test_a_wrong_key_is_no_lost_access(studio):
    studio.connect("youtube")
    studio.let_pass(2 * _HOUR)
    key_id = studio.stored().key_id
    wrong = SqlAccounts(studio.engine, Vault([OTHER_KEY]), open_login)
    with pytest.raises(Misconfigured, match=f"sealed with key {key_id}. Put that key back"):
        wrong.access_token("youtube:main")
    assert studio.stored().state is AccountState.CONNECTED
    assert studio.accounts.access_token("youtube:main")


def test_without_keys_nothing_is_begun(studio):
    bare = Studio(studio.engine, studio.platforms, Vault([]))
    with pytest.raises(NoCredentials, match="`viral-forge keys new`"):
        bare.begin("youtube")


def test_tokens_that_were_moved_to_another_row_are_not_opened(studio):
    studio.connect("youtube")
    studio.connect("tiktok")
    moved = studio.stored("tiktok:main").sealed
    with studio.engine.begin() as connection:
        oauth_tokens.change(connection, studio.stored(), sealed=moved)
    with pytest.raises(Misconfigured, match="sealed for another row"):
        studio.accounts.access_token("youtube:main")


def test_what_submissions_remember_is_sealed_anew_too(studio):
    row = save_publication(studio.engine).publication_id
    sealed = VaultCipher(studio.vault).seal("https://upload.example/secret", bound_to=row)
    with studio.engine.begin() as connection:
        connection.execute(
            sa.insert(publication_sessions).values(
                publication_id=row, sealed=sealed, saved_at=datetime.now(UTC)
            )
        )
    reseal(studio.engine, Vault([OTHER_KEY, KEY]))
    with studio.engine.connect() as connection:
        anew = sessions.saved(connection, row, VaultCipher(Vault([OTHER_KEY])))
    assert anew == "https://upload.example/secret"


def test_a_new_key_takes_over_and_the_old_one_may_go(studio):
    studio.connect("youtube")
    studio.connect("tiktok")
    before = studio.accounts.access_token("youtube:main")
    both = Vault([OTHER_KEY, KEY])
    assert reseal(studio.engine, both) == 2
    assert reseal(studio.engine, both) == 0
    alone = SqlAccounts(studio.engine, Vault([OTHER_KEY]), open_login)
    assert alone.access_token("youtube:main") == before
