"""One run of publish_job's work in a process of its own, which the platform can kill."""

import multiprocessing
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.builders import KEY

_IMPORTED_ONCE = ["tests.killable_posting", "tests.publishing_desk", "googleapiclient.discovery"]


def start(folder: Path, name: str, url: str, token: str, now: datetime, run: int) -> BaseProcess:
    """A process that posts what is due on the desk in ``folder``, at the moment ``now``."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(_IMPORTED_ONCE)
    process = processes.Process(target=_run, args=(folder, name, url, token, now, run))
    process.start()
    return process


def _run(folder: Path, name: str, url: str, token: str, now: datetime, run: int) -> None:
    import httpx

    from tests.fakes.accounts import FakeAccounts
    from tests.fakes.cipher import FakeCipher
    from tests.fakes.lending import FakeLending
    from tests.fakes.quota import FakeQuotaLedger
    from tests.fakes.till import FakeTill
    from tests.grounds._kinds import ground_of
    from viral_forge_assets.posting import Poster
    from viral_forge_resources import publishers
    from viral_forge_resources.contracts.accounts import AccessToken
    from viral_forge_resources.publishers._tools import PublishTools
    from viral_forge_resources.state import liveness
    from viral_forge_resources.state.engine import open_engine
    from viral_forge_resources.storage.local import LocalStorage

    state = open_engine(f"sqlite:///{folder / 'state.db'}")
    known = AccessToken(value=token, account_id="account-main", expires_at=None)
    with httpx.Client() as client, liveness.hold(state, f"run-{run}"):
        tools = PublishTools(
            accounts=FakeAccounts(tokens={f"{name}:main": [known]}),
            ledger=FakeQuotaLedger(),
            till=FakeTill(),
            client=client,
            clock=lambda: now,
            lending=FakeLending(folder / "lent"),
        )
        Poster(
            state=state,
            storage=LocalStorage(folder / "storage"),
            publishers={name: ground_of(publishers, name).opened(tools, url)},
            requires_approval=True,
            run_id=f"run-{run}",
            cipher=FakeCipher(),
            clock=lambda: now,
        ).work_on(KEY)
