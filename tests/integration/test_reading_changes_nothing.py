"""Reading results changes nothing but results: no account, no post, and nothing is posted by it."""

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from tests import accounts
from tests.accounts import KEY as TOKEN_KEY
from tests.builders import KEY, save_publication, sha256
from tests.fakes.publisher import FakePublisher
from tests.grounds._kinds import ground_of
from tests.platforms import meta_forms
from tests.platforms.publishing import emulated_tools
from tests.platforms.tiktok_uploads import TiktokUploads
from tests.platforms.uploads import Reply, reply, served
from tests.publishing_desk import shared_desk
from tests.studio import open_studio
from viral_forge_assets.measuring_jobs import readings_job
from viral_forge_resources import publishers
from viral_forge_resources.accounts.reading import OnlyReading
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.contracts.oauth import AccountState
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.contracts.snapshots import SnapshotState
from viral_forge_resources.state import post_metrics, snapshots
from viral_forge_resources.state import publications as outbox
from viral_forge_resources.state.tables import publications

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_WEEK = timedelta(days=7, minutes=5)
_SHUT_OUT: dict[str, Reply] = {
    "youtube": reply({"error": {"code": 403, "errors": [{"reason": "forbidden"}]}}, 403),
    "tiktok": reply({"data": {}, "error": {"code": "scope_not_authorized"}}, 401),
    "instagram": meta_forms.error(200, 403, message="(#200) Permissions error"),
    "facebook": meta_forms.error(200, 403, message="(#200) Permissions error"),
    "threads": meta_forms.error(200, 403, message="(#200) Permissions error"),
    "x": reply({"title": "Forbidden", "status": 403, "detail": "Forbidden"}, 403),
    "pinterest": reply({"code": 7, "message": "Not authorized"}, 403),
}
"""What each platform says to those whom it lets read nothing."""


@pytest.fixture
def studio(
    sqlite_state: sa.Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Generator[accounts.Studio]:
    with accounts.emulated(monkeypatch) as platforms:
        yield accounts.Studio(sqlite_state, platforms, Vault([TOKEN_KEY]))


def _live(state: sa.Engine, channel_id: str, post_id: str = "7301") -> Publication:
    """A post of a week, whose reading is due."""
    row = save_publication(
        state,
        candidate_key="cooking:inbox:live",
        channel_id=channel_id,
        content_sha256=sha256("live"),
    )
    posted = datetime.now(UTC) - _WEEK
    is_it = publications.c.publication_id == row.publication_id
    values = {"state": PublicationState.PUBLISHED, "post_id": post_id, "published_at": posted}
    with state.begin() as connection:
        connection.execute(sa.update(publications).where(is_it).values(values))
        snapshots.enrol(connection, row.publication_id, published_at=posted)
    return _row(state, row.publication_id)


def _row(state: sa.Engine, key: str) -> Publication:
    with state.connect() as connection:
        found = outbox.get(connection, key)
    assert found is not None
    return found


def _read(studio: accounts.Studio, platform: Any) -> None:
    """One run of the real job, by the real accounts, as results are read."""
    ground = ground_of(publishers, platform.platform)
    with emulated_tools(platform) as emulated, dg.DagsterInstance.ephemeral() as instance:
        tools = replace(emulated, accounts=OnlyReading(studio.accounts))
        readers = {platform.platform: ground.opened(tools)}
        result = readings_job.execute_in_process(
            instance=instance,
            resources={"state": studio.engine, "metrics_readers": readers},
            run_config=_QUIET,
        )
    assert result.success


def _of_a_week(state: sa.Engine, row: Publication) -> tuple[SnapshotState, str | None]:
    with state.connect() as connection:
        found = snapshots.of_publication(connection, row.publication_id)
    (reading,) = (each for each in found if each.age_hours == 168)
    return reading.state, reading.reason


@pytest.mark.parametrize("platform", sorted(_SHUT_OUT))
@pytest.mark.parametrize("is_token_refused", [True, False], ids=["401", "403"])
def test_a_refusal_to_show_results_leaves_account_and_post_as_they_were(
    studio, platform, is_token_refused
):
    studio.connect(platform)
    row = _live(studio.engine, f"{platform}:main")
    account = studio.stored(f"{platform}:main")
    asked_before = len(studio.emulator(platform).calls)
    emulator = ground_of(publishers, platform).emulator()
    emulator.now = datetime.now(UTC)
    if not is_token_refused:  # else it knows no token of this account
        emulator.handle = lambda _: _SHUT_OUT[platform]
    _read(studio, emulator)
    assert studio.stored(f"{platform}:main") == account
    assert account.state is AccountState.CONNECTED
    assert len(studio.emulator(platform).calls) == asked_before
    assert _row(studio.engine, row.publication_id) == row
    state, reason = _of_a_week(studio.engine, row)
    assert state is SnapshotState.WAITING
    assert reason


def test_a_dry_run_reads_real_results_and_posts_nothing(studio, home, monkeypatch):
    platform = TiktokUploads()
    platform.lives = True
    with served(platform) as server:
        monkeypatch.setenv("VIRAL_FORGE_PUBLISHER_TIKTOK_API_URL", server.url)
        told = {"publishers": ("tiktok",), "token_keys": (TOKEN_KEY,), "dry_run": True}
        with open_studio(home, studio.engine, settings=told) as opened:
            row = _waiting_and_live(studio, home, platform)
            read = opened.definitions.resolve_job_def("readings_job").execute_in_process(
                instance=opened.instance, run_config=_QUIET
            )
            opened.publish(KEY)
            (waiting,) = opened.publications(KEY)
    assert read.success
    with studio.engine.connect() as connection:
        rows = post_metrics.of_publications(connection, [row.publication_id])
    assert {each.metric: each.value for each in rows}["views"] == 40
    assert set(platform.calls) == {"v2/video/query"}
    assert platform.posts() == []
    assert waiting.state is PublicationState.APPROVED
    assert "dry run" in str(waiting.reason)


def _waiting_and_live(studio: accounts.Studio, home: Path, platform: TiktokUploads) -> Publication:
    """An approved post that is due, and the row of a live one, on an account that is connected."""
    shared_desk(studio.engine, home, platform, FakePublisher())
    studio.connect("tiktok")
    token = studio.accounts.access_token("tiktok:main").value
    platform.tokens[token] = platform.accounts["main"].account_id
    platform.counts["7301"] = {
        "view_count": 40,
        "like_count": 4,
        "comment_count": 0,
        "share_count": 1,
    }
    return _live(studio.engine, "tiktok:main")
