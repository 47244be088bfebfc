"""A run killed at any request, by kill -9, leaves one post or none; the next ones end it."""

import signal
from datetime import timedelta

import pytest

from tests.grounds._kinds import emulated_publishers, ground_of
from tests.killable_posting import start
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import Fault, UploadServer, served
from tests.publishing_desk import CLIP, DeskMaker, PublishingDesk
from viral_forge_resources import publishers
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.submission import StepState

_LONGEST_RUN_S = 60
_KILLS = (Fault.KILLED_BEFORE, Fault.KILLED_AMID, Fault.KILLED_AFTER)
_MOST_RUNS = 25


def _status_of_run(server: UploadServer, maker: DeskMaker, desk: PublishingDesk, run: int) -> int:
    """How the run's process ended."""
    platform = desk.platform
    token = platform.mint(f"{platform.platform}:main")
    process = start(maker.folder, platform.platform, server.url, token, platform.now, run)
    server.victim = process.pid or 0
    process.join(_LONGEST_RUN_S)
    status = process.exitcode
    process.kill()
    process.join()
    assert status is not None
    return status


def _wait(desk: PublishingDesk) -> bool:
    """Let time pass until there is something to do; whether there is."""
    row = desk.row()
    dues = [] if row.state is PublicationState.PUBLISHED else [row.due_at]
    dues += [step.due_at for step in desk.steps() if step.state is StepState.WAITING]
    if dues:
        desk.platform.wait(max(min(dues) - desk.platform.now, timedelta(seconds=1)))
    return bool(dues)


@pytest.mark.slow
@pytest.mark.parametrize("kill", _KILLS, ids=lambda kill: kill.name.lower())
@pytest.mark.parametrize("name", emulated_publishers())
def test_runs_killed_at_one_request_after_the_other_post_once(
    name, kill, sqlite_template, tmp_path
):
    platform = ground_of(publishers, name).emulator()
    maker = DeskMaker(sqlite_template, tmp_path, name)
    killed = 0
    with served(platform) as server, emulated_tools(platform) as tools:
        desk = maker.desk(platform, ground_of(publishers, name).opened(tools))
        for run in range(1, _MOST_RUNS):
            platform.faults.clear()
            platform.faults.extend([None] * killed + [kill])
            killed += _status_of_run(server, maker, desk, run) == -signal.SIGKILL
            assert len(platform.posts()) <= 1
            if not _wait(desk):
                break
    row = desk.row()
    assert (row.state, row.reason) == (PublicationState.PUBLISHED, row.reason)
    assert platform.posts() == [("account-main", CLIP)]
    assert killed >= 2
