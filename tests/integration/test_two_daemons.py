"""Two daemons that know nothing of each other, on one PostgreSQL: each post goes out once."""

from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.daemons import (
    DaemonHome,
    add_channel,
    add_due_posts,
    daemons,
    emulators,
    told,
    wait_until,
)
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.state import publications as outbox
from viral_forge_resources.storage.local import LocalStorage

_NAMES = ("instagram", "linkedin", "threads", "youtube")
"""Live as soon as they are sent, and no limit on texts that are alike."""
_CANDIDATES = 10
_CHANNELS = 20
_WITHIN_S = 480


def _are_all_published(state: sa.Engine) -> bool:
    with state.connect() as connection:
        live = outbox.in_state(connection, PublicationState.PUBLISHED)
    return len(live) == _CANDIDATES * _CHANNELS


@pytest.mark.slow
def test_two_daemons_post_what_is_due_once(postgres_state, tmp_path):
    """Each has a Dagster instance of its own: nothing but the outbox keeps them apart."""
    keys = [f"cooking:inbox:pasta-{number}" for number in range(_CANDIDATES)]
    homes = [tmp_path / "one", tmp_path / "other"]
    with emulators() as servers:
        platforms = [servers[name].platform for name in _NAMES]
        channels = [
            add_channel(postgres_state, platforms[number % len(platforms)], f"c{number}")
            for number in range(_CHANNELS)
        ]
        storage = LocalStorage(tmp_path / "storage")
        clips = [add_due_posts(postgres_state, storage, key, channels) for key in keys]
        machines = [_machine(folder, postgres_state, servers, keys) for folder in homes]
        with daemons(*machines):
            assert wait_until(lambda: _are_all_published(postgres_state), within_s=_WITHIN_S)
            ran = [_runs(machine) for machine in machines]
        posts = Counter(post for platform in platforms for post in platform.posts())
    accounts = {f"account-c{number}" for number in range(_CHANNELS)}
    assert posts == Counter((account, clip) for account in accounts for clip in clips)
    assert all(ran)


def _machine(folder: Path, state: sa.Engine, servers, keys: list[str]) -> DaemonHome:
    machine = DaemonHome(folder=folder, environment=told(state, folder, servers))
    with machine.instance() as instance:
        instance.add_dynamic_partitions("candidates", keys)
    return machine


def _runs(machine: DaemonHome) -> int:
    """How many runs began there."""
    with machine.instance() as instance:
        return sum(run.status.value in {"STARTED", "SUCCESS"} for run in instance.get_runs())
