"""A daemon is killed at one request after the other, alone or with its run: the next one ends it.

Every platform that has an emulator is in the middle of the same step when the kill comes. What is
due later is due at once: waits are not what is tested. ``VIRAL_FORGE_TEST_WHOLE_MATRIX`` set, the
kill comes at every step, before, amid and after each request; else at some of them.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from threading import Event

import pytest
import sqlalchemy as sa
from pydantic_settings import BaseSettings, SettingsConfigDict

from tests.daemons import (
    DaemonHome,
    add_channel,
    add_due_posts,
    daemons,
    emulators,
    told,
    wait_until,
)
from tests.platforms.uploads import Fault, UploadServer
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.contracts.submission import StepState
from viral_forge_resources.state import publications as outbox
from viral_forge_resources.state import steps as steps_state
from viral_forge_resources.state.tables import publication_steps, publications
from viral_forge_resources.storage.local import LocalStorage


class _Told(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VIRAL_FORGE_TEST_")

    whole_matrix: bool = False


_LOG = logging.getLogger(__name__)
_S = PublicationState
_KEY = "cooking:inbox:pasta-1"
_WITHIN_S = 240
_OPEN = (_S.APPROVED, _S.PROCESSING, _S.UNKNOWN)
_IS_WHOLE = _Told().whole_matrix
_STEPS = range(9) if _IS_WHOLE else (1, 3)
_ALL = [
    (kill, with_runs)
    for kill in (Fault.KILLED_BEFORE, Fault.KILLED_AMID, Fault.KILLED_AFTER)
    for with_runs in (False, True)
]
_KILLS = _ALL if _IS_WHOLE else [(Fault.KILLED_AFTER, False), (Fault.KILLED_AMID, True)]


class _Ambush:
    """Holds requests until their caller was killed."""

    def __init__(self, servers: Mapping[str, UploadServer], kill: Fault, *, after: int) -> None:
        self._is_over, self.waiting = Event(), set[str]()
        for name, server in servers.items():
            server.platform.faults.clear()
            server.platform.faults.extend([None] * after + [kill])
            server.ambush = self._holding(name)

    def _holding(self, name: str):
        def hold() -> None:
            self.waiting.add(name)
            self._is_over.wait(_WITHIN_S)

        return hold

    def end(self) -> None:
        self._is_over.set()


def _rows(state: sa.Engine) -> dict[str, Publication]:
    with state.connect() as connection:
        rows = outbox.of_candidate(connection, _KEY)
    return {row.channel_id.partition(":")[0]: row for row in rows}


def _hurry(state: sa.Engine) -> None:
    """What waits is due."""
    now = datetime.now(UTC)
    with state.begin() as connection:
        is_open = publications.c.state.in_(_OPEN) & (publications.c.due_at > now)
        connection.execute(sa.update(publications).where(is_open).values(due_at=now))
        waits = publication_steps.c.state == StepState.WAITING
        connection.execute(sa.update(publication_steps).where(waits).values(due_at=now))


def _are_over(state: sa.Engine) -> bool:
    """Every post is live, with all that is added to it, or its end is open for a person to see."""
    _hurry(state)
    rows = _rows(state)
    with state.connect() as connection:
        steps = [
            step
            for row in rows.values()
            for step in steps_state.of_publication(connection, row.publication_id)
        ]
    return all(row.state is _S.PUBLISHED for row in rows.values()) and not any(
        step.state is StepState.WAITING for step in steps
    )


def _are_held_or_over(state: sa.Engine, ambush: _Ambush, names: set[str]) -> bool:
    _hurry(state)
    live = {name for name, row in _rows(state).items() if row.state is _S.PUBLISHED}
    return bool(ambush.waiting) and ambush.waiting | live >= names


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kill", "with_runs"),
    _KILLS,
    ids=lambda value: value.name.lower() if isinstance(value, Fault) else f"runs_die_{value}",
)
def test_a_killed_daemon_leaves_posts_that_the_next_one_ends(
    kill, with_runs, postgres_state, tmp_path, caplog
):
    with emulators() as servers:
        channels = [add_channel(postgres_state, each.platform, "main") for each in servers.values()]
        clip = add_due_posts(postgres_state, LocalStorage(tmp_path / "storage"), _KEY, channels)
        home = DaemonHome(
            folder=tmp_path / "home", environment=told(postgres_state, tmp_path / "home", servers)
        )
        with home.instance() as instance:
            instance.add_dynamic_partitions("candidates", [_KEY])
        held = Counter[str]()
        with daemons(home):
            for after in _STEPS:
                ambush = _Ambush(servers, kill, after=after)
                is_set = partial(_are_held_or_over, postgres_state, ambush, set(servers))
                wait_until(is_set, within_s=60)
                if not ambush.waiting:
                    break
                home.kill(with_runs=with_runs)
                ambush.end()
                held.update(ambush.waiting)
                home.start()
            for server in servers.values():
                server.platform.faults.clear()
            assert wait_until(lambda: _are_over(postgres_state), within_s=_WITHIN_S), _told(
                postgres_state
            )
        posts = {name: server.platform.posts() for name, server in servers.items()}
    with caplog.at_level(logging.INFO):
        _LOG.info("killed at %s requests: %s", sum(held.values()), _told(postgres_state))
    assert set(held) == set(servers)
    assert posts == {name: [("account-main", clip)] for name in servers}


def _told(state: sa.Engine) -> str:
    return "; ".join(
        f"{name}: {row.state} {row.reason or ''}" for name, row in _rows(state).items()
    )
