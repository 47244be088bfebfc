"""Real daemons over one state database, and the outbox that they find there."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from tests import accounts, builders
from tests.grounds._kinds import emulated_publishers, ground_of
from tests.platforms.uploads import Account, UploadPlatform, UploadServer, served
from viral_forge_assets.instance import open_instance
from viral_forge_resources import publishers
from viral_forge_resources.accounts.vault import Sealed, Vault
from viral_forge_resources.contracts.oauth import AccountState, StoredAccount
from viral_forge_resources.contracts.records import ArtefactKind
from viral_forge_resources.state import approvals, artefacts, channels, clips, oauth_tokens, rights
from viral_forge_resources.state import publications as outbox
from viral_forge_resources.storage.local import LocalStorage

PROJECT = Path(__file__).parents[1]
_LOOKS_EVERY_S = 0.2


@dataclass(kw_only=True)
class DaemonHome:
    """One operator's machine: a Dagster instance of its own, and the daemon on it.

    Attributes:
        environment: what the daemon's processes are told.
        location: module of the definitions that it serves.
        groups: process groups of all daemons that were started here.
    """

    folder: Path
    environment: Mapping[str, str]
    location: str = "tests.daemon_location"
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    groups: list[int] = field(default_factory=list, init=False)

    def instance(self) -> dg.DagsterInstance:
        """The instance that the daemon works on."""
        return open_instance(self.folder, PROJECT)

    def start(self) -> None:
        """Start the daemon; all that it starts is in a process group of its own."""
        with self.instance():
            pass
        told = {"DAGSTER_HOME": str(self.folder / "dagster"), **self.environment}
        with (self.folder / "daemon.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  a list of our own, no shell
                [sys.executable, "-m", "dagster._daemon", "run", "-m", self.location],
                cwd=PROJECT,
                env=accounts.child_environment(**told),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.groups.append(self.process.pid)

    def kill(self, *, with_runs: bool) -> None:
        """Kill -9 of the daemon; with its code server and the runs there, or without."""
        assert self.process is not None
        if with_runs:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        self.process.wait()

    def log(self) -> str:
        """All that its processes have said."""
        return (self.folder / "daemon.log").read_text(errors="replace")


@contextmanager
def daemons(*homes: DaemonHome) -> Generator[None]:
    """Their daemons run inside the ``with``, and nothing of them lives on after it."""
    try:
        for home in homes:
            home.start()
        yield
    finally:
        for home in homes:
            for group in home.groups:
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
            if home.process is not None:
                home.process.wait()


@contextmanager
def emulators() -> Generator[dict[str, UploadServer]]:
    """Every platform that has an emulator, on the loopback, its clock going with ours."""
    with ExitStack() as servers:
        started = {}
        for name in emulated_publishers():
            platform = ground_of(publishers, name).emulator()
            platform.lives = True
            platform.accounts.clear()
            started[name] = servers.enter_context(served(platform))
        yield started


def told(state: sa.Engine, folder: Path, servers: Mapping[str, UploadServer]) -> dict[str, str]:
    """The environment of processes that work on ``state`` and post to ``servers``."""
    return {
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "VIRAL_FORGE_HOME": str(folder),
        "VIRAL_FORGE_STATE_URL": state.url.render_as_string(hide_password=False),
        "VIRAL_FORGE_STORAGE_LOCAL_PATH": str(folder.parent / "storage"),
        "VIRAL_FORGE_TEST_EMULATORS": json.dumps({k: each.url for k, each in servers.items()}),
        "VIRAL_FORGE_TEST_LENT": str(folder / "lent"),
        "VIRAL_FORGE_TOKEN_KEYS": accounts.KEY,
        "VIRAL_FORGE_WHISPER_MODEL": "off",
    }


def wait_until(is_so: Callable[[], bool], *, within_s: float) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(_LOOKS_EVERY_S)  # noqa: TID251  nothing tells when other processes are done
    return is_so()


def add_channel(state: sa.Engine, platform: UploadPlatform, name: str) -> str:
    """Id of a new channel that is connected with an account of the emulator."""
    now = datetime.now(UTC)
    channel_id = f"{platform.platform}:{name}"
    account = Account(account_id=f"account-{name}", channel_id=channel_id)
    platform.accounts[name] = account
    secrets = {"access_token": platform.mint(channel_id), "refresh_token": None}
    sealed = Vault([accounts.KEY]).seal(channel_id, secrets)
    channel = builders.channel(channel_id=channel_id, publisher=platform.platform, name=name)
    with state.begin() as connection:
        channels.save(connection, channel, now=now)
        oauth_tokens.save(connection, _stored(account, sealed, now))
    return channel_id


def _stored(account: Account, sealed: Sealed, now: datetime) -> StoredAccount:
    platform = account.channel_id.partition(":")[0]
    return StoredAccount(
        channel_id=account.channel_id,
        platform=platform,
        account_id=account.account_id,
        account_name=account.account_id,
        grantor_id=account.account_id,
        state=AccountState.CONNECTED,
        reason=None,
        scopes=tuple(accounts.open_login(platform).manners.scopes),
        missing_scopes=(),
        connected_at=now,
        issued_at=now,
        expires_at=now + timedelta(days=1),
        refresh_expires_at=None,
        has_refresh_token=False,
        refreshing_since=None,
        sealed=sealed.text,
        key_id=sealed.key_id,
        version=1,
    )


def add_due_posts(
    state: sa.Engine, storage: LocalStorage, key: str, channel_ids: Iterable[str]
) -> bytes:
    """The bytes of an approved clip of the candidate that is due on each of the channels."""
    content = f"the clip of {key}".encode()
    folder = f"{key.replace(':', '/')}/transform"
    video = storage.put_bytes(content, f"{folder}/clip-1.mp4")
    due_at = datetime.now(UTC) - timedelta(minutes=1)
    for channel_id in channel_ids:
        builders.save_publication(
            state,
            candidate_key=key,
            content_sha256=video.sha256,
            channel_id=channel_id,
            due_at=due_at,
        )
    clip = builders.clip(
        candidate_key=key,
        content_sha256=video.sha256,
        storage_key=video.key,
        checks=(builders.check_result(),),
        rights_id=f"right-{key}",
    )
    cover = storage.put_bytes(b"cover", f"{folder}/clip-1-cover.jpg")
    files = {ArtefactKind.CLIP: video, ArtefactKind.COVER: cover}
    _, platform, video_id = key.split(":")
    right = builders.rights_record(
        rights_id=f"right-{key}", platform=platform, platform_video_id=video_id
    )
    with state.begin() as connection:
        clips.record(connection, clip)
        for kind, stored in files.items():
            artefacts.record(
                connection,
                builders.artefact(candidate_key=key, storage_key=stored.key, kind=kind),
            )
        rights.append(connection, right)
        approvals.record(connection, builders.approval(content_sha256=video.sha256))
        outbox.approve(connection, video.sha256, now=due_at)
    return content
