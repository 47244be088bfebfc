"""Candidates: decided once, changed only by news."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import KEY, NOW, save_candidate, save_publication, sha256
from viral_forge_resources.contracts.errors import NotFound
from viral_forge_resources.contracts.records import Candidate, CandidateStatus
from viral_forge_resources.state import candidates, clips, publications
from viral_forge_resources.state.candidates import Decided

_OTHER = "cooking:inbox:soup"
_LATER = NOW + timedelta(days=100)


def _decide(state: sa.Engine, *decisions: Candidate) -> Decided:
    with state.begin() as connection:
        return candidates.decide(connection, decisions)


def _get(state: sa.Engine, key: str = KEY) -> Candidate:
    with state.connect() as connection:
        found = candidates.get(connection, key)
    assert found is not None
    return found


def _set_status(state: sa.Engine, status: CandidateStatus, *, key: str = KEY) -> None:
    with state.begin() as connection:
        candidates.set_status(connection, key, status, reason="because", now=NOW)


def _retirable(state: sa.Engine) -> tuple[str, ...]:
    with state.connect() as connection:
        return candidates.retirable(connection, before=_LATER)


def test_new_candidates_are_remembered_as_they_were_decided(state):
    made = builders.candidate(score=0.5, author="Ada", page_url="https://example.org")
    assert _decide(state, made) == Decided(new=(KEY,), changed=(), unchanged=0)
    assert _get(state) == made


def test_nothing_to_decide_is_no_decision(state):
    assert _decide(state) == Decided(new=(), changed=(), unchanged=0)


def test_the_same_decision_again_is_no_news(state):
    save_candidate(state)
    again = builders.candidate(decided_at=NOW + timedelta(hours=1))
    assert _decide(state, again) == Decided(new=(), changed=(), unchanged=1)
    assert _get(state).decided_at == NOW


def test_a_new_score_is_kept_and_is_no_news(state):
    save_candidate(state, score=0.5)
    again = builders.candidate(score=0.6, decided_at=NOW + timedelta(hours=1))
    assert _decide(state, again).unchanged == 1
    assert (_get(state).score, _get(state).decided_at) == (0.6, NOW)


def test_a_right_that_came_shortlists_a_refused_candidate(state):
    save_candidate(state, status=CandidateStatus.REFUSED, rights_id=None, remedy="add a right")
    assert _decide(state, builders.candidate()).changed == (KEY,)
    assert _get(state) == builders.candidate()


def test_a_decision_keeps_the_source_that_is_here(state):
    save_candidate(state)
    with state.begin() as connection:
        candidates.claim_source(connection, KEY, sha256("source"))
    _decide(state, builders.candidate(title="another title"))
    assert _get(state).source_sha256 == sha256("source")


def test_a_candidate_is_never_planned_until_a_post_of_it_is(state):
    save_publication(state)
    save_candidate(state, candidate_key=_OTHER)
    save_candidate(state, candidate_key="cooking:inbox:stew", status=CandidateStatus.FAILED)
    with state.connect() as connection:
        assert candidates.never_planned(connection) == {_OTHER}


def test_a_retired_candidate_stays_retired(state):
    save_candidate(state)
    _set_status(state, CandidateStatus.RETIRED)
    assert _decide(state, builders.candidate(title="again")).unchanged == 1
    assert _get(state).status is CandidateStatus.RETIRED


def test_a_failed_candidate_does_not_mend_by_being_seen_again(state):
    save_candidate(state)
    _set_status(state, CandidateStatus.FAILED)
    assert _decide(state, builders.candidate()).unchanged == 1
    assert _get(state).status is CandidateStatus.FAILED


def test_a_failed_candidate_of_a_new_file_is_wanted_again(state):
    save_candidate(state)
    _set_status(state, CandidateStatus.FAILED)
    assert _decide(state, builders.candidate(locator="/inbox/mended.mp4")).changed == (KEY,)
    assert _get(state).status is CandidateStatus.SHORTLISTED


def test_a_failed_candidate_whose_right_is_gone_is_refused(state):
    save_candidate(state)
    _set_status(state, CandidateStatus.FAILED)
    refused = builders.candidate(status=CandidateStatus.REFUSED, rights_id=None)
    assert _decide(state, refused).changed == (KEY,)


def test_thousands_are_decided_at_once(state):
    many = [builders.candidate(candidate_key=f"cooking:inbox:v{number}") for number in range(1200)]
    assert len(_decide(state, *many).new) == 1200
    assert _decide(state, *many).unchanged == 1200


def test_candidates_are_found_by_status_and_niche_the_longest_decided_first(state):
    save_candidate(state, decided_at=NOW + timedelta(hours=1))
    save_candidate(state, candidate_key=_OTHER)
    save_candidate(state, candidate_key="travel:inbox:rome")
    save_candidate(state, candidate_key="cooking:inbox:no", status=CandidateStatus.REFUSED)
    with state.connect() as connection:
        wanted = CandidateStatus.SHORTLISTED
        found = candidates.with_status(connection, wanted, niche="cooking")
        everywhere = candidates.with_status(connection, wanted)
        first = candidates.with_status(connection, wanted, niche="cooking", limit=1)
    assert [candidate.candidate_key for candidate in found] == [_OTHER, KEY]
    assert len(everywhere) == 3
    assert first == found[:1]


def test_a_status_is_set_with_its_reason_and_moment(state):
    before = save_candidate(state)
    with state.begin() as connection:
        candidates.set_status(
            connection,
            KEY,
            CandidateStatus.FAILED,
            reason="no video",
            remedy="Mend it.",
            now=_LATER,
        )
    assert _get(state) == replace(
        before,
        status=CandidateStatus.FAILED,
        reason="no video",
        remedy="Mend it.",
        decided_at=_LATER,
    )


def test_a_candidate_that_is_not_known_is_not_found(state):
    with pytest.raises(NotFound, match=KEY):
        _set_status(state, CandidateStatus.FAILED)
    with pytest.raises(NotFound, match=KEY), state.begin() as connection:
        candidates.claim_source(connection, KEY, sha256("source"))


def _claim(state: sa.Engine, key: str, content: str = "source") -> str:
    with state.begin() as connection:
        return candidates.claim_source(connection, key, sha256(content))


def test_the_same_bytes_in_one_niche_belong_to_who_was_first(state):
    save_candidate(state)
    save_candidate(state, candidate_key=_OTHER)
    assert _claim(state, KEY) == KEY
    assert _claim(state, _OTHER) == KEY
    assert _claim(state, KEY) == KEY
    assert _claim(state, _OTHER, "other bytes") == _OTHER


def test_a_retired_candidate_still_owns_its_bytes(state):
    save_candidate(state)
    save_candidate(state, candidate_key=_OTHER)
    _claim(state, KEY)
    _set_status(state, CandidateStatus.RETIRED)
    assert _claim(state, _OTHER) == KEY


def test_the_same_bytes_may_be_in_two_niches(state):
    save_candidate(state)
    save_candidate(state, candidate_key="travel:inbox:rome")
    assert _claim(state, KEY) == KEY
    assert _claim(state, "travel:inbox:rome") == "travel:inbox:rome"


def test_those_who_claim_the_same_bytes_at_once_agree_on_the_owner(state):
    keys = [f"cooking:inbox:copy-{number}" for number in range(4)]
    _decide(state, *[builders.candidate(candidate_key=key) for key in keys])
    with ThreadPoolExecutor(4) as pool:
        owners = set(pool.map(lambda key: _claim(state, key), keys))
    assert len(owners) == 1


def test_a_candidate_that_nothing_happened_to_may_be_retired(state):
    save_candidate(state)
    assert _retirable(state) == (KEY,)


def test_a_candidate_that_was_just_decided_may_not_be_retired(state):
    save_candidate(state, decided_at=_LATER)
    assert _retirable(state) == ()


def test_a_refused_candidate_may_still_get_a_right(state):
    save_candidate(state, status=CandidateStatus.REFUSED)
    assert _retirable(state) == ()


def test_a_candidate_with_a_new_clip_may_not_be_retired(state):
    save_candidate(state)
    with state.begin() as connection:
        clips.record(connection, builders.clip(rendered_at=_LATER))
    assert _retirable(state) == ()


def test_a_candidate_whose_posts_are_open_may_not_be_retired(state):
    publication = save_publication(state)
    assert _retirable(state) == ()
    with state.begin() as connection:
        publications.withdraw(connection, publication.content_sha256, reason="no")
    assert _retirable(state) == (KEY,)
