"""The rights ledger as it stands now, and what a person may add to it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import NOW, candidate, rights_record
from viral_forge_assets.clearance import Statement, record_right, verdict_on
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.records import Candidate
from viral_forge_resources.contracts.rights import RightsRecord, RightsVerdict
from viral_forge_resources.state import rights

_LATER = NOW + timedelta(hours=1)


def ledger(state: sa.Engine, *records: RightsRecord) -> None:
    with state.begin() as connection:
        for record in records:
            rights.append(connection, record)


def verdict(state: sa.Engine, on: Candidate | None = None, *, now=NOW) -> RightsVerdict:
    with state.connect() as connection:
        return verdict_on(connection, on or candidate(), now=now)


def add(state: sa.Engine, *, on: Candidate | None = None, **changes) -> RightsRecord:
    values = {"licence": "LicenseRef-Own", "evidence": "my own camera", "stated_by": "Ada"}
    with state.begin() as connection:
        return record_right(
            connection, on or candidate(), Statement(**{**values, **changes}), now=NOW
        )


def test_what_nobody_recorded_gives_no_right(sqlite_state):
    said = verdict(sqlite_state)

    assert (said.is_allowed, said.reason) == (False, "no licence is known")
    assert f"viral-forge rights add {builders.KEY} --licence" in str(said.remedy)


def test_a_right_to_another_video_is_none_to_this_one(sqlite_state):
    ledger(sqlite_state, rights_record(platform_video_id="other"))
    ledger(sqlite_state, rights_record(rights_id="right-2", platform="youtube"))

    assert not verdict(sqlite_state).is_allowed


def test_a_right_holds_until_it_ends(sqlite_state):
    ledger(sqlite_state, rights_record(expires_at=NOW + timedelta(minutes=1)))

    assert verdict(sqlite_state).is_allowed
    assert not verdict(sqlite_state, now=_LATER).is_allowed


def test_a_revoked_right_is_none_from_that_moment(sqlite_state):
    ledger(sqlite_state, rights_record())
    before = verdict(sqlite_state)
    with sqlite_state.begin() as connection:
        rights.revoke(connection, "right-1", now=NOW)

    assert before.is_allowed
    assert verdict(sqlite_state).reason == "the right to it was withdrawn on 2026-11-20"


def test_what_a_person_states_is_in_the_ledger_and_clears_the_video(sqlite_state):
    made = add(sqlite_state, licence="cc by 4.0", evidence=" mail of 2026-11-02 ")

    said = verdict(sqlite_state)
    assert (made.licence, made.evidence) == ("CC-BY-4.0", "mail of 2026-11-02")
    assert (made.recorded_by, made.recorded_at) == ("Ada", NOW)
    assert (said.is_allowed, said.rights_id) == (True, made.rights_id)


def test_an_attribution_names_the_holder_else_the_author(sqlite_state):
    by_author = add(sqlite_state, on=candidate(author="Bob"), licence="CC-BY-4.0")
    by_holder = add(
        sqlite_state,
        on=candidate(candidate_key="cooking:inbox:soup", author="Bob"),
        licence="CC-BY-4.0",
        holder="Bob's Kitchen",
    )

    assert (by_author.holder, by_holder.holder) == ("Bob", "Bob's Kitchen")


@pytest.mark.parametrize("licence", ["", "found on the internet", "all rights reserved"])
def test_words_that_are_no_licence_are_refused(sqlite_state, licence):
    with pytest.raises(BadInput, match=r"no licence that gives a right\. Use an SPDX id"):
        add(sqlite_state, licence=licence)

    assert not verdict(sqlite_state).is_allowed


@pytest.mark.parametrize("evidence", ["", "  \n"])
def test_a_right_without_evidence_is_refused(sqlite_state, evidence):
    with pytest.raises(BadInput, match="needs evidence of that licence"):
        add(sqlite_state, evidence=evidence)

    assert not verdict(sqlite_state).is_allowed


def test_a_right_that_was_revoked_can_be_stated_anew(sqlite_state):
    ledger(sqlite_state, rights_record())
    with sqlite_state.begin() as connection:
        rights.revoke(connection, "right-1", now=NOW)

    add(sqlite_state)

    assert verdict(sqlite_state).is_allowed
