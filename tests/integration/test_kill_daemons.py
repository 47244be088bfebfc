"""A daemon is killed once requests have gone out, alone or with its run: a new one ends it."""

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
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.state import publications as outbox
from viral_forge_resources.storage.local import LocalStorage

_KEY = "cooking:inbox:pasta-1"
_NAMES = ("x", "tiktok")
_WITHIN_S = 200
_OVER = {PublicationState.PUBLISHED, PublicationState.UNKNOWN, PublicationState.REJECTED}


def _rows(state: sa.Engine) -> tuple[Publication, ...]:
    with state.connect() as connection:
        return outbox.of_candidate(connection, _KEY)


@pytest.mark.slow
@pytest.mark.parametrize("with_runs", [False, True], ids=["daemon", "daemon_and_run"])
def test_a_killed_daemon_leaves_posts_that_the_next_one_ends(with_runs, postgres_state, tmp_path):
    with emulators() as servers:
        platforms = [servers[name].platform for name in _NAMES]
        channels = [add_channel(postgres_state, each, "main") for each in platforms]
        clip = add_due_posts(postgres_state, LocalStorage(tmp_path / "storage"), _KEY, channels)
        home = DaemonHome(
            folder=tmp_path / "home", environment=told(postgres_state, tmp_path / "home", servers)
        )
        with home.instance() as instance:
            instance.add_dynamic_partitions("candidates", [_KEY])
        with daemons(home):
            assert wait_until(lambda: any(each.calls for each in platforms), within_s=_WITHIN_S)
            home.kill(with_runs=with_runs)
            home.start()
            assert wait_until(
                lambda: {row.state for row in _rows(postgres_state)} <= _OVER, within_s=_WITHIN_S
            )
        posts = {each.platform: each.posts() for each in platforms}
    for row in _rows(postgres_state):
        ended = posts[row.channel_id.partition(":")[0]]
        if row.state is PublicationState.PUBLISHED:
            assert ended == [("account-main", clip)]
        else:
            assert row.reason
            assert len(ended) <= 1
