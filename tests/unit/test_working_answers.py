import json
from datetime import timedelta

import pytest

from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NoCredentials,
    NotFound,
    NotPermitted,
    NotSupported,
    RateLimited,
    UnexpectedAnswer,
    Unreachable,
)
from viral_forge_resources.contracts.web import MOST_BYTES
from viral_forge_resources.working import decoded


def _error(**facts: object) -> bytes:
    return json.dumps({"error": facts}).encode()


@pytest.mark.parametrize("answer", [[], {}, None, [{"id": "a"}], {"error": {"kind": "x"}}])
def test_an_answer_comes_out_as_it_went_in(answer):
    assert decoded("ytdlp", json.dumps({"answer": answer}).encode()) == answer


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("bad_input", BadInput),
        ("misconfigured", Misconfigured),
        ("no_credentials", NoCredentials),
        ("not_found", NotFound),
        ("not_permitted", NotPermitted),
        ("not_supported", NotSupported),
        ("private", BadInput),
        ("rate_limited", RateLimited),
        ("unexpected", UnexpectedAnswer),
        ("unreachable", Unreachable),
        ("something new", UnexpectedAnswer),
    ],
)
def test_each_kind_of_failure_is_one_error(kind, error):
    with pytest.raises(error) as caught:
        decoded("ytdlp", _error(kind=kind, name="https://a.example/", message="is gone"))
    assert type(caught.value) is error


def test_a_failure_says_what_happened_to_what():
    with pytest.raises(NotFound, match=r"^'https://a\.example/': is gone\.$"):
        decoded("ytdlp", _error(kind="not_found", name="https://a.example/", message="is gone"))
    with pytest.raises(NotFound, match=r"^'ytdlp': not_found\.$"):
        decoded("ytdlp", _error(kind="not_found"))


@pytest.mark.parametrize(
    ("status", "error"), [(403, Exception), (404, BadInput), (429, RateLimited), (500, Unreachable)]
)
def test_a_status_means_the_same_as_over_http(status, error):
    with pytest.raises(error, match=str(status)):
        decoded("ytdlp", _error(kind="status", name="a", status=status))


def test_a_wait_travels_along():
    with pytest.raises(RateLimited) as caught:
        decoded("ytdlp", _error(kind="status", name="a", status=429, retry_after="90"))
    assert caught.value.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize(
    "stdout",
    [
        b"",
        b"<html>",
        b'{"answer": ',
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"error": "text"}',
        b'{"error": {"kind": 3}}',
        _error(kind="status", name="a"),
        b" " * (MOST_BYTES + 1),
    ],
)
def test_anything_else_is_unexpected(stdout):
    with pytest.raises(UnexpectedAnswer, match="ytdlp"):
        decoded("ytdlp", stdout)
