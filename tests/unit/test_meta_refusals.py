"""What refusals of Meta's Graph mean."""

import json

import httpx
import pytest

from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.publishers._calling import Answer, Refused
from viral_forge_resources.publishers._meta_calls import is_gone, judge


def _refused(status: int, document: object) -> Refused:
    content = json.dumps(document).encode()
    refused = judge(Answer(status=status, headers=httpx.Headers(), content=content))
    assert refused is not None
    return refused


@pytest.mark.parametrize(
    ("status", "document", "recovery"),
    [
        (429, {}, Recovery.RETRY_AFTER),
        (400, {"error": {"code": 80001}}, Recovery.RETRY_AFTER),
        (400, {"error": {"code": 17}}, Recovery.RETRY_AFTER),
        (400, {"error": {"code": 613}}, Recovery.RETRY_AFTER),
        (400, {"error": {"code": 777, "is_transient": True}}, Recovery.RETRY_SAME),
        (400, {"error": {"code": 777}}, Recovery.FIX_REQUEST),
        (400, {"error": {"code": 190, "error_subcode": 463}}, Recovery.REFRESH_TOKEN),
        (400, {"debug_info": {"retriable": True}}, Recovery.RETRY_SAME),
        (400, {"debug_info": {"retriable": False}}, Recovery.NEW_SESSION),
        (503, {}, Recovery.RETRY_SAME),
    ],
)
def test_a_refusal_has_one_of_eight_classes(status, document, recovery):
    assert _refused(status, document).recovery is recovery


def test_a_missing_object_is_told_from_a_wrong_parameter():
    assert is_gone(_refused(400, {"error": {"code": 100, "error_subcode": 33}}))
    assert not is_gone(_refused(400, {"error": {"code": 100}}))


@pytest.mark.parametrize(
    "error", [{"code": 368}, {"code": 25, "error_subcode": 2207050}], ids=["abusive", "restricted"]
)
def test_a_word_against_the_account_is_a_matter_of_policy(error):
    assert _refused(400, {"error": error}).is_policy


def test_an_upload_says_why_it_failed():
    told = {"debug_info": {"retriable": False, "message": "Request processing failed"}}
    assert "Request processing failed" in str(_refused(400, told))
