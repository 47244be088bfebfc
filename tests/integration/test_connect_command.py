"""``viral-forge connect`` and what goes with it, as an operator types it."""

import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from tests.accounts import (
    KEY,
    OTHER_KEY,
    REDIRECT,
    Studio,
    child_environment,
    emulated,
    watch_cooking,
)
from tests.builders import save_candidate, save_publication
from tests.platforms.oauth import Person, consent
from viral_forge_assets.cli import app
from viral_forge_resources.accounts.vault import Vault, key_id
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.settings import is_key
from viral_forge_resources.state import channels, publications

_CONNECT = ("connect", "youtube", "--channel", "main", "--niche", "cooking")


@pytest.fixture
def studio(home: Path, sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch):
    """What commands find: a watched niche, a key, and platforms on this machine."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    monkeypatch.setenv("VIRAL_FORGE_TOKEN_KEYS", KEY)
    watch_cooking(sqlite_state)
    with emulated(monkeypatch) as platforms:
        platforms.emulators["youtube"].people.append(Person(account_id="youtube-2", name="Other"))
        yield Studio(sqlite_state, platforms, Vault([KEY]))


def _type(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@contextmanager
def _typed(*words: str) -> Generator[tuple[subprocess.Popen[str], str]]:
    """The running command, and the address that it sends a person to."""
    with subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "viral_forge_assets.cli", *words],
        env=child_environment(PYTHONUNBUFFERED="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            found = re.search(r"http://127\.0\.0\.1:\d+/\w+/authorise\S+", line)
            if found:
                yield process, found[0]
                return
        pytest.fail(told)


def test_a_person_who_says_yes_in_a_browser_here_has_connected_the_channel(studio):
    with _typed(*_CONNECT) as (command, address):
        httpx.get(consent(address))
        told, _ = command.communicate(timeout=60)
    said = "youtube:main is connected with Knot Lab (youtube-1) and takes the clips of cooking\n"
    assert said in told
    assert "youtube is not enabled: until it stands in VIRAL_FORGE_PUBLISHERS" in told
    assert command.returncode == 0
    assert studio.accounts.access_token("youtube:main").account_id == "youtube-1"


def test_a_person_who_says_no_is_told_that_nothing_was_connected(studio):
    with _typed(*_CONNECT) as (command, address):
        httpx.get(consent(address, answer="deny"))
        told, _ = command.communicate(timeout=60)
    assert "✗ youtube:main is not connected: youtube answered 'access_denied" in told
    assert command.returncode == 1


def test_where_no_browser_reaches_the_machine_the_address_is_pasted(studio, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_PUBLISHERS", "folder,youtube")
    studio.emulator("youtube").unticked.add("https://www.googleapis.com/auth/youtube.force-ssl")
    with _typed(*_CONNECT, "--paste") as (command, address):
        told, _ = command.communicate(f"{consent(address)}\n", timeout=60)
    assert "youtube:main is connected with Knot Lab" in told
    assert "youtube.force-ssl, needed for captions" in told
    assert "not enabled" not in told
    assert command.returncode == 0


def test_a_port_of_ones_own_is_listened_at(studio, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_CONNECT_PORT", "53682")
    with _typed("connect", "x", "--channel", "main", "--niche", "cooking") as (command, address):
        httpx.get(consent(address))
        assert command.stdout is not None
        told = command.stdout.read()  # with what was read ahead of the address's line
        command.wait(timeout=60)
    assert f"waiting at {REDIRECT} until" in told
    assert command.returncode == 0


@pytest.mark.parametrize(
    ("words", "settings", "told"),
    [
        (_CONNECT, {"TOKEN_KEYS": ""}, "`viral-forge keys new` makes a key"),
        (("connect", "myspace", *_CONNECT[2:]), {}, "no oauth plugin is named 'myspace'"),
        (_CONNECT[:4], {}, "'youtube:main': is a new channel. Say whose clips it takes: --niche"),
        ((*_CONNECT[:5], "nowhere"), {}, "'nowhere': names no niche"),
        (
            ("connect", "x", *_CONNECT[2:]),
            {},
            "Set VIRAL_FORGE_CONNECT_PORT and register http://127.0.0.1:PORT/callback/",
        ),
        (
            _CONNECT,
            {"OAUTH_YOUTUBE_REDIRECT_URL": "https://studio.example/oauth"},
            "where this command cannot listen: connect with --paste",
        ),
        (_CONNECT, {"OAUTH_YOUTUBE_CLIENT_ID": ""}, "VIRAL_FORGE_OAUTH_YOUTUBE_CLIENT_ID: not set"),
        (_CONNECT, {"TOKEN_KEYS": "secret,short"}, "VIRAL_FORGE_TOKEN_KEYS: Value error, number 1"),
    ],
)
def test_what_cannot_be_connected_is_refused_before_anybody_is_sent_away(
    studio, monkeypatch, words, settings, told
):
    for name, value in settings.items():
        monkeypatch.setenv(f"VIRAL_FORGE_{name}", value)
    result = _type(*words)
    assert result.exit_code == 1
    assert told in result.output
    assert "secret,short" not in result.output


def test_channels_are_listed_with_their_accounts_and_how_those_stand(studio):
    studio.connect("youtube")
    studio.connect("linkedin")
    studio.connect("facebook")
    studio.connect("x", "gone")
    studio.emulator("x").revoke_all()
    token = studio.accounts.access_token("x:gone")
    studio.let_pass(timedelta(days=55), "linkedin:main")
    with pytest.raises(Exception, match="access has ended"):
        studio.accounts.refused("x:gone", token)

    listed = dict(line.split(": ", 1) for line in _type("channel", "list").output.splitlines())

    assert listed["youtube:main"].startswith("cooking: connected: Knot Lab (youtube-1); prolonged")
    assert listed["facebook:main"].startswith("cooking: connected: Knot Lab (page-1); without an")
    assert listed["linkedin:main"].startswith("cooking: ends soon: Knot Lab (linkedin-1); until")
    assert "connect again: @KnotLab (x-1): access has ended" in listed["x:gone"]
    assert "`viral-forge connect x --channel gone`" in listed["x:gone"]


def test_the_doctor_says_how_accounts_stand(studio, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_WHISPER_MODEL", "off")
    studio.connect("youtube")
    assert "✓ account youtube/main: connected; Knot Lab" in _type("doctor").output
    monkeypatch.setenv("VIRAL_FORGE_TOKEN_KEYS", OTHER_KEY)
    told = _type("doctor").output
    assert "✗ account youtube/main: no key; Knot Lab (youtube-1): its tokens" in told
    assert f"were sealed with key {key_id(KEY)}, which is not in VIRAL_FORGE_TOKEN_KEYS" in told


def test_a_new_key_is_shown_once_and_takes_over(studio, monkeypatch):
    studio.connect("youtube")
    shown = _type("keys", "new").output
    key = shown.splitlines()[0]
    assert is_key(key)
    assert KEY not in shown
    monkeypatch.setenv("VIRAL_FORGE_TOKEN_KEYS", f"{key},{KEY}")
    assert (
        f"1 accounts' tokens are encrypted with key {key_id(key)} now"
        in _type("keys", "rotate").output
    )
    monkeypatch.setenv("VIRAL_FORGE_TOKEN_KEYS", key)
    assert "connected: Knot Lab" in _type("channel", "list").output


def test_the_first_key_is_shown_as_the_line_that_sets_it(studio, monkeypatch):
    monkeypatch.delenv("VIRAL_FORGE_TOKEN_KEYS")
    variable, _, key = _type("keys", "new").output.splitlines()[0].partition("=")
    assert variable == "VIRAL_FORGE_TOKEN_KEYS"
    assert is_key(key)


def _state_of(studio: Studio, publication_id: str) -> PublicationState:
    with studio.engine.connect() as connection:
        found = publications.get(connection, publication_id)
    assert found is not None
    return found.state


def test_a_channel_that_is_removed_gives_its_access_back_and_posts_no_more(studio):
    studio.connect("youtube")
    token = studio.accounts.access_token("youtube:main")
    save_candidate(studio.engine)
    waiting = save_publication(studio.engine, channel_id="youtube:main")

    removed = _type("channel", "remove", "youtube:main")

    assert removed.exit_code == 0, removed.output
    assert "1 planned posts are withdrawn" in removed.output
    assert "youtube has taken the access to Knot Lab back" in removed.output
    assert studio.emulator("youtube").account_of(token.value) is None
    assert _state_of(studio, waiting.publication_id) is PublicationState.WITHDRAWN
    with studio.engine.connect() as connection:
        assert "youtube:main" not in {
            each.channel_id for each in channels.serving(connection, "cooking")
        }
    assert "no account was connected" in _type("channel", "remove", "youtube:main").output


def test_a_channel_that_is_connected_again_after_its_removal_takes_clips_again(studio):
    studio.connect("youtube")
    _type("channel", "remove", "youtube:main")
    studio.connect("youtube")
    assert "youtube:main: cooking: connected" in _type("channel", "list").output


def test_a_platform_that_does_not_answer_keeps_the_tokens_for_another_try(studio, monkeypatch):
    studio.connect("youtube")
    with monkeypatch.context() as away:
        away.setenv("VIRAL_FORGE_OAUTH_YOUTUBE_REVOKE_URL", "http://127.0.0.1:1/revoke")
        assert _type("channel", "remove", "youtube:main").exit_code == 1
    assert studio.stored().sealed
    assert "taken the access" in _type("channel", "remove", "youtube:main").output


def test_tokens_may_be_forgotten_without_the_platform(studio):
    studio.connect("youtube")
    token = studio.accounts.access_token("youtube:main")
    told = _type("channel", "remove", "youtube:main", "--forget").output
    assert "not taken back" in told
    assert studio.emulator("youtube").account_of(token.value)
