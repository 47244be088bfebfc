"""What the doctor says of scanners and of what is left of their allowances."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from tests.grounds.storage.s3 import bucket_settings, opened
from viral_forge_assets.cli import app
from viral_forge_resources.contracts.calls import calls_of
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.state.quotas import SqlQuotaLedger
from viral_forge_resources.storage.s3 import Settings as S3Settings


@pytest.fixture
def told(home: Path, sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch):
    """The doctor's lines, by subject, with these settings."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    monkeypatch.setenv("VIRAL_FORGE_WHISPER_MODEL", "off")

    def ask(*, exit_code: int = 0, **settings: str) -> dict[str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(f"VIRAL_FORGE_{name}", value)
        done = CliRunner().invoke(app, ["doctor"])
        assert done.exit_code == exit_code, done.output
        return dict(line.split(": ", 1) for line in done.output.splitlines())

    return ask


def test_each_enabled_scanner_says_what_it_does_and_what_it_lacks(told):
    lines = told(SCANNERS="inbox,pexels")
    assert lines["✓ scanner inbox"].startswith("Inbox: videos that a person put into a folder")
    assert lines["✓ scanner pexels"].startswith("Pexels: free stock videos, through its API")
    assert lines["✓ scanner pexels"].endswith("Not set: VIRAL_FORGE_SCANNER_PEXELS_API_KEY.")
    assert "✓ scanner x" not in lines


def test_a_credential_that_is_set_is_told_without_its_value(told):
    lines = told(SCANNERS="pexels", SCANNER_PEXELS_API_KEY="hunter2")
    assert lines["✓ scanner pexels"].endswith("Its credentials are set.")
    assert "hunter2" not in str(lines)


def test_what_is_left_of_each_allowance_is_told(told, sqlite_state):
    now = datetime.now(UTC)
    search = Bucket(platform="youtube", name="search", limit=1_000, window=Window.MONTH)
    SqlQuotaLedger(sqlite_state).take((Use(bucket=search, units=7),), now=now)
    line = told()["✓ allowance youtube/default/search"]
    assert line.startswith("7 of 1,000 used this month; resets at 20")


def test_what_encodes_clips_is_told_with_what_other_encoders_lack(told):
    line = told()["✓ encoder"]
    assert line.startswith(("libx264; on the CPU, for nvenc: ", "h264_"))
    assert told(ENCODER="cpu")["✓ encoder"] == "libx264"


def test_it_says_whether_pictures_leave_this_machine(told):
    assert told()["✓ vision"].startswith("no pictures leave this machine")
    told_with = told(VISION="gemini")["✓ vision"]
    assert told_with == (
        "gemini: gemini-3.5-flash-lite, gemini-3.8-flash; it is sent pictures of clips whose recipe"
        " asks for a look"
    )


def test_what_has_no_documented_limit_says_so_and_how_much_was_asked(told, sqlite_state):
    SqlQuotaLedger(sqlite_state).take((calls_of("peertube"),), now=datetime.now(UTC))
    line = told()["✓ allowance peertube/default/calls"]
    assert line == "1 this day; no limit is documented"


def test_a_short_allowance_says_how_far_back_it_looks(told, sqlite_state):
    bucket = Bucket(
        platform="mastodon", name="requests", limit=300, window=Window.FIVE_MINUTES, project="m.s"
    )
    SqlQuotaLedger(sqlite_state).take((Use(bucket=bucket, units=2),), now=datetime.now(UTC))
    line = told()["✓ allowance mastodon/m.s/requests"]
    assert line.startswith("2 of 300 used in the last 5 minutes; resets at 20")


def _bucket(settings: S3Settings) -> dict[str, str]:
    secrets = {
        "ACCESS_KEY_ID": settings.access_key_id,
        "SECRET_ACCESS_KEY": settings.secret_access_key,
    }
    told = {name: value.get_secret_value() for name, value in secrets.items() if value}
    told |= {"BUCKET": settings.bucket, "ENDPOINT_URL": str(settings.endpoint_url)}
    return {f"STORAGE_S3_{name}": value for name, value in told.items()}


def test_what_threads_is_to_fetch_is_lent_and_fetched(told):
    with bucket_settings() as settings:
        lines = told(PUBLISHERS="folder,threads", STORAGE="s3", **_bucket(settings))
        with opened(settings) as storage:
            left = list(storage.keys(""))
    assert lines["✓ lending"] == "what Threads is to fetch can be fetched from here"
    assert left == []


def test_a_storage_that_lends_nothing_to_threads_is_a_problem(told):
    lines = told(exit_code=1, PUBLISHERS="threads")
    assert "VIRAL_FORGE_STORAGE=s3 or oci" in lines["✗ lending"]
    assert "✓ lending" not in told(PUBLISHERS="folder")
