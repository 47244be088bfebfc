"""What every platform's login does, against its emulator."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

import viral_forge_resources.oauth
from tests.accounts import KEY, PLATFORMS, Studio, emulated, open_login
from tests.platforms.oauth import consent
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NotPermitted,
    NotSupported,
    RateLimited,
    ReauthorisationNeeded,
    Transient,
)
from viral_forge_resources.contracts.oauth import AccountState, GrantEnded
from viral_forge_resources.plugins import plugin_names

_ACCOUNTS = {"instagram": "ig-1", "facebook": "page-1"}
_ROTATING = ("tiktok", "x", "pinterest")
_REFRESHING = ("youtube", "tiktok", "x", "pinterest", "threads")


@pytest.fixture
def studio(sqlite_state, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with emulated(monkeypatch) as platforms:
        yield Studio(sqlite_state, platforms, Vault([KEY]))


def test_every_platform_is_tried_here():
    assert set(plugin_names(viral_forge_resources.oauth)) == set(PLATFORMS)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_person_who_says_yes_connects_the_account(studio, platform):
    done = studio.connect(platform)

    expected = _ACCOUNTS.get(platform, f"{platform}-1")
    assert done.account.account_id == expected
    token = studio.accounts.access_token(f"{platform}:main")
    assert token.account_id == expected
    assert studio.emulator(platform).account_of(token.value) is not None
    assert token.scopes == set(open_login(platform).manners.scopes)
    assert done.missing == {}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_person_who_says_no_connects_nothing(studio, platform):
    returned = consent(studio.begin(platform), answer="deny")
    with pytest.raises(NotPermitted, match="access_denied"):
        studio.connector.finish(returned, now=datetime.now(UTC))
    with pytest.raises(ReauthorisationNeeded, match="viral-forge connect"):
        studio.accounts.access_token(f"{platform}:main")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_code_works_once(studio, platform):
    returned = consent(studio.begin(platform))
    for code in studio.emulator(platform).codes.values():
        code.is_used = True
    with pytest.raises(BadInput, match=r"is not connected.*Start again"):
        studio.connector.finish(returned, now=datetime.now(UTC))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_scopes_that_were_not_granted_are_told_with_what_they_are_for(studio, platform):
    scope, need = list(open_login(platform).manners.scopes.items())[1]
    studio.emulator(platform).unticked.add(scope)
    done = studio.connect(platform)
    assert done.missing == {scope: need}
    assert studio.stored(f"{platform}:main").missing_scopes == (scope,)
    assert scope not in studio.accounts.access_token(f"{platform}:main").scopes


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_app_with_a_wrong_secret_is_a_setting_to_mend(studio, platform, monkeypatch):
    address = studio.begin(platform)
    monkeypatch.setenv(f"VIRAL_FORGE_OAUTH_{platform.upper()}_CLIENT_SECRET", "wrong-secret")
    with pytest.raises(Misconfigured, match=f"VIRAL_FORGE_OAUTH_{platform.upper()}_CLIENT_SECRET"):
        studio.connector.finish(consent(address), now=datetime.now(UTC))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_app_without_credentials_is_told_which_to_set(studio, platform, monkeypatch):
    monkeypatch.delenv(f"VIRAL_FORGE_OAUTH_{platform.upper()}_CLIENT_ID")
    with pytest.raises(Misconfigured, match=f"VIRAL_FORGE_OAUTH_{platform.upper()}_CLIENT_ID"):
        studio.begin(platform)


@pytest.mark.parametrize("platform", _REFRESHING)
def test_a_token_that_ends_is_refreshed(studio, platform):
    studio.connect(platform)
    name = f"{platform}:main"
    before = studio.accounts.access_token(name)
    assert before.expires_at is not None
    studio.let_pass(before.expires_at - datetime.now(UTC) - timedelta(minutes=1), name)

    after = studio.accounts.access_token(name)

    assert after.value != before.value
    assert studio.emulator(platform).refreshes == 1
    assert studio.emulator(platform).account_of(after.value) == after.account_id
    assert after.scopes == before.scopes


@pytest.mark.parametrize("platform", _ROTATING)
def test_a_refresh_token_that_was_given_anew_is_the_one_that_is_used_next(studio, platform):
    studio.connect(platform)
    name = f"{platform}:main"
    for _ in range(3):
        studio.accounts.refused(name, studio.accounts.access_token(name))
    assert studio.emulator(platform).refreshes == 3


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_a_pages_token_is_read_anew_where_it_is_refused(studio, platform):
    studio.connect(platform)
    name = f"{platform}:main"
    before = studio.accounts.access_token(name)
    assert before.expires_at is None
    after = studio.accounts.refused(name, before)
    assert after.value != before.value
    assert studio.emulator(platform).account_of(after.value)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_access_that_its_owner_took_back_needs_the_owner(studio, platform):
    studio.connect(platform)
    name = f"{platform}:main"
    token = studio.accounts.access_token(name)
    studio.emulator(platform).revoke_all()

    with pytest.raises(ReauthorisationNeeded, match=f"viral-forge connect {platform} --channel"):
        studio.accounts.refused(name, token)

    assert studio.stored(name).state is AccountState.REAUTHORISE


@pytest.mark.parametrize(
    "platform", ["youtube", "tiktok", "instagram", "facebook", "x", "linkedin"]
)
def test_access_is_given_back(studio, platform):
    studio.connect(platform)
    token = studio.accounts.access_token(f"{platform}:main")
    assert "taken the access" in studio.leaver.leave(f"{platform}:main")
    assert studio.emulator(platform).account_of(token.value) is None


@pytest.mark.parametrize("platform", ["threads", "pinterest"])
def test_where_access_ends_by_hand_alone_the_place_is_named(studio, platform):
    studio.connect(platform)
    assert "https://www." in studio.leaver.leave(f"{platform}:main")
    with pytest.raises(ReauthorisationNeeded):
        studio.accounts.access_token(f"{platform}:main")


@pytest.mark.parametrize("platform", ["youtube", "tiktok", "x", "linkedin", "facebook"])
def test_access_that_has_ended_already_is_given_back_in_peace(studio, platform):
    studio.connect(platform)
    studio.emulator(platform).revoke_all()
    assert "taken the access" in studio.leaver.leave(f"{platform}:main")


def test_google_is_asked_for_offline_access_and_consent_each_time(studio):
    asked = parse_qs(urlsplit(studio.begin("youtube")).query)
    assert asked["access_type"] == ["offline"]
    assert asked["prompt"] == ["consent"]
    assert asked["code_challenge_method"] == ["S256"]


def test_tiktok_is_asked_in_its_own_words(studio):
    asked = parse_qs(urlsplit(studio.begin("tiktok")).query)
    assert "client_id" not in asked
    assert asked["scope"] == ["user.info.basic,video.upload,video.publish,video.list"]
    assert len(asked["code_challenge"][0]) == 64


def test_instagrams_own_login_gives_sixty_days_that_prolong_themselves(studio, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_OAUTH_INSTAGRAM_LOGIN", "instagram")
    done = studio.connect("instagram")
    assert done.account.account_id == "instagram_users-1"
    before = studio.accounts.access_token("instagram:main")
    studio.platforms.emulators["instagram_users"].offset += timedelta(days=31)
    studio.let_pass(timedelta(days=31), "instagram:main")
    assert studio.accounts.due(ahead=timedelta(0)) == ("instagram:main",)
    studio.accounts.refresh_due(ahead=timedelta(0))
    assert studio.accounts.access_token("instagram:main").value != before.value


def test_a_google_account_without_a_channel_is_told_so(studio):
    studio.emulator("youtube").has_channel = False
    with pytest.raises(BadInput, match="has no YouTube channel"):
        studio.connect("youtube")


def test_a_login_that_opens_several_pages_wants_one_named(studio):
    studio.emulator("facebook").pages.append(("page-2", "Second Page", None))
    with pytest.raises(BadInput, match=r"Knot Lab \(page-1\), Second Page \(page-2\).*--account"):
        studio.connect("facebook")
    assert studio.connect("facebook", account="Second Page").account.account_id == "page-2"


def test_a_consent_that_opens_another_channel_too_is_not_given_back(studio):
    studio.emulator("facebook").pages.append(("page-2", "Second Page", None))
    studio.connect("facebook", "one", account="page-1")
    studio.connect("facebook", "two", account="page-2")
    assert "opens facebook:two, too" in studio.leaver.leave("facebook:one")
    kept = studio.accounts.access_token("facebook:two")
    assert studio.emulator("facebook").account_of(kept.value)


def test_errors_of_tiktok_count_although_they_come_with_200(studio):
    studio.connect("tiktok")
    name = "tiktok:main"
    token = studio.accounts.access_token(name)
    studio.emulator("tiktok").revoke_all()
    with pytest.raises(ReauthorisationNeeded, match="invalid_grant"):
        studio.accounts.refused(name, token)


def test_platforms_that_have_no_call_for_it_say_so():
    for platform in ("threads", "pinterest"):
        assert open_login(platform).manners.revoke_by_hand


def test_the_errors_of_logins_are_told_apart():
    assert not issubclass(GrantEnded, Transient | NotSupported)
    assert issubclass(RateLimited, Transient)
