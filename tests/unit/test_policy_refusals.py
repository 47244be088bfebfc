"""Which refusals speak against a channel: after them it stops, after others it goes on."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from viral_forge_resources.contracts.errors import (
    AccountRestricted,
    PolicyViolation,
    ReauthorisationNeeded,
    Rejected,
    ViralForgeError,
)
from viral_forge_resources.publishers._calling import Answer, Judge, outcomes
from viral_forge_resources.publishers._meta_calls import judge as judge_meta
from viral_forge_resources.publishers._tiktok_calls import judge_calls as judge_tiktok
from viral_forge_resources.publishers._tiktok_sight import TiktokReceipt, outcome_of

_NOW = datetime(2026, 11, 26, tzinfo=UTC)


def became(judge: Judge, error: dict[str, object], status: int = 403) -> type[ViralForgeError]:
    """What leaves a publisher after such an answer."""
    content = json.dumps({"error": error}).encode()
    refused = judge(Answer(status=status, headers=httpx.Headers(), content=content))
    assert refused is not None
    with pytest.raises(ViralForgeError) as raised, outcomes("x:main"):
        raise refused
    return raised.type


@pytest.mark.parametrize(
    ("judge", "error", "kind"),
    [
        (judge_tiktok, {"code": "spam_risk_user_banned_from_posting"}, AccountRestricted),
        (judge_tiktok, {"code": "scope_not_authorized"}, ReauthorisationNeeded),
        (judge_tiktok, {"code": "spam_risk"}, PolicyViolation),
        (judge_tiktok, {"code": "invalid_params"}, Rejected),
        (judge_meta, {"code": 25, "error_subcode": 2207050}, AccountRestricted),
        (judge_meta, {"code": 25}, ReauthorisationNeeded),
        (judge_meta, {"code": 36004}, Rejected),
    ],
)
def test_a_refusal_becomes_exactly_the_error_of_its_kind(judge, error, kind):
    assert became(judge, error) is kind


@pytest.mark.parametrize(
    ("why", "kind"), [("spam_risk_text", PolicyViolation), ("picture_size_check_failed", Rejected)]
)
def test_what_tiktok_ends_afterwards_is_told_apart(why, kind):
    receipt = TiktokReceipt(publish_id="p", since=_NOW)
    with pytest.raises(Rejected) as raised:
        outcome_of({"status": "FAILED", "fail_reason": why}, receipt, now=_NOW, may_be_public=True)
    assert raised.type is kind
