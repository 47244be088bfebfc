"""X: its bill, its names, its ways to say no."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    QuotaSpent,
    RateLimited,
    UnexpectedAnswer,
)

NO_POSTS = {"meta": {"result_count": 0}}
SEARCH = "/2/tweets/search/recent"


@pytest.fixture
def ground(open_ground):
    return open_ground("x")


def test_credits_that_are_used_up_are_an_allowance_that_is_spent(ground, says):
    refused = ground.scan(
        faults={0: says(402, {"title": "CreditsDepleted", "detail": "No credits left."})}
    )
    assert isinstance(refused.error, QuotaSpent)
    assert "No credits left." in str(refused.error)


def test_a_token_that_x_does_not_know_is_named_by_its_variable(ground, says):
    refused = ground.scan(faults={0: says(401, {"title": "Unauthorized", "status": 401})})
    assert isinstance(refused.error, Misconfigured)
    assert "VIRAL_FORGE_SCANNER_X_BEARER_TOKEN" in str(refused.error)
    assert "app-token-1" not in str(refused.error)


def test_it_waits_until_the_moment_that_x_names(ground, says):
    in_ten_minutes = str(round(time.time()) + 600)
    fault = says(429, {"title": "Too Many Requests"}, x_rate_limit_reset=in_ten_minutes)
    refused = ground.scan(faults={0: fault})
    assert isinstance(refused.error, RateLimited)
    assert refused.error.retry_after is not None
    assert timedelta(seconds=590) < refused.error.retry_after <= timedelta(seconds=600)


def test_errors_in_the_body_of_a_success_are_not_taken_for_no_posts(ground, says):
    body = {"errors": [{"title": "Operational Disconnect", "detail": "Try later."}]}
    refused = ground.scan(faults={0: says(200, body)})
    assert isinstance(refused.error, UnexpectedAnswer)
    assert "Try later." in str(refused.error)


def test_no_more_posts_are_asked_for_than_the_month_has_left(open_ground):
    scanned = open_ground("x", settings={"posts_per_month": 15}).scan()
    assert isinstance(scanned.error, QuotaSpent)
    assert scanned.units == {"posts": 10, "requests": 1}
    assert [video.platform_video_id for video in scanned.videos] == ["1990000000000000001"]


def test_the_old_names_are_asked_for_where_the_settings_say_so(open_ground):
    exchange = {
        "path": SEARCH,
        "query": {"tweet.fields": "attachments,author_id,created_at,entities,lang,public_metrics"},
        "answer": NO_POSTS,
    }
    scanned = open_ground("x", settings={"names": "tweet"}, exchanges=[exchange]).scan()
    assert scanned.whole() == []


def test_authors_are_not_asked_for_unless_the_settings_say_so(open_ground, asked_of):
    exchange = {"path": SEARCH, "answer": NO_POSTS}
    ground = open_ground("x", settings={"reads_authors": False}, exchanges=[exchange])
    assert ground.scan().whole() == []
    query = asked_of(ground)[0].query
    assert query["expansions"] == "attachments.media_keys"
    assert "user.fields" not in query


def test_watched_accounts_are_searched_for_at_once(open_ground):
    exchange = {
        "path": SEARCH,
        "query": {"query": "(from:nora OR from:ben) has:video_link -is:retweet"},
        "answer": NO_POSTS,
    }
    watched = ["@nora", "https://x.com/ben"]
    ground = open_ground(
        "x", request={"queries": [], "watched": watched, "languages": []}, exchanges=[exchange]
    )
    assert ground.scan().whole() == []


def test_the_search_never_starts_earlier_than_x_reaches_back(ground, asked_of):
    ground.scan(since=datetime(2026, 1, 1, tzinfo=UTC))
    started = datetime.fromisoformat(asked_of(ground)[0].query["start_time"])
    assert timedelta(days=6, hours=23) < datetime.now(UTC) - started < timedelta(days=7)


@pytest.mark.parametrize("request_", [{"watched": ["not an account"]}, {"queries": ["cat " * 200]}])
def test_what_x_would_refuse_is_not_asked(open_ground, request_):
    scanned = open_ground("x", request={"queries": [], **request_}).scan()
    assert isinstance(scanned.error, BadInput)
    assert scanned.asked == []


def test_an_account_that_cannot_be_takes_nothing_from_the_queries(open_ground):
    scanned = open_ground("x", request={"watched": ["not an account"]}).scan()
    assert isinstance(scanned.error, BadInput)
    assert len(scanned.videos) == 2


def test_a_post_with_nothing_but_a_link_keeps_it_as_its_title(ground):
    linked = ground.recording.with_text("https://t.co/x", "0.data.0.text")
    assert ground.scan(linked).whole()[0].title == "https://t.co/x"


def test_authors_are_counted_where_they_are_asked_for_since_each_is_paid(open_ground):
    assert "authors" not in open_ground("x", settings={"reads_authors": False}).scan().calls
    assert open_ground("x", settings={"reads_authors": True}).scan().calls["authors"] > 0
