"""What is planned, what may be posted and what each answer means for the outbox."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import (
    NOW,
    approval,
    channel,
    check_result,
    clip,
    post_text,
    publication,
    sha256,
)
from viral_forge_assets.domain.publishing import (
    Refusal,
    after_check,
    after_lookup,
    after_step,
    may_post,
    plan_publications,
    settlement,
)
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    QuotaSpent,
    RateLimited,
    ReauthorisationNeeded,
    Rejected,
    Unreachable,
    ViralForgeError,
)
from viral_forge_resources.contracts.publishing import (
    TRANSITIONS,
    Disclosure,
    Lookup,
    Processing,
    PublicationState,
    Published,
)
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.submission import STATES_AFTER, Recovery, StepState
from viral_forge_resources.state import publications as outbox

OWN = RightsVerdict(is_allowed=True, reason="own material")
CREDIT = '"Pasta"  by Ada, CC BY 4.0'
LIVE = Published(post_id="p1", url="https://example.org/p1")
_S = PublicationState


def _refused(**changes: Any) -> Refusal | None:
    values: dict[str, Any] = {
        "publication": publication(state=_S.SUBMITTING),
        "stored_sha256": sha256("clip"),
        "rights": OWN,
        "approval": approval(),
        "requires_approval": True,
        "clip": clip(checks=(check_result(),)),
    }
    return may_post(**{**values, **changes})


def test_what_is_allowed_approved_checked_and_unchanged_may_be_posted():
    assert _refused() is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"stored_sha256": None}, "not in storage"),
        ({"stored_sha256": sha256("other")}, "not the one that was planned"),
        ({"rights": RightsVerdict(is_allowed=False, reason="expired")}, "expired"),
        ({"rights": replace(OWN, attribution=CREDIT)}, "attribution"),
        ({"approval": None}, "nobody has approved"),
        ({"approval": approval(content_sha256=sha256("other"))}, "nobody has approved"),
        ({"approval": approval(is_approved=False)}, "operator said no"),
        ({"clip": None}, "no such clip"),
        (
            {"clip": clip(content_sha256=sha256("other"), checks=(check_result(),))},
            "rendered anew",
        ),
        ({"clip": clip(checks=())}, "not checked"),
        (
            {"clip": clip(checks=(check_result(), check_result(name="loud", passed=False)))},
            "check loud failed",
        ),
    ],
)
def test_each_guard_alone_stops_a_post(changes, reason):
    refusal = _refused(**changes)
    assert refusal is not None
    assert len(refusal.reasons) == 1
    assert reason in str(refusal)


def test_a_refusal_gives_every_reason_at_once():
    refusal = _refused(stored_sha256=None, approval=None, clip=None)
    assert refusal is not None
    assert len(refusal.reasons) == 3


def test_a_studio_without_approval_posts_on_silence_but_never_against_a_no():
    assert _refused(approval=None, requires_approval=False) is None
    assert _refused(approval=approval(is_approved=False), requires_approval=False) is not None


def test_an_attribution_that_is_in_the_post_is_enough():
    shown = '"Pasta" by Ada, CC BY 4.0'
    text = post_text(description=f"Boil.\n\n{shown}", attribution=shown)
    rights = replace(OWN, attribution=CREDIT)
    assert _refused(publication=publication(text=text), rights=rights) is None


def test_every_clip_is_planned_on_every_channel_under_an_id_of_its_bytes_and_channel():
    clips = [clip(number=1), clip(number=2, content_sha256=sha256("two"))]
    channels = [channel(), channel(channel_id="folder:other", name="other")]
    planned = plan_publications(
        clips,
        channels,
        text_of=lambda made, on: post_text(title=f"{made.number} on {on.name}"),
        disclosure_of=lambda _made, on: Disclosure(is_paid=on.name == "other"),
        due_at=NOW + timedelta(hours=1),
        now=NOW,
    )
    assert [row.disclosure.is_paid for row in planned] == [False, True, False, True]
    assert [row.text.title for row in planned] == [
        "1 on main",
        "1 on other",
        "2 on main",
        "2 on other",
    ]
    assert {row.state for row in planned} == {_S.PLANNED}
    for row in planned:
        assert row.publication_id == outbox.publication_id(row.content_sha256, row.channel_id)


def test_a_live_post_is_published():
    settled = settlement(LIVE, attempts=1, now=NOW)
    assert (settled.state, settled.post_id, settled.post_url) == (_S.PUBLISHED, "p1", LIVE.url)


def test_an_upload_in_processing_keeps_its_receipt():
    settled = settlement(Processing(receipt="r"), attempts=1, now=NOW)
    assert (settled.state, settled.receipt) == (_S.PROCESSING, "r")


def test_a_clear_no_is_final():
    settled = settlement(Rejected("too long"), attempts=1, now=NOW)
    assert (settled.state, settled.reason) == (_S.REJECTED, "too long")


@pytest.mark.parametrize(
    "error",
    [
        Misconfigured("no such app"),
        ReauthorisationNeeded("youtube:main", reason="access was taken back", remedy="Connect it"),
    ],
)
def test_what_only_a_person_can_mend_rejects_no_post(error):
    settled = settlement(error, attempts=1, now=NOW)
    assert (settled.state, settled.reason) == (_S.APPROVED, str(error))
    assert settled.due_at == NOW + timedelta(hours=1)


def test_a_spent_quota_waits_until_it_resets():
    settled = settlement(QuotaSpent("spent", retry_after=timedelta(hours=7)), attempts=1, now=NOW)
    assert (settled.state, settled.due_at) == (_S.APPROVED, NOW + timedelta(hours=7))


def test_every_recovery_leads_to_a_state_that_a_submission_may_end_in():
    assert set(STATES_AFTER) == set(Recovery)
    assert set(STATES_AFTER.values()) <= TRANSITIONS[_S.SUBMITTING]


def test_a_lost_post_that_the_platform_still_works_on_is_in_processing():
    found = Processing(receipt="r", look_after=timedelta(seconds=5))
    settled = after_lookup(found, publication_id="p1", now=NOW)
    assert (settled.state, settled.receipt) == (_S.PROCESSING, "r")
    assert settled.due_at == NOW + timedelta(seconds=5)


def test_a_lost_post_that_the_platform_refused_is_rejected():
    settled = after_lookup(Rejected("copyright"), publication_id="p1", now=NOW)
    assert settled.state is _S.REJECTED


def test_a_step_after_a_live_post_is_tried_again_and_then_given_up():
    first = after_step(Unreachable("no answer"), attempts=1, now=NOW)
    last = after_step(Unreachable("no answer"), attempts=8, now=NOW)
    refused = after_step(Rejected("no such picture"), attempts=1, now=NOW)
    states = [first.state, last.state, refused.state]
    assert states == [StepState.WAITING, StepState.FAILED, StepState.FAILED]
    assert first.due_at > NOW
    assert after_step(None, attempts=1, now=NOW).state is StepState.DONE


def test_a_platform_that_asks_to_wait_is_given_exactly_that_time():
    error = RateLimited("slow down", retry_after=timedelta(seconds=90))
    settled = settlement(error, attempts=7, now=NOW)
    assert (settled.state, settled.due_at) == (_S.APPROVED, NOW + timedelta(seconds=90))


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 1), (1, 1), (2, 2), (5, 16), (9, 256), (10, 360), (10_000, 360)]
)
def test_waits_grow_with_every_attempt_up_to_six_hours(attempts, minutes):
    settled = settlement(Unreachable("no answer"), attempts=attempts, now=NOW)
    assert settled.due_at == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("error", [OutcomeUnknown("lost"), ViralForgeError("anything else")])
def test_what_is_no_clear_answer_is_never_repeated_by_a_machine(error):
    settled = settlement(error, attempts=1, now=NOW)
    assert (settled.state, settled.due_at) == (_S.UNKNOWN, None)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (LIVE, _S.PUBLISHED),
        (Processing(receipt="r"), _S.PROCESSING),
        (Rejected("copyright"), _S.REJECTED),
        (Unreachable("no answer"), _S.PROCESSING),
        (Misconfigured("no token"), _S.PROCESSING),
        (NotFound("no such upload"), _S.UNKNOWN),
    ],
)
def test_looking_at_an_upload_only_ends_it_on_a_clear_answer(answer, state):
    assert after_check(answer, now=NOW).state is state


def test_a_lost_post_that_is_found_is_published():
    assert after_lookup(LIVE, publication_id="p1", now=NOW).state is _S.PUBLISHED


def test_a_lost_post_that_is_certainly_not_there_is_due_again():
    settled = after_lookup(Lookup.ABSENT, publication_id="p1", now=NOW)
    assert (settled.state, settled.due_at) == (_S.APPROVED, NOW)


def test_a_lost_post_that_nobody_can_find_waits_for_a_person_and_says_what_to_type():
    settled = after_lookup(Lookup.UNDECIDABLE, publication_id="p1", now=NOW)
    assert settled.state is _S.UNKNOWN
    assert settled.reason is not None
    assert "Look at the channel" in settled.reason
    assert "`viral-forge settle p1 --live URL`" in settled.reason
    assert "`viral-forge settle p1 --absent`" in settled.reason


@pytest.mark.parametrize(
    "answer",
    [LIVE, Processing(receipt="r"), Rejected("no"), Unreachable("no answer"), OutcomeUnknown("")],
)
def test_every_answer_to_a_submission_is_a_step_that_the_outbox_allows(answer):
    settled = settlement(answer, attempts=1, now=NOW)
    assert settled.state in TRANSITIONS[_S.SUBMITTING]
    assert settled.reason != ""
