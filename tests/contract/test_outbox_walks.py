"""No sequence of calls, in whatever order, leads the outbox where it may not go."""

from collections import Counter
from datetime import timedelta
from typing import ClassVar

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

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
_numbers = st.integers(0, 1)
_renders = st.integers(0, 2)
_channels = st.sampled_from(_CHANNELS)


class Outbox(RuleBasedStateMachine):
    """Calls at random; after each, every row has taken at most one allowed step."""

    state: ClassVar[sa.Engine]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.rows: dict[str, Publication] = {}
        self.connection = self.state.connect()
        self.transaction = self.connection.begin()
        candidates.decide(self.connection, [builders.candidate()])
        for channel_id in _CHANNELS:
            name = channel_id.partition(":")[2]
            made = builders.channel(channel_id=channel_id, name=name)
            channels.save(self.connection, made, now=NOW)

    def teardown(self) -> None:
        self.transaction.rollback()
        self.connection.close()

    def _row(self, number: int, render: int, channel_id: str) -> Publication:
        return builders.publication(
            content_sha256=sha256(f"{number} {render}"), clip_number=number, channel_id=channel_id
        )

    @rule(number=_numbers, render=_renders, channel_id=_channels)
    def plan(self, number: int, render: int, channel_id: str) -> None:
        publications.plan(self.connection, self._row(number, render, channel_id))

    @rule(number=_numbers, render=_renders)
    def approve(self, number: int, render: int) -> None:
        publications.approve(self.connection, sha256(f"{number} {render}"), now=self.now)

    @rule(number=_numbers, render=_renders)
    def withdraw(self, number: int, render: int) -> None:
        publications.withdraw(self.connection, sha256(f"{number} {render}"), reason="no")

    @rule()
    def claim_what_is_due(self) -> None:
        for row in publications.due(self.connection, now=self.now, limit=10):
            publications.claim(
                self.connection,
                row.publication_id,
                claimed_by="run",
                lease=timedelta(minutes=30),
                now=self.now,
            )

    @rule(expected=st.sampled_from(list(_S)), data=st.data())
    def settle(self, expected: PublicationState, data: st.DataObject) -> None:
        steps = sorted(TRANSITIONS[expected] - {_S.SUBMITTING, _S.PLANNED})
        standing = sorted(key for key, row in self.rows.items() if row.state is expected)
        if steps and standing:
            publications.settle(
                self.connection,
                data.draw(st.sampled_from(standing)),
                data.draw(st.sampled_from(steps)),
                expected=expected,
                now=self.now,
            )

    @rule(minutes=st.sampled_from([1, 31]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        publications.expire_leases(self.connection, now=self.now)

    @invariant()
    def every_row_took_an_allowed_step_or_none(self) -> None:
        rows = publications.of_candidate(self.connection, builders.KEY)
        for row in rows:
            before = self.rows.get(row.publication_id)
            if before is None:
                assert row.state is _S.PLANNED
            else:
                self._check_step(before, row)
        assert set(self.rows) <= {row.publication_id for row in rows}
        self.rows = {row.publication_id: row for row in rows}

    def _check_step(self, before: Publication, row: Publication) -> None:
        assert row.state is before.state or row.state in TRANSITIONS[before.state]
        was_claimed = (before.state, row.state) == (_S.APPROVED, _S.SUBMITTING)
        assert row.attempts == before.attempts + was_claimed
        assert (row.state is _S.SUBMITTING) == (row.lease_until is not None)

    @invariant()
    def no_clip_is_twice_on_a_channel(self) -> None:
        live = Counter(
            (row.clip_number, row.channel_id)
            for row in self.rows.values()
            if row.state in MAY_BE_LIVE
        )
        assert all(count == 1 for count in live.values())

    @invariant()
    def no_channel_submits_two(self) -> None:
        submitting = Counter(
            row.channel_id for row in self.rows.values() if row.state is _S.SUBMITTING
        )
        assert all(count == 1 for count in submitting.values())


def test_no_sequence_of_calls_leads_outside_the_transitions(state):
    run_state_machine_as_test(
        type("OutboxHere", (Outbox,), {"state": state}),
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            database=None,
            derandomize=True,
        ),
    )
