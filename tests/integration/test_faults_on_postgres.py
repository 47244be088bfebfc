"""What goes wrong ends on PostgreSQL as it does on SQLite: one post, whichever request it hits."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.grounds._kinds import emulated_publishers, ground_of
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import Fault
from tests.publishing_desk import CLIP, PublishingDesk, shared_desk
from viral_forge_resources import publishers
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.submission import StepState


def _run(name: str, state: sa.Engine, folder: Path, faults: list[Fault | None]) -> PublishingDesk:
    ground = ground_of(publishers, name)
    platform = ground.emulator()
    with emulated_tools(platform) as tools:
        desk = shared_desk(state, folder, platform, ground.opened(tools))
        desk.settle(faults)
    return desk


@pytest.mark.parametrize("name", emulated_publishers())
def test_each_fault_at_another_request_ends_in_one_post(name, postgres_state, tmp_path):
    """The whole matrix runs on SQLite; its diagonal is enough to see that locks hold here too."""
    requests = len(_run(name, postgres_state, tmp_path, []).platform.calls)
    assert requests >= 3
    for number, fault in enumerate(Fault):
        desk = _run(name, postgres_state, tmp_path, [None] * (number % requests) + [fault])
        row = desk.row()
        assert not desk.platform.faults
        assert (fault, row.state, row.reason) == (fault, PublicationState.PUBLISHED, row.reason)
        assert desk.platform.posts() == [("account-main", CLIP)]
        assert all(step.state is StepState.DONE for step in desk.steps())
