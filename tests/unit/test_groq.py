"""What Groq alone does: allowances in headers, its own errors, which models take strict schemas."""

import json
from datetime import timedelta

import pytest
from pydantic import HttpUrl, SecretStr

from tests.contract.test_llm import QUESTION
from tests.platforms.chat import Reply, chat_server
from viral_forge_resources.contracts.errors import RateLimited, UnexpectedAnswer
from viral_forge_resources.llm import groq
from viral_forge_resources.platforms.completions import go_duration, waits_for

GOOD = '{"score": 7}'


def _uncounted() -> None:
    pass


def _model(address: str, name: str = "openai/gpt-oss-120b") -> groq.GroqModel:
    settings = groq.Settings(api_url=HttpUrl(address), api_key=SecretStr("key"), models=(name,))
    (model,) = groq.open_plugin(settings)
    return model


def test_an_allowance_that_headers_call_used_up_is_not_asked_for_again():
    spent = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2m59.56s"}
    with chat_server(Reply(says=GOOD, headers=spent), Reply(says=GOOD)) as server:
        model = _model(server.address)
        model.ask(QUESTION, before_call=_uncounted)
        with pytest.raises(RateLimited) as caught:
            model.ask(QUESTION, before_call=_uncounted)
    assert len(server.asked) == 1
    wait = caught.value.retry_after
    assert wait is not None
    assert 170 < wait.total_seconds() <= 180


def test_what_is_left_of_an_allowance_is_used():
    left = {"x-ratelimit-remaining-requests": "1", "x-ratelimit-reset-requests": "2m59.56s"}
    with chat_server(Reply(says=GOOD, headers=left), Reply(says=GOOD)) as server:
        model = _model(server.address)
        model.ask(QUESTION, before_call=_uncounted)
        model.ask(QUESTION, before_call=_uncounted)
    assert len(server.asked) == 2


def test_after_a_429_nothing_is_sent_until_the_wait_is_over():
    limited = Reply(status=429, body='{"error": {}}', headers={"retry-after": "7"})
    with chat_server(limited, Reply(says=GOOD)) as server:
        model = _model(server.address)
        for _ in range(2):
            with pytest.raises(RateLimited):
                model.ask(QUESTION, before_call=_uncounted)
    assert len(server.asked) == 1


def test_an_answer_that_groq_could_not_hold_to_the_schema_is_no_answer():
    failed = json.dumps(
        {"error": {"message": "Failed to generate JSON.", "code": "json_validate_failed"}}
    )
    with chat_server(Reply(status=400, body=failed)) as server, pytest.raises(UnexpectedAnswer):
        _model(server.address).ask(QUESTION, before_call=_uncounted)


@pytest.mark.parametrize(
    ("name", "is_strict"), [("openai/gpt-oss-20b", True), ("qwen/qwen3.8-27b", False)]
)
def test_strict_schemas_are_asked_of_those_models_that_take_them(name, is_strict):
    with chat_server(Reply(says=GOOD)) as server:
        _model(server.address, name).ask(QUESTION, before_call=_uncounted)
    (asked,) = server.asked
    assert asked["response_format"]["json_schema"]["strict"] is is_strict
    assert ("reasoning_effort" in asked) is is_strict


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2m59.56s", 179.56), ("7.66s", 7.66), ("1h2m3s", 3723), ("120ms", 0.12), ("0s", 0)],
)
def test_durations_are_read_as_go_prints_them(text, seconds):
    found = go_duration(text)
    assert found is not None
    assert found.total_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize("text", [None, "soon", "5", "-3s"])
def test_what_is_no_duration_is_none(text):
    assert go_duration(text) is None


def test_the_longest_wait_of_what_is_used_up_counts():
    headers = {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "3s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1m",
    }
    assert waits_for(headers) == timedelta(seconds=60)
