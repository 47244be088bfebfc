"""What submissions remember outlives them, unreadable, and only who has the claim may write it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.builders import NOW, save_publication, sha256
from tests.fakes.cipher import FakeCipher
from viral_forge_resources.contracts.errors import Misconfigured, OutcomeUnknown
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.contracts.submission import StepState
from viral_forge_resources.state import publications, sessions, steps

_S = PublicationState
_LEASE = timedelta(minutes=30)
SECRET = "https://upload.example/?upload_id=open-sesame"


class Clock:
    """Shows the moment it is told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def claimed(state: sa.Engine) -> Publication:
    save_publication(state)
    with state.begin() as connection:
        publications.approve(connection, sha256("clip"), now=NOW)
        return _claimed(connection)


def _claimed(connection: sa.Connection) -> Publication:
    (row,) = publications.in_state(connection, _S.APPROVED)
    taken = publications.claim(
        connection, row.publication_id, claimed_by="run-1", lease=_LEASE, now=NOW
    )
    assert taken is not None
    return taken


@pytest.fixture
def session(state: sa.Engine, claimed: Publication, clock: Clock) -> sessions.SqlSessionLog:
    return sessions.SqlSessionLog(
        state=state, cipher=FakeCipher(), publication=claimed, lease=_LEASE, clock=clock
    )


def _saved(state: sa.Engine, claimed: Publication) -> str | None:
    with state.connect() as connection:
        return sessions.saved(connection, claimed.publication_id, FakeCipher())


def _settle(state: sa.Engine, claimed: Publication, *path: PublicationState) -> None:
    before = _S.SUBMITTING
    for after in path:
        with state.begin() as connection:
            key = claimed.publication_id
            assert publications.settle(connection, key, after, expected=before, now=NOW)
        before = after


def test_what_was_saved_last_is_there_after_the_run(state, claimed, session):
    session.save("first")
    session.save(SECRET)
    assert (session.saved, _saved(state, claimed)) == (SECRET, SECRET)


def test_nothing_of_it_can_be_read_in_the_database(state, session):
    session.save(SECRET)
    with state.connect() as connection:
        sealed = connection.scalar(sa.text("SELECT sealed FROM publication_sessions"))
    assert "sesame" not in str(sealed)


def test_a_row_moved_to_another_publication_does_not_open(state, claimed, session):
    session.save(SECRET)
    with state.connect() as connection, pytest.raises(Misconfigured):
        FakeCipher().unseal(
            str(connection.scalar(sa.text("SELECT sealed FROM publication_sessions"))),
            bound_to="another",
        )


def test_without_a_key_nothing_is_saved(state, claimed, session):
    session.cipher = None
    with pytest.raises(Misconfigured):
        session.save(SECRET)
    assert _saved(state, claimed) is None


def test_who_lost_the_claim_saves_nothing_any_more(state, claimed, session):
    _settle(state, claimed, _S.UNKNOWN)
    with pytest.raises(OutcomeUnknown):
        session.save(SECRET)
    assert _saved(state, claimed) is None


def test_a_claim_that_was_taken_anew_is_not_ours(state, claimed, session):
    _settle(state, claimed, _S.UNKNOWN, _S.APPROVED)
    with state.begin() as connection:
        assert _claimed(connection).attempts == claimed.attempts + 1
    with pytest.raises(OutcomeUnknown):
        session.save(SECRET)


def test_a_long_upload_holds_on_to_its_claim(state, claimed, session, clock):
    for _ in range(5):
        clock.now += timedelta(minutes=20)
        session.keep()
    with state.begin() as connection:
        assert publications.expire_leases(connection, now=clock.now) == 0
        row = publications.get(connection, claimed.publication_id)
    assert row is not None
    assert row.lease_until == clock.now + _LEASE


def test_a_sign_of_life_that_comes_at_once_writes_nothing(state, claimed, session, clock):
    clock.now += timedelta(seconds=1)
    session.keep()
    with state.connect() as connection:
        row = publications.get(connection, claimed.publication_id)
    assert row is not None
    assert row.lease_until == claimed.lease_until


@pytest.mark.parametrize("end", [_S.PUBLISHED, _S.REJECTED])
def test_where_it_ended_no_address_of_an_upload_is_kept(state, claimed, session, end):
    session.save(SECRET)
    _settle(state, claimed, end)
    assert _saved(state, claimed) is None


@pytest.mark.parametrize("way", [_S.APPROVED, _S.PROCESSING, _S.UNKNOWN])
def test_where_it_may_be_resumed_the_session_stays(state, claimed, session, way):
    session.save(SECRET)
    _settle(state, claimed, way)
    assert _saved(state, claimed) == SECRET


def test_a_post_that_is_withdrawn_forgets_its_session(state, claimed, session):
    session.save(SECRET)
    _settle(state, claimed, _S.APPROVED)
    with state.begin() as connection:
        assert publications.withdraw(connection, claimed.content_sha256, reason="no") == 1
    assert _saved(state, claimed) is None


def test_steps_are_due_until_they_are_settled_once(state, claimed):
    with state.begin() as connection:
        steps.add(connection, claimed.publication_id, ("cover", "captions"), now=NOW)
        steps.add(connection, claimed.publication_id, ("cover",), now=NOW + _LEASE)
        (_, cover), (_, captions) = steps.due(connection, now=NOW, limit=10)
        done = steps.settle(connection, cover, StepState.DONE, due_at=NOW, reason=None)
        again = steps.settle(connection, cover, StepState.FAILED, due_at=NOW, reason="late")
        assert (done, again) == (True, False)
        ((key, left),) = steps.due(connection, now=NOW, limit=10)
        assert (key, left) == (claimed.candidate_key, captions)
        first, second = steps.of_publication(connection, claimed.publication_id)
    assert (first.state, second.state) == (StepState.DONE, StepState.WAITING)
    assert replace(second, attempts=0) == captions
