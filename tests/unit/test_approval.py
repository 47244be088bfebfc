"""A person's yes or no is to the very bytes of a clip; their word ends a lost post."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import KEY, NOW, save_candidate, save_publication, sha256
from viral_forge_assets.approval import Decision, decide, settle_unknown
from viral_forge_resources.contracts.errors import BadInput, NotFound
from viral_forge_resources.contracts.publishing import Approval, Publication, PublicationState
from viral_forge_resources.contracts.records import Clip
from viral_forge_resources.state import approvals, clips, publications

_S = PublicationState
_HOUR = timedelta(hours=1)
_PASSED = (builders.check_result(),)


def decision(*, is_approved: bool = True, hours: int = 1, note: str | None = None) -> Decision:
    return Decision(
        is_approved=is_approved,
        decided_by="Ada",
        decided_at=NOW + timedelta(hours=hours),
        note=note,
    )


def save_clip(state: sa.Engine, **changes) -> Clip:
    made = builders.clip(**{"checks": _PASSED, **changes})
    with state.begin() as connection:
        clips.record(connection, made)
    return made


def say(state: sa.Engine, said: Decision, prefix: str = sha256("clip")) -> Clip:
    with state.begin() as connection:
        return decide(connection, prefix, said)


def state_of(state: sa.Engine, content: str = "clip") -> tuple[PublicationState, str | None]:
    with state.connect() as connection:
        rows = publications.of_candidate(connection, KEY)
    (row,) = (row for row in rows if row.content_sha256 == sha256(content))
    return row.state, row.reason


def word_on(state: sa.Engine, content: str = "clip") -> Approval | None:
    with state.connect() as connection:
        return approvals.current(connection, sha256(content))


def test_a_yes_lets_planned_posts_out_and_is_on_record(sqlite_state):
    save_publication(sqlite_state)
    made = save_clip(sqlite_state)

    decided = say(sqlite_state, decision(note="well cut"))

    assert decided == made
    assert state_of(sqlite_state) == (_S.APPROVED, None)
    word = word_on(sqlite_state)
    assert word is not None
    assert (word.is_approved, word.decided_by, word.note) == (True, "Ada", "well cut")


@pytest.mark.parametrize("approved_before", [False, True])
def test_a_no_withdraws_what_is_not_yet_posted(sqlite_state, approved_before):
    save_publication(sqlite_state)
    save_clip(sqlite_state)
    if approved_before:
        say(sqlite_state, decision())

    say(sqlite_state, decision(is_approved=False, hours=2))

    assert state_of(sqlite_state) == (_S.WITHDRAWN, "rejected by Ada")


def test_a_yes_after_a_no_lets_the_post_out_after_all(sqlite_state):
    save_publication(sqlite_state)
    save_clip(sqlite_state)
    say(sqlite_state, decision(is_approved=False, hours=1))

    say(sqlite_state, decision(hours=2))

    assert state_of(sqlite_state) == (_S.APPROVED, None)


def test_a_yes_to_a_clip_brings_no_post_of_its_older_bytes_back(sqlite_state):
    save_publication(sqlite_state)
    save_publication(sqlite_state, content_sha256=sha256("anew"))  # withdraws the first
    save_clip(sqlite_state, content_sha256=sha256("anew"))

    say(sqlite_state, decision(), sha256("anew"))

    assert state_of(sqlite_state)[0] is _S.WITHDRAWN
    assert state_of(sqlite_state, "anew")[0] is _S.APPROVED


def test_a_no_leaves_alone_what_the_platform_may_have(sqlite_state):
    row = save_publication(sqlite_state)
    save_clip(sqlite_state)
    say(sqlite_state, decision())
    with sqlite_state.begin() as connection:
        publications.claim(
            connection,
            row.publication_id,
            claimed_by="run-1",
            lease=timedelta(minutes=30),
            now=NOW,
        )

    say(sqlite_state, decision(is_approved=False, hours=2))

    assert state_of(sqlite_state) == (_S.SUBMITTING, None)


def test_eight_digits_in_either_case_name_a_clip(sqlite_state):
    save_candidate(sqlite_state)
    made = save_clip(sqlite_state)

    assert say(sqlite_state, decision(), sha256("clip")[:8].upper()) == made


def test_seven_digits_are_too_few(sqlite_state):
    save_candidate(sqlite_state)
    save_clip(sqlite_state)

    with pytest.raises(BadInput, match="too short for a content hash: 7 digits"):
        say(sqlite_state, decision(), sha256("clip")[:7])


@pytest.mark.parametrize("prefix", ["00000000", "%%%%%%%%", "________"])
def test_what_no_clip_has_is_refused_with_where_to_look(sqlite_state, prefix):
    save_candidate(sqlite_state)
    save_clip(sqlite_state)

    with pytest.raises(BadInput, match=r"content hash of no clip as it is now\. See the clip's"):
        say(sqlite_state, decision(), prefix)


def test_bytes_that_were_rendered_over_can_no_longer_be_approved(sqlite_state):
    save_candidate(sqlite_state)
    save_clip(sqlite_state)
    save_clip(sqlite_state, content_sha256=sha256("anew"))

    with pytest.raises(BadInput, match="of no clip as it is now"):
        say(sqlite_state, decision())


def test_digits_that_begin_two_clips_are_refused(sqlite_state):
    save_candidate(sqlite_state)
    for number, ending in ((1, "0"), (2, "1")):
        save_clip(sqlite_state, number=number, content_sha256="abcdef12" + ending * 56)

    with pytest.raises(BadInput, match="begins the content hashes of 2 clips"):
        say(sqlite_state, decision(), "abcdef12")


def test_a_clip_that_failed_a_check_gets_no_yes(sqlite_state):
    save_publication(sqlite_state)
    save_clip(sqlite_state, checks=(builders.check_result(name="loudness", passed=False),))

    with pytest.raises(BadInput, match=f"failed loudness. Materialize rendered_clips of {KEY}"):
        say(sqlite_state, decision())

    assert state_of(sqlite_state)[0] is _S.PLANNED
    assert word_on(sqlite_state) is None


def test_a_clip_that_was_not_checked_gets_no_yes(sqlite_state):
    save_candidate(sqlite_state)
    save_clip(sqlite_state, checks=())

    with pytest.raises(BadInput, match="has not been checked yet"):
        say(sqlite_state, decision())


def test_a_clip_that_failed_a_check_can_be_said_no_to(sqlite_state):
    save_publication(sqlite_state)
    save_clip(sqlite_state, checks=(builders.check_result(passed=False),))

    say(sqlite_state, decision(is_approved=False))

    assert state_of(sqlite_state)[0] is _S.WITHDRAWN


def lost_post(state: sa.Engine) -> str:
    """Id of a post whose answer was lost."""
    row = save_publication(state)
    save_clip(state)
    say(state, decision())
    with state.begin() as connection:
        publications.claim(
            connection, row.publication_id, claimed_by="run-1", lease=-_HOUR, now=NOW
        )
        publications.expire_leases(connection, now=NOW)
    return row.publication_id


def settle(state: sa.Engine, publication_id: str, *, live_at: str | None = None) -> Publication:
    with state.begin() as connection:
        return settle_unknown(
            connection, publication_id, live_at=live_at, decided_by="Ada", now=NOW + 2 * _HOUR
        )


@pytest.mark.parametrize(
    ("url", "post_id"),
    [
        ("https://example.com/shorts/dQw4w9WgXcQ/", "dQw4w9WgXcQ"),
        ("https://example.com/watch?v=dQw4w9WgXcQ", "watch?v=dQw4w9WgXcQ"),
    ],
)
def test_a_lost_post_that_a_person_saw_is_published(state, url, post_id):
    row = settle(state, lost_post(state), live_at=url)

    assert (row.state, row.post_url, row.post_id) == (_S.PUBLISHED, url, post_id)
    assert (row.published_at, row.reason) == (NOW + 2 * _HOUR, "Ada looked: it is live")


def test_a_lost_post_that_a_person_vouches_is_not_there_is_due_again(state):
    publication_id = lost_post(state)

    row = settle(state, publication_id)

    assert (row.state, row.due_at) == (_S.APPROVED, NOW + 2 * _HOUR)
    assert row.reason == "Ada looked: the platform does not hold it"
    with state.connect() as connection:
        assert row in publications.due(connection, now=NOW + 2 * _HOUR, limit=1)


@pytest.mark.parametrize("live_at", [None, "https://example.com/1"])
def test_only_what_is_unknown_is_settled_by_hand(sqlite_state, live_at):
    row = save_publication(sqlite_state)

    with pytest.raises(BadInput, match="is planned: its end is not unknown"):
        settle(sqlite_state, row.publication_id, live_at=live_at)

    assert state_of(sqlite_state) == (_S.PLANNED, None)


def test_a_post_that_nobody_planned_is_not_settled(sqlite_state):
    with pytest.raises(NotFound, match="no publication has the id 'nosuch'"):
        settle(sqlite_state, "nosuch")


@pytest.mark.parametrize("url", ["", "dQw4w9WgXcQ", "https://", "javascript://x"])
def test_a_post_is_not_live_at_what_is_no_address(sqlite_state, url):
    publication_id = lost_post(sqlite_state)

    with pytest.raises(BadInput, match="is no address of a post"):
        settle(sqlite_state, publication_id, live_at=url)

    assert state_of(sqlite_state)[0] is _S.UNKNOWN
