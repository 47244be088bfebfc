"""Posts tell viewers what must be told: planned, kept, guarded, and sent to platforms."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import CHANNEL, KEY, NOW, sha256
from tests.fakes.publisher import FakePublisher
from tests.integration.test_planning import made_studio, plan
from tests.integration.test_posting import Desk, made_desk
from viral_forge_assets.disclosing import change_disclosure
from viral_forge_assets.domain.copywriting import Copy
from viral_forge_assets.outbox import plan_posts
from viral_forge_resources.contracts.disclosures import DisclosureChange, Flag
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import Transcript, TranscriptOrigin
from viral_forge_resources.contracts.publishing import Disclosure, Publication, PublicationState
from viral_forge_resources.contracts.scanning import NichePolicy
from viral_forge_resources.state import disclosure_changes, niches
from viral_forge_resources.state import publications as outbox

_S = PublicationState
_AFFILIATE = NichePolicy(affiliate_lines=("Pan: https://shop.example/pan",))


def give_policy(state: sa.Engine, policy: NichePolicy) -> None:
    with state.begin() as connection:
        niches.save(connection, builders.niche(policy=policy), now=NOW)


def change(
    state: sa.Engine, target: str, *, is_told: bool, why: str | None = None
) -> tuple[Publication, ...]:
    said = DisclosureChange(
        content_sha256="",
        flag=Flag.PAID,
        is_told=is_told,
        decided_by="Ada",
        decided_at=NOW,
        why=why,
    )
    with state.begin() as connection:
        return change_disclosure(connection, target, said)


def replan(desk: Desk) -> Publication:
    plan(desk.state)
    return desk.row()


@pytest.fixture
def desk(state, tmp_path) -> Desk:
    return made_desk(state, tmp_path)


def test_a_plan_computes_it_stores_it_and_speaks_of_money_first(state):
    made_studio(state)
    give_policy(state, replace(_AFFILIATE, is_made_for_kids=True))
    (row,) = plan(state).rows
    assert row.disclosure == Disclosure(is_paid=True, is_made_for_kids=True)
    assert row.text.description == ("#ad Contains affiliate links\n\nPan: https://shop.example/pan")


def test_a_models_words_are_planned_with_notice_and_writer(sqlite_state):
    made_studio(sqlite_state)
    give_policy(sqlite_state, _AFFILIATE)
    copy = Copy(title="Water first", description="Salt.", tags=(), written_by="fake 1")
    silent = Transcript(words=(), origin=TranscriptOrigin.NO_MODEL, note="no model")
    with sqlite_state.begin() as connection:
        planned = plan_posts(
            connection,
            KEY,
            transcript=silent,
            publishers={"folder": FakePublisher()},
            requires_approval=True,
            copies={(sha256("clip"), "folder"): copy},
        )
    (row,) = planned.rows
    assert (row.text.title, row.text.written_by) == ("Water first", "fake 1")
    assert row.text.description.startswith("#ad Contains affiliate links\n\nSalt.\n\nPan: ")


def test_a_post_that_tells_too_little_is_refused_and_planned_anew_goes_out(desk):
    give_policy(desk.state, _AFFILIATE)
    row = desk.work()
    assert row.state is _S.WITHDRAWN
    assert row.reason is not None
    assert "does not tell viewers of paid promotion" in row.reason
    assert replan(desk).state is _S.APPROVED
    assert desk.work().state is _S.PUBLISHED
    assert desk.platform.held[0].disclosure == Disclosure(is_paid=True)


def test_a_paid_post_whose_words_keep_quiet_is_refused(desk):
    give_policy(desk.state, _AFFILIATE)
    assert replan(desk).disclosure == Disclosure(is_paid=True)
    row = desk.work()
    assert row.state is _S.WITHDRAWN
    assert row.reason is not None
    assert row.reason.startswith("its description does not begin with the notice '#ad ")
    assert replan(desk).text.description.startswith("#ad ")
    assert desk.work().state is _S.PUBLISHED


def test_a_person_adds_to_one_post_and_it_is_sent(desk):
    row = desk.row()
    (told,) = change(desk.state, row.publication_id, is_told=True)
    assert told.disclosure == Disclosure(is_paid=True)
    assert desk.work().state is _S.PUBLISHED
    assert desk.platform.held[0].disclosure.is_paid


def test_taking_away_needs_a_reason_which_stays_and_frees_the_post(desk):
    give_policy(desk.state, _AFFILIATE)
    with pytest.raises(BadInput, match="for no reason"):
        change(desk.state, sha256("clip"), is_told=False, why=" ")
    change(desk.state, sha256("clip"), is_told=False, why="links to our own shop")
    post = desk.row()
    with desk.state.connect() as connection:
        (kept,) = disclosure_changes.of_post(connection, sha256("clip"), post.publication_id)
    assert (kept.why, kept.decided_by, kept.publication_id) == (
        "links to our own shop",
        "Ada",
        None,
    )
    assert desk.work().state is _S.PUBLISHED
    assert desk.platform.held[0].disclosure == Disclosure()


def test_a_reason_for_one_post_is_none_for_another(desk):
    with desk.state.begin() as connection:
        other = outbox.publication_id(sha256("clip"), "folder:other")
        row = outbox.publication_id(sha256("clip"), CHANNEL)
        said = DisclosureChange(
            content_sha256=sha256("clip"),
            publication_id=row,
            flag=Flag.PAID,
            is_told=True,
            decided_by="Ada",
            decided_at=NOW,
        )
        disclosure_changes.record(connection, said)
        assert disclosure_changes.of_post(connection, sha256("clip"), row) == (said,)
        assert disclosure_changes.of_post(connection, sha256("clip"), other) == ()


def test_no_database_takes_a_removal_without_a_reason(desk):
    said = DisclosureChange(
        content_sha256="x", flag=Flag.PAID, is_told=False, decided_by="A", decided_at=NOW
    )
    with pytest.raises(sa.exc.IntegrityError), desk.state.begin() as connection:
        disclosure_changes.record(connection, said)


def test_what_is_live_is_not_changed_here(desk):
    row = desk.work()
    with pytest.raises(BadInput, match="no post that waits"):
        change(desk.state, row.publication_id, is_told=True)


def test_a_person_s_word_outlives_planning_again(desk):
    change(desk.state, sha256("clip"), is_told=True)
    assert replan(desk).disclosure == Disclosure(is_paid=True)
