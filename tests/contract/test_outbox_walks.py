"""No sequence of calls, in whatever order, leads the outbox where it may not go."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import NOW, sha256
from viral_forge_resources.contracts.publishing import (
    MAY_BE_LIVE,
    TRANSITIONS,
    Publication,
    PublicationState,
)
from viral_forge_resources.state import candidates, channels, publications

_S = PublicationState
_CHANNELS = ("folder:main", "folder:second")
_CLIPS = 5
_RENDERS = 4
_STEPS = 200


class Walk:
    """Calls at random; what it did and what the outbox said before and after."""

    def __init__(self, connection: sa.Connection, seed: int) -> None:
        self.connection = connection
        self.random = Random(seed)  # noqa: S311  the same walk every time
        self.now = NOW
        self.rows: dict[str, Publication] = {}
        self.taken: Counter[tuple[PublicationState, PublicationState]] = Counter()
        candidates.decide(connection, [builders.candidate()])
        for channel_id in _CHANNELS:
            made = builders.channel(channel_id=channel_id, name=channel_id.partition(":")[2])
            channels.save(connection, made, now=NOW)

    def step(self) -> None:
        """Call anything."""
        calls = [self.plan, self.approve, self.withdraw, self.claim, self.settle, self.wait]
        self.random.choices(calls, weights=[4, 4, 1, 6, 6, 1])[0]()

    def _content(self) -> tuple[int, str]:
        number = self.random.randrange(_CLIPS)
        return number, sha256(f"{number} {self.random.randrange(_RENDERS)}")

    def plan(self) -> None:
        number, content = self._content()
        channel_id = self.random.choice(_CHANNELS)
        row = builders.publication(
            content_sha256=content, clip_number=number, channel_id=channel_id
        )
        publications.plan(self.connection, row)

    def approve(self) -> None:
        for row in publications.in_state(self.connection, _S.PLANNED):
            publications.approve(self.connection, row.content_sha256, now=self.now)

    def withdraw(self) -> None:
        publications.withdraw(self.connection, self._content()[1], reason="no")

    def claim(self) -> None:
        for publication_id in self.random.sample(sorted(self.rows), len(self.rows)):
            publications.claim(
                self.connection,
                publication_id,
                claimed_by="run",
                lease=timedelta(minutes=30),
                now=self.now,
            )

    def settle(self) -> None:
        if not self.rows:
            return
        publication_id, row = self.random.choice(sorted(self.rows.items()))
        # The answer may come when the row has moved already.
        expected = _S.SUBMITTING if self.random.random() < 0.3 else row.state
        steps = sorted(TRANSITIONS[expected] - {_S.SUBMITTING, _S.PLANNED, _S.WITHDRAWN})
        if steps:
            publications.settle(
                self.connection,
                publication_id,
                self.random.choice(steps),
                expected=expected,
                now=self.now,
            )

    def wait(self) -> None:
        self.now += timedelta(minutes=self.random.choice([1, 31]))
        publications.expire_leases(self.connection, now=self.now)

    def live(self) -> list[tuple[int, str]]:
        """Clip and channel of each row that the platform may hold."""
        rows = self.rows.values()
        return [(row.clip_number, row.channel_id) for row in rows if row.state in MAY_BE_LIVE]

    def busy(self) -> list[str]:
        """Channel of each row that is being submitted."""
        return [row.channel_id for row in self.rows.values() if row.state is _S.SUBMITTING]

    def look(self) -> None:
        """Every row took one allowed step, or none; no row is gone."""
        found = publications.of_candidate(self.connection, builders.KEY)
        rows = {row.publication_id: row for row in found}
        assert set(self.rows) <= set(rows)
        for publication_id, row in rows.items():
            self._check_step(self.rows.get(publication_id), row)
        self.rows = rows

    def _check_step(self, before: Publication | None, row: Publication) -> None:
        assert (row.state is _S.SUBMITTING) == (row.lease_until is not None)
        if row.state is _S.PLANNED and (before is None or before.state is not _S.PLANNED):
            assert (row.clip_number, row.channel_id) not in self.live()
        if before is None:
            assert row.state is _S.PLANNED
            return
        if row.state is not before.state:
            assert row.state in TRANSITIONS[before.state]
            self.taken[before.state, row.state] += 1
        was_claimed = (before.state, row.state) == (_S.APPROVED, _S.SUBMITTING)
        assert row.attempts == before.attempts + was_claimed


@pytest.mark.parametrize("seed", [1, 2])
def test_no_sequence_of_calls_leads_outside_the_transitions(state, seed):
    with state.connect() as connection, connection.begin() as transaction:
        walk = Walk(connection, seed)
        for _ in range(_STEPS):
            walk.step()
            walk.look()
            assert len(walk.live()) == len(set(walk.live()))
            assert len(walk.busy()) == len(set(walk.busy()))
        transaction.rollback()
    assert walk.taken[_S.APPROVED, _S.SUBMITTING] >= 10  # it went somewhere
