"""A login is answered once, in time, by the right way, and gives a channel its own account."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from tests.accounts import KEY, REDIRECT, Studio, channel, emulated
from tests.platforms.oauth import Person, consent
from viral_forge_resources.accounts.connecting import Connector, Wanted
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.contracts.errors import BadInput, QuotaSpent, ReauthorisationNeeded
from viral_forge_resources.contracts.oauth import AccountState
from viral_forge_resources.state import channels, quotas
from viral_forge_resources.state.tables import pending_logins

_OTHER = Person(account_id="youtube-2", name="Another Lab")


@pytest.fixture
def studio(state: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with emulated(monkeypatch) as platforms:
        platforms.emulators["youtube"].people.append(_OTHER)
        yield Studio(state, platforms, Vault([KEY]))


def _now() -> datetime:
    return datetime.now(UTC)


def _pending(studio: Studio) -> int:
    with studio.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(pending_logins)) or 0


def test_a_channel_that_is_connected_takes_the_niches_clips(studio):
    studio.connect()
    with studio.engine.connect() as connection:
        assert channels.serving(connection, "cooking") == (channel(),)


def test_an_answer_counts_once(studio):
    returned = consent(studio.begin())
    studio.connector.finish(returned, now=_now())
    with pytest.raises(BadInput, match="belongs to no open attempt"):
        studio.connector.finish(returned, now=_now())
    assert _pending(studio) == 0


def test_an_answer_after_ten_minutes_does_not_count(studio):
    returned = consent(studio.begin())
    with pytest.raises(BadInput, match="older than ten minutes"):
        studio.connector.finish(returned, now=_now() + timedelta(minutes=10))
    assert _pending(studio) == 0


def test_attempts_that_nobody_finished_are_forgotten(studio):
    studio.begin()
    studio.connector.begin(
        Wanted(channel=channel()), redirect_uri=REDIRECT, now=_now() + timedelta(minutes=11)
    )
    assert _pending(studio) == 1


def _units_used(studio: Studio) -> dict[str, int]:
    with studio.engine.connect() as connection:
        balances = quotas.balances(connection, now=_now())
    return {f"{each.bucket.platform}:{each.bucket.name}": each.used for each in balances}


def test_asking_youtube_whose_channel_it_is_counts_as_the_unit_that_it_takes(studio):
    studio.connect("youtube")
    assert _units_used(studio) == {"youtube:units": 1}


def test_where_the_units_are_spent_nobody_is_asked_and_nothing_is_connected(studio, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_YOUTUBE_UNITS_PER_DAY", "0")
    returned = consent(studio.begin("youtube"))
    before = len(studio.emulator("youtube").calls)
    with pytest.raises(QuotaSpent, match="units"):
        studio.connector.finish(returned, now=_now())
    assert len(studio.emulator("youtube").calls) == before
    with studio.engine.connect() as connection:
        assert channels.get(connection, "youtube:main") is None


def test_an_answer_with_another_state_is_nobodys(studio):
    returned = consent(studio.begin())
    forged = returned.replace("state=", "state=A")
    with pytest.raises(BadInput, match="belongs to no open attempt"):
        studio.connector.finish(forged, now=_now())
    assert studio.connector.finish(returned, now=_now())


def test_an_answer_counts_for_the_channel_that_asked_for_it(studio):
    first = consent(studio.begin(name="one"))
    studio.begin(name="two")
    assert studio.connector.finish(first, now=_now()).channel_id == "youtube:one"


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:53682/callback",
        "http://127.0.0.1:53683/callback/",
        "https://127.0.0.1:53682/callback/",
        "http://localhost:53682/callback/",
        "http://127.0.0.1:53682/Callback/",
    ],
)
def test_an_answer_to_another_address_does_not_count(studio, place):
    returned = consent(studio.begin())
    with pytest.raises(BadInput, match="came to another address"):
        studio.connector.finish(f"{place}?{urlsplit(returned).query}", now=_now())
    assert studio.connector.finish(returned, now=_now())


@pytest.mark.parametrize(
    "pasted",
    ["", "code", "http://[", REDIRECT, f"{REDIRECT}?state=a", f"{REDIRECT}?code=a&code=b&state=c"],
)
def test_what_is_no_answer_is_said_to_be_none_and_is_not_quoted(studio, pasted):
    with pytest.raises(BadInput, match="holds no answer of a platform") as caught:
        studio.connector.finish(pasted, now=_now())
    assert "code=a" not in str(caught.value)


def test_an_answer_with_a_fragment_counts(studio):
    returned = consent(studio.begin())
    assert studio.connector.finish(f" {returned}#_\n", now=_now())


def _begun_in_a_browser(studio: Studio, browser: str) -> str:
    begun = studio.connector.begin(
        Wanted(channel=channel()), redirect_uri=REDIRECT, now=_now(), browser=browser
    )
    return consent(begun.address)


def test_an_answer_comes_by_the_browser_that_began(studio):
    returned = _begun_in_a_browser(studio, "cookie")
    for browser in ("another", None):
        with pytest.raises(BadInput, match="another browser began this"):
            studio.connector.finish(returned, now=_now(), browser=browser)
    assert studio.connector.finish(returned, now=_now(), browser="cookie")


def test_an_answer_for_a_terminal_that_a_browser_brings_stays_for_the_terminal(studio):
    returned = consent(studio.begin())
    with pytest.raises(BadInput, match="begun in a terminal"):
        studio.connector.finish(returned, now=_now(), browser="cookie")
    assert studio.connector.finish(returned, now=_now())


def test_state_and_verifier_are_in_no_column(studio):
    studio.begin()
    with studio.engine.connect() as connection:
        (row,) = connection.execute(sa.select(pending_logins)).mappings()
    returned = consent(studio.begin())
    state = dict(part.split("=") for part in urlsplit(returned).query.split("&"))["state"]
    assert state not in str(dict(row))
    assert len(state) >= 43


def test_connecting_another_account_than_before_is_refused(studio):
    studio.connect()
    before = studio.stored()
    with pytest.raises(BadInput, match=r"Knot Lab \(youtube-1\).*Another Lab.*--replace"):
        studio.connect(person="youtube-2")
    assert studio.stored() == before


def test_another_account_is_taken_where_it_is_meant(studio):
    studio.connect()
    done = studio.connect(person="youtube-2", is_replacing=True)
    assert done.account.account_id == "youtube-2"
    assert studio.accounts.access_token("youtube:main").account_id == "youtube-2"


def test_another_accounts_refresh_token_is_not_kept_for_a_new_one(studio):
    studio.connect()
    address = studio.begin(is_replacing=True).replace("prompt=consent", "prompt=none")
    with pytest.raises(BadInput, match="gave no refresh token"):
        studio.connector.finish(consent(address, person="youtube-2"), now=_now())
    assert studio.accounts.access_token("youtube:main").account_id == "youtube-1"


def test_connecting_again_without_a_refresh_token_keeps_the_one_there_was(studio):
    studio.connect()
    address = studio.begin().replace("prompt=consent", "prompt=none")
    studio.connector.finish(consent(address), now=_now())
    studio.let_pass(timedelta(hours=2))
    assert studio.accounts.access_token("youtube:main")


def test_one_account_is_of_one_channel(studio):
    studio.connect(name="one")
    with pytest.raises(BadInput, match="is the account of youtube:one already"):
        studio.connect(name="two")
    assert studio.connect(name="two", person="youtube-2").channel_id == "youtube:two"


def test_access_that_had_ended_is_there_again(studio):
    studio.connect()
    token = studio.accounts.access_token("youtube:main")
    studio.emulator("youtube").revoke_all()
    with pytest.raises(ReauthorisationNeeded):
        studio.accounts.refused("youtube:main", token)
    studio.connect()
    assert studio.stored().state is AccountState.CONNECTED
    assert studio.accounts.access_token("youtube:main").value != token.value


def test_channels_of_one_platform_have_each_their_own(studio):
    studio.connect(name="one")
    studio.connect(name="two", person="youtube-2")
    one, two = (studio.accounts.access_token(f"youtube:{name}") for name in ("one", "two"))
    assert (one.account_id, two.account_id) == ("youtube-1", "youtube-2")


def test_what_the_vault_and_the_connector_print_holds_no_secret(studio):
    assert KEY not in repr(studio.vault)
    assert KEY not in repr(Connector(studio.engine, studio.vault, lambda _: None))  # type: ignore[arg-type, return-value]
    studio.connect()
    assert not [each for each in studio.platforms.handed_out() if each in repr(studio.stored())]
