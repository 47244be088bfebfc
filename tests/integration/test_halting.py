"""A channel that its platform speaks against posts no more until a person has looked at it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests import builders
from tests.builders import CHANNEL, KEY, NOW, sha256
from tests.fakes.publisher import Fault
from tests.integration.test_posting import Desk, made_desk, save_clip
from viral_forge_assets.domain.publishing import Settlement
from viral_forge_assets.halting import MOST_REJECTIONS, halt_after, resume_channel, told_of
from viral_forge_assets.queues import shown
from viral_forge_resources.contracts.errors import (
    AccountRestricted,
    BadInput,
    PolicyViolation,
    Rejected,
    ViralForgeError,
)
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.rhythm import Rhythm, Slot
from viral_forge_resources.state import approvals, channel_halts, channels, queues
from viral_forge_resources.state import publications as outbox

_S = PublicationState
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(state, tmp_path) -> Desk:
    return made_desk(state, tmp_path)


def add_post(desk: Desk, number: int) -> None:
    """One more approved post that is due."""
    content = f"clip-{number}"
    save_clip(desk, number=number, content=content)
    post = builders.publication(
        clip_number=number, content_sha256=sha256(content), due_at=_LONG_AGO
    )
    with desk.state.begin() as connection:
        outbox.plan(connection, post)
        approvals.record(connection, builders.approval(content_sha256=sha256(content)))
        outbox.approve(connection, sha256(content), now=_LONG_AGO)


def states(desk: Desk) -> list[PublicationState]:
    return [row.state for row in desk.poster().work_on(KEY)]


def halted(desk: Desk) -> str:
    with desk.state.connect() as connection:
        found = channel_halts.current(connection, CHANNEL)
    return "" if found is None else found.reason


def resume(desk: Desk, note: str = "appealed, and won") -> int:
    with desk.state.begin() as connection:
        return resume_channel(
            connection, CHANNEL, resumed_by="operator", note=note, now=datetime.now(UTC)
        )


@pytest.mark.parametrize(
    ("error", "first"),
    [
        (PolicyViolation("copyright"), _S.REJECTED),
        (AccountRestricted(CHANNEL, reason="banned", remedy="Look."), _S.APPROVED),
    ],
)
def test_a_word_against_the_channel_stops_it_and_what_waits_goes_on_waiting(desk, error, first):
    add_post(desk, 2)
    desk.platform.faults = [Fault(error=error)]
    assert states(desk) == [first, _S.APPROVED]
    assert str(error) in halted(desk)
    assert states(desk) == [first, _S.APPROVED]
    assert (desk.platform.submissions, desk.platform.held) == (1, [])


def test_once_a_person_lets_it_go_on_everything_that_waited_is_posted(desk):
    add_post(desk, 2)
    desk.platform.faults = [Fault(error=PolicyViolation("copyright"))]
    states(desk)
    resume(desk)
    assert states(desk) == [_S.REJECTED, _S.PUBLISHED]


def test_claiming_and_the_sensor_know_of_it(desk):
    with desk.state.begin() as connection:
        row = desk.row()
        halt_after(connection, row, Settlement(state=_S.REJECTED, halts=True), now=NOW)
        claim = outbox.claim(
            connection,
            row.publication_id,
            claimed_by="run",
            lease=timedelta(minutes=1),
            now=datetime.now(UTC),
        )
        due = outbox.due(connection, now=datetime.now(UTC), limit=9)
    assert (claim, due) == (None, ())


def reject_in_a_row(desk: Desk, errors: list[ViralForgeError | None]) -> str:
    for number, error in enumerate(errors, start=2):
        add_post(desk, number)
        desk.platform.faults = [Fault(error=error)] if error else []
        states(desk)
    return halted(desk)


def test_refusals_in_a_row_stop_it_too(sqlite_state, tmp_path):
    desk = made_desk(sqlite_state, tmp_path)
    states(desk)
    refused: list[ViralForgeError | None] = [Rejected("no")] * (MOST_REJECTIONS - 1)
    assert reject_in_a_row(desk, refused) == ""
    add_post(desk, 9)
    desk.platform.faults = [Fault(error=Rejected("no again"))]
    states(desk)
    assert halted(desk) == "its last 3 posts were refused, the newest because: no again"
    resume(desk)
    add_post(desk, 10)
    desk.platform.faults = [Fault(error=Rejected("once more"))]
    states(desk)
    assert halted(desk) == ""


def test_a_post_that_went_through_ends_the_row(sqlite_state, tmp_path):
    desk = made_desk(sqlite_state, tmp_path)
    states(desk)
    no = Rejected("no")
    assert reject_in_a_row(desk, [no, no, None, no, no]) == ""


def test_a_post_does_not_miss_its_time_while_its_channel_has_stopped(sqlite_state, tmp_path):
    desk = made_desk(sqlite_state, tmp_path)
    rhythm = Rhythm(
        zone="UTC", slots=(Slot(at=datetime.now(UTC).time()),), catch_up=timedelta(days=1)
    )
    with desk.state.begin() as connection:
        channels.save(connection, builders.channel(rhythm=rhythm), now=NOW)
        row = desk.row()
        halt_after(connection, row, Settlement(state=_S.REJECTED, halts=True), now=NOW)
    assert states(desk) == [_S.APPROVED]
    assert resume(desk) == 1
    assert desk.row().due_at > _LONG_AGO


def test_its_first_reason_stays_and_people_read_it_with_the_remedy(desk):
    with desk.state.begin() as connection:
        row = desk.row()
        strike = Settlement(state=_S.REJECTED, reason="strike", halts=True)
        assert halt_after(connection, row, strike, now=NOW)
        assert not halt_after(connection, row, replace(strike, reason="other"), now=NOW)
        (found,) = channel_halts.all_current(connection)
        (waiting,) = queues.queued(connection, limit=9)
    assert told_of(found) == (
        f"stopped at {NOW:%Y-%m-%d %H:%M} UTC: the platform speaks against it: strike. Look at the"
        f" account on the platform, then `viral-forge channel resume {CHANNEL} --note WHY`"
    )
    told = "its channel has stopped: the platform speaks against it: strike"
    assert shown(waiting)["reason"] == told


def test_it_goes_on_only_if_it_had_stopped_and_for_a_reason(desk):
    with pytest.raises(BadInput, match="has not stopped"):
        resume(desk)
    with pytest.raises(BadInput, match="no reason"):
        resume(desk, note=" ")
