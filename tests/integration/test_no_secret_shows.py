"""Nothing that a platform hands out turns up in output, logs, Dagster's event log or the database.

Every secret that the emulators gave is looked for, at the most talkative log level.
"""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from tests.accounts import KEY, PLATFORMS, Studio, emulated, open_login, watch_cooking
from tests.platforms.oauth import consent
from tests.platforms.oauth_replies import Reply
from viral_forge_assets.access_jobs import tokens_job
from viral_forge_assets.cli import app
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.contracts.errors import ViralForgeError
from viral_forge_resources.contracts.oauth import AccountState


@pytest.fixture
def studio(home: Path, state: sa.Engine, monkeypatch: pytest.MonkeyPatch):
    address = state.url.render_as_string(hide_password=False)
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", address)
    monkeypatch.setenv("VIRAL_FORGE_TOKEN_KEYS", KEY)
    monkeypatch.setenv("VIRAL_FORGE_WHISPER_MODEL", "off")
    watch_cooking(state)
    with emulated(monkeypatch) as platforms:
        yield Studio(state, platforms, Vault([KEY]))


def _dump(studio: Studio) -> str:
    """Every row of every table that there is, as text."""
    names = sa.inspect(studio.engine).get_table_names()
    with studio.engine.connect() as connection:
        rows = (
            repr(tuple(row))
            for name in names
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')  # noqa: S608  ours
        )
        return "\n".join(rows)


def _storage(studio: Studio) -> dict[str, object]:
    """Where Dagster keeps runs and events: in the same PostgreSQL, or in its own files."""
    url = studio.engine.url
    if url.get_backend_name() != "postgresql":
        return {}
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return {"storage": {"postgres": {"postgres_url": address}}}


def _leaked(studio: Studio, text: str) -> list[str]:
    return [secret for secret in {KEY, *studio.platforms.handed_out()} if secret in text]


def _echo(studio: Studio, platform: str) -> None:
    """The platform quotes what it was sent, as some do."""
    emulator = studio.emulator(platform)

    def quote(_: object) -> Reply:
        asked = emulator.calls[-1]
        said = " ".join([*asked.form.values(), *asked.query.values()])
        body = f'{{"error": "invalid_request", "error_description": "what of {said}?"}}'
        return Reply(status=400, body=body.encode())

    emulator.faults.append(quote)


def _said_of(studio: Studio, platform: str) -> str:
    """Everything an error says, with what it came from, when a platform quotes our secrets."""
    said = []
    channel_id = f"{platform}:main"
    token = studio.accounts.access_token(channel_id)
    _echo(studio, platform)
    for attempt in (
        lambda: studio.accounts.refused(channel_id, token),
        lambda: studio.connector.finish(consent(studio.begin(platform)), now=datetime.now(UTC)),
    ):
        try:
            attempt()
        except ViralForgeError as error:
            said += [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]
        _echo(studio, platform)
    studio.emulator(platform).faults.clear()
    return "\n".join(said)


def test_no_secret_shows_anywhere(studio, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    said = ""
    for platform in PLATFORMS:
        studio.connect(platform)
        said += repr(studio.accounts.access_token(f"{platform}:main"))
        said += _said_of(studio, platform)
    for words in (("channel", "list"), ("doctor",), ("keys", "rotate")):
        said += CliRunner().invoke(app, words).output
    for channel_id in ("tiktok:main", "x:main"):
        studio.let_pass(timedelta(hours=3), channel_id)
    studio.emulator("x").revoke_all()
    studio.begin("pinterest")

    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=_storage(studio)) as instance:
        ran = tokens_job.execute_in_process(
            instance=instance,
            resources={"token_keeper": studio.accounts},
            raise_on_error=False,
        )
        events = str(instance.all_logs(ran.run_id))

    said += "".join(
        CliRunner().invoke(app, ("channel", "remove", f"{each}:main")).output
        for each in ("youtube", "tiktok")
    )
    assert len(studio.platforms.handed_out()) > 20
    assert studio.stored("x:main").sealed in _dump(studio)
    assert "x:main: access has ended" in events
    assert studio.stored("x:main").state is AccountState.REAUTHORISE
    is_in_postgres = bool(_storage(studio))
    assert (ran.run_id in _dump(studio)) is is_in_postgres
    assert _leaked(studio, said) == []
    assert _leaked(studio, events) == []
    assert _leaked(studio, _dump(studio)) == []
    assert _leaked(studio, caplog.text) == []


def test_what_is_looked_for_is_there_to_be_found(studio):
    studio.connect("youtube")
    token = studio.accounts.access_token("youtube:main")
    assert _leaked(studio, f"a log with {token.value}") == [token.value]


def test_logins_print_no_secret(studio):
    for platform in PLATFORMS:
        login = open_login(platform)
        held = {name: getattr(login, name) for name in dir(login) if not name.startswith("__")}
        assert "settings" in " ".join(held)
        assert _leaked(studio, repr(held)) == []
