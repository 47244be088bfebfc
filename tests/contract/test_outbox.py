"""What the outbox promises: nothing is posted twice, and nothing is lost."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import NOW, save_candidate, save_publication, sha256
from viral_forge_resources.contracts.publishing import (
    MAY_BE_LIVE,
    TRANSITIONS,
    Publication,
    PublicationState,
    Published,
)
from viral_forge_resources.state import channels, publications, tables

_S = PublicationState
_LEASE = timedelta(minutes=30)
_LATER = NOW + timedelta(hours=1)

# The shortest way from planned to each state in which the platform may hold the post.
_WAYS = {
    _S.SUBMITTING: (),
    _S.PROCESSING: (_S.PROCESSING,),
    _S.UNKNOWN: (_S.UNKNOWN,),
    _S.PUBLISHED: (_S.PUBLISHED,),
}


def _plan(state: sa.Engine, publication: Publication) -> bool:
    with state.begin() as connection:
        return publications.plan(connection, publication)


def _get(state: sa.Engine, publication: Publication) -> Publication:
    with state.connect() as connection:
        found = publications.get(connection, publication.publication_id)
    assert found is not None
    return found


def _approve(state: sa.Engine, publication: Publication) -> int:
    with state.begin() as connection:
        return publications.approve(connection, publication.content_sha256, now=NOW)


def _claim(
    state: sa.Engine, publication: Publication, *, by: str = "run-1", now=NOW
) -> Publication | None:
    with state.begin() as connection:
        return _claim_in(connection, publication, by=by, now=now)


def _claim_in(
    connection: sa.Connection, publication: Publication, *, by: str = "run-1", now=NOW
) -> Publication | None:
    return publications.claim(
        connection, publication.publication_id, claimed_by=by, lease=_LEASE, now=now
    )


def _settle(
    state: sa.Engine,
    publication: Publication,
    to: PublicationState,
    *,
    expected: PublicationState = _S.SUBMITTING,
    **facts,
) -> bool:
    with state.begin() as connection:
        return publications.settle(
            connection, publication.publication_id, to, expected=expected, now=NOW, **facts
        )


def _expire(state: sa.Engine, *, now) -> int:
    with state.begin() as connection:
        return publications.expire_leases(connection, now=now)


def _know_candidate_and_channel(state: sa.Engine) -> None:
    save_candidate(state)
    with state.begin() as connection:
        channels.save(connection, builders.channel(), now=NOW)


def _approved(state: sa.Engine, **changes) -> Publication:
    publication = save_publication(state, **changes)
    _approve(state, publication)
    return publication


def _submitting(state: sa.Engine, **changes) -> Publication:
    publication = _approved(state, **changes)
    assert _claim(state, publication) is not None
    return publication


def _at_once(count: int, act: Callable[[int], object]) -> list[object]:
    barrier = Barrier(count)

    def started(number: int) -> object:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(started, range(count)))


def _meanwhile(
    state: sa.Engine,
    first: Callable[[sa.Connection], object],
    second: Callable[[], object],
) -> tuple[object, object]:
    """What both came to, where the second began before the first one's transaction ended."""
    with ThreadPoolExecutor(1) as pool:
        with state.begin() as connection:
            before = first(connection)
            running = pool.submit(second)
            wait([running], timeout=0.15)
        return before, running.result()


def test_what_was_planned_is_read_back_as_it_was(state):
    publication = save_publication(
        state, text=builders.post_text(tags=("a", "b"), attribution="by Ada")
    )
    assert _get(state, publication) == publication


def test_planning_the_same_bytes_twice_gives_one_row(state):
    publication = save_publication(state)
    assert not _plan(state, publication)
    with state.connect() as connection:
        assert publications.of_candidate(connection, builders.KEY) == (publication,)


@pytest.mark.parametrize("is_approved", [False, True])
def test_a_clip_rendered_anew_withdraws_its_older_plan(state, is_approved):
    older = save_publication(state)
    if is_approved:
        _approve(state, older)
    newer = builders.publication(content_sha256=sha256("rendered anew"))
    assert _plan(state, newer)
    assert _get(state, older).state is _S.WITHDRAWN
    assert _get(state, newer).state is _S.PLANNED


def test_another_clip_leaves_a_plan_alone(state):
    publication = save_publication(state)
    other = builders.publication(content_sha256=sha256("second"), clip_number=2)
    assert _plan(state, other)
    assert _get(state, publication).state is _S.PLANNED


def test_withdrawn_bytes_come_back_to_be_approved_anew(state):
    publication = _approved(state)
    _plan(state, builders.publication(content_sha256=sha256("rendered anew")))
    assert _plan(state, builders.publication(planned_at=_LATER))
    found = _get(state, publication)
    assert (found.state, found.reason, found.planned_at) == (_S.PLANNED, None, _LATER)


@pytest.mark.parametrize("live", sorted(MAY_BE_LIVE))
def test_a_clip_that_may_be_live_is_never_planned_again(state, live):
    publication = _submitting(state)
    for step in _WAYS[live]:
        assert _settle(state, publication, step)
    assert not _plan(state, builders.publication(content_sha256=sha256("rendered anew")))
    assert not _plan(state, builders.publication())
    assert _get(state, publication).state is live


@pytest.mark.parametrize("start", sorted(set(_S) - {_S.PLANNED}))
def test_nothing_is_planned_as_if_it_were_further(state, start):
    with pytest.raises(ValueError, match="does not start"):
        _plan(state, builders.publication(state=start))


def test_one_of_many_that_claim_a_row_gets_it(state):
    publication = _approved(state)
    claims = _at_once(6, lambda n: _claim(state, publication, by=f"run-{n}"))
    winners = [claim for claim in claims if isinstance(claim, Publication)]
    assert len(winners) == 1
    assert _get(state, publication) == winners[0]
    assert winners[0].attempts == 1


def test_one_of_several_processes_that_claim_a_row_gets_it(sqlite_state):
    publication = _approved(sqlite_state)
    program = f"""
import sys
from datetime import datetime, timedelta
from viral_forge_resources.state import channels, publications, tables
from viral_forge_resources.state.engine import open_engine
engine = open_engine({str(sqlite_state.url)!r})
sys.stdin.readline()
with engine.begin() as connection:
    claimed = publications.claim(
        connection, {publication.publication_id!r}, claimed_by=sys.argv[1],
        lease=timedelta(minutes=30), now=datetime.fromisoformat({NOW.isoformat()!r}),
    )
print(claimed is not None)
"""
    started = [
        subprocess.Popen(  # noqa: S603  the program above
            [sys.executable, "-c", program, f"run-{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    answers = [process.communicate("go\n", timeout=60)[0].strip() for process in started]
    assert sorted(answers) == ["False", "True"]


def test_a_channel_posts_one_at_a_time(state):
    rows = [
        _approved(state, content_sha256=sha256(f"clip {number}"), clip_number=number)
        for number in range(4)
    ]
    claims = _at_once(4, lambda n: _claim(state, rows[n]))
    assert len([claim for claim in claims if claim is not None]) == 1
    with state.connect() as connection:
        assert len(publications.in_state(connection, _S.SUBMITTING)) == 1


def test_a_channel_posts_the_next_once_the_last_is_settled(state):
    first, second = (
        _approved(state, content_sha256=sha256(str(number)), clip_number=number)
        for number in range(2)
    )
    _claim(state, first)
    assert _claim(state, second) is None
    _settle(state, first, _S.PUBLISHED, post_id="1", post_url="https://example.org/1")
    assert _claim(state, second) is not None


def test_two_channels_post_at_once(state):
    first = _approved(state)
    second = _approved(state, channel_id="folder:second")
    assert _claim(state, first) is not None
    assert _claim(state, second) is not None


def test_a_new_plan_waits_for_a_claim_that_is_under_way(state):
    older = _approved(state)
    newer = builders.publication(content_sha256=sha256("rendered anew"))
    claimed, planned = _meanwhile(
        state,
        lambda connection: _claim_in(connection, older),
        lambda: _plan(state, newer),
    )
    assert claimed is not None
    assert planned is False


def test_a_claim_waits_for_a_new_plan_that_is_under_way(state):
    older = _approved(state)
    newer = builders.publication(content_sha256=sha256("rendered anew"))
    planned, claimed = _meanwhile(
        state,
        lambda connection: publications.plan(connection, newer),
        lambda: _claim(state, older),
    )
    assert planned is True
    assert claimed is None


def test_a_plan_sees_another_that_is_under_way_also_where_it_is_the_first(state):
    _know_candidate_and_channel(state)
    first = builders.publication(content_sha256=sha256("first"))
    second = builders.publication(content_sha256=sha256("second"))
    _meanwhile(
        state,
        lambda connection: publications.plan(connection, first),
        lambda: _plan(state, second),
    )
    assert _get(state, first).state is _S.WITHDRAWN
    assert _get(state, second).state is _S.PLANNED


def test_what_is_not_yet_due_is_not_claimed(state):
    publication = _approved(state, due_at=_LATER)
    assert _claim(state, publication) is None
    assert _claim(state, publication, now=_LATER) is not None


def test_what_nobody_approved_is_not_claimed(state):
    assert _claim(state, save_publication(state)) is None


def test_a_lease_that_is_over_leaves_the_end_unknown(state):
    publication = _submitting(state)
    assert _expire(state, now=NOW + _LEASE - timedelta(seconds=1)) == 0
    assert _expire(state, now=NOW + _LEASE) == 1
    found = _get(state, publication)
    assert (found.state, found.lease_until) == (_S.UNKNOWN, None)
    assert found.reason is not None
    assert _claim(state, publication, now=_LATER) is None


def test_a_crash_while_submitting_is_never_repeated(state):
    publication = _submitting(state)
    _expire(state, now=_LATER)
    assert _approve(state, publication) == 0
    assert not _plan(state, builders.publication(content_sha256=sha256("rendered anew")))
    with state.connect() as connection:
        assert [row.state for row in publications.due(connection, now=_LATER, limit=9)] == [
            _S.UNKNOWN
        ]


def test_a_late_answer_of_an_older_claim_does_not_settle_the_newer_one(state):
    publication = _submitting(state)
    _expire(state, now=_LATER)
    _settle(state, publication, _S.APPROVED, expected=_S.UNKNOWN)
    _claim(state, publication, by="run-2", now=_LATER)
    assert not _settle(state, publication, _S.PUBLISHED, claimed_by="run-1")
    assert _settle(state, publication, _S.PUBLISHED, claimed_by="run-2")


def test_every_step_that_is_not_allowed_is_refused(state):
    publication = save_publication(state)
    for expected in _S:
        # Only claim and plan take these two steps; two states may be confirmed.
        allowed = TRANSITIONS[expected] - {_S.SUBMITTING, _S.PLANNED}
        if expected in {_S.PROCESSING, _S.UNKNOWN}:
            allowed |= {expected}
        for to in set(_S) - allowed:
            with pytest.raises(ValueError, match="does not go"):
                _settle(state, publication, to, expected=expected)
    assert _get(state, publication) == publication


def test_a_row_that_moved_meanwhile_is_not_settled(state):
    publication = _submitting(state)
    assert _settle(state, publication, _S.PUBLISHED)
    assert not _settle(state, publication, _S.UNKNOWN)
    assert _get(state, publication).state is _S.PUBLISHED


def test_a_post_that_is_live_says_where_and_since_when(state):
    publication = _submitting(state)
    _settle(state, publication, _S.PUBLISHED, post_id="7", post_url="https://example.org/7")
    found = _get(state, publication)
    assert (found.post_id, found.post_url) == ("7", "https://example.org/7")
    assert (found.published_at, found.lease_until) == (NOW, None)


def test_an_upload_in_processing_keeps_its_receipt_while_it_stays_so(state):
    publication = _submitting(state)
    _settle(state, publication, _S.PROCESSING, receipt="r-1")
    assert _settle(
        state,
        publication,
        _S.PROCESSING,
        expected=_S.PROCESSING,
        receipt=None,
        reason="not done",
        due_at=_LATER,
    )
    found = _get(state, publication)
    assert (found.receipt, found.reason, found.due_at) == ("r-1", "not done", _LATER)


def test_a_second_attempt_starts_without_the_first_ones_receipt(state):
    publication = _submitting(state)
    _settle(state, publication, _S.APPROVED, receipt="r-1", reason="rate limited", due_at=_LATER)
    assert _claim(state, publication) is None
    again = _claim(state, publication, now=_LATER)
    assert again is not None
    assert (again.receipt, again.reason, again.attempts) == (None, None, 2)


def test_what_is_due_comes_first_to_post_then_to_look_at_again(state):
    unknown = _submitting(state, content_sha256=sha256("1"), clip_number=1)
    _settle(state, unknown, _S.UNKNOWN)
    approved = _approved(state, content_sha256=sha256("2"), clip_number=2)
    _approved(state, content_sha256=sha256("3"), clip_number=3, due_at=_LATER)
    save_publication(state, content_sha256=sha256("4"), clip_number=4)
    with state.connect() as connection:
        due = publications.due(connection, now=NOW, limit=9)
        first = publications.due(connection, now=NOW, limit=1)
    ids = [row.publication_id for row in due]
    assert ids == [approved.publication_id, unknown.publication_id]
    assert first == due[:1]


def test_a_yes_is_for_these_bytes_alone(state):
    publication = save_publication(state)
    other = save_publication(state, content_sha256=sha256("second"), clip_number=2)
    assert _approve(state, publication) == 1
    assert _approve(state, publication) == 0
    assert _get(state, other).state is _S.PLANNED


def test_what_is_withdrawn_is_not_posted_and_what_is_under_way_is_not_withdrawn(state):
    waiting = save_publication(state)
    under_way = _submitting(state, channel_id="folder:second")
    with state.begin() as connection:
        assert publications.withdraw(connection, waiting.content_sha256, reason="no") == 1
    assert _approve(state, waiting) == 0
    assert _get(state, waiting).state is _S.WITHDRAWN
    assert _get(state, under_way).state is _S.SUBMITTING


@pytest.mark.parametrize("live", sorted(MAY_BE_LIVE))
def test_posts_of_dropped_clips_are_withdrawn_unless_they_may_be_live(state, live):
    waiting = [
        save_publication(state, clip_number=number, content_sha256=sha256(f"clip {number}"))
        for number in (1, 2, 3)
    ]
    _approve(state, waiting[2])
    held = _submitting(state, clip_number=4, content_sha256=sha256("clip 4"))
    for step in _WAYS[live]:
        _settle(state, held, step)
    other = save_publication(
        state, candidate_key="cooking:inbox:soup", clip_number=2, content_sha256=sha256("soup")
    )

    with state.begin() as connection:
        key = held.candidate_key
        assert publications.withdraw_dropped(connection, key, [1], reason="gone") == 2

    states = [_get(state, row).state for row in (*waiting, held, other)]
    assert states == [_S.PLANNED, _S.WITHDRAWN, _S.WITHDRAWN, live, _S.PLANNED]
    assert _get(state, waiting[1]).reason == "gone"


def test_the_database_itself_refuses_a_second_live_post_of_a_clip(state):
    first = _submitting(state)
    _settle(state, first, _S.PUBLISHED)
    second = builders.publication(content_sha256=sha256("rendered anew"))
    row = publications._values(second) | {"state": _S.PROCESSING}
    with pytest.raises(sa.exc.IntegrityError), state.begin() as connection:
        connection.execute(sa.insert(tables.publications), row)


def test_a_niche_has_the_publications_of_its_candidates_alone(state):
    mine = save_publication(state)
    save_publication(
        state, candidate_key="travel:inbox:rome", content_sha256=sha256("rome"), clip_number=1
    )
    with state.connect() as connection:
        assert publications.of_niche(connection, "cooking") == (mine,)


@pytest.mark.parametrize("reached", sorted(_WAYS))
def test_a_live_post_gets_the_id_that_is_told_late_once_and_no_other_row_does(state, reached):
    publication = save_publication(state)
    _approve(state, publication)
    _claim(state, publication)
    for step in _WAYS[reached]:
        _settle(state, publication, step, post_id="upload-1", post_url="https://example.org/")
    before = _get(state, publication)
    told = Published(post_id="7", url="https://example.org/7")
    other = Published(post_id="8", url="https://example.org/8")
    with state.begin() as connection:
        is_renamed = publications.rename(connection, before, told)
        assert not publications.rename(connection, before, other)
    assert is_renamed is (reached is _S.PUBLISHED)
    late: dict[str, Any] = (
        {"post_id": "7", "post_url": "https://example.org/7"} if is_renamed else {}
    )
    assert _get(state, publication) == replace(before, **late)
