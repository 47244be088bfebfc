"""TikTok: what it says in the body of a success, and what can be watched without a token."""

from datetime import UTC, datetime, timedelta

import pytest

from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NotSupported,
    Permanent,
    QuotaSpent,
    RateLimited,
    UnexpectedAnswer,
    Unreachable,
)

LISTED = ["7300000000000000001"]
DATES = ("start_date", "end_date")


@pytest.fixture
def ground(open_ground):
    return open_ground("tiktok", request={"watched": []}, jobs=[])


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429])
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("access_token_invalid", Misconfigured),
        ("scope_not_authorized", Misconfigured),
        ("invalid_params", Permanent),
        ("rate_limit_exceeded", RateLimited),
        ("daily_quota_limit_exceeded", QuotaSpent),
        ("internal_error", Unreachable),
    ],
)
def test_its_own_code_counts_whatever_the_status(ground, says, status, code, kind):
    body = {"data": {}, "error": {"code": code, "message": "So it is.", "log_id": "2026112"}}
    refused = ground.scan(faults={0: says(status, body)})
    assert type(refused.error) is kind
    assert "So it is." in str(refused.error)
    assert "clt.research-1" not in str(refused.error)
    assert refused.videos == []


def test_a_code_that_nobody_knows_is_unexpected(ground, says):
    body = {"data": {"videos": []}, "error": {"code": "on_holiday", "message": ""}}
    refused = ground.scan(faults={0: says(200, body)})
    assert type(refused.error) is UnexpectedAnswer
    assert "on_holiday" in str(refused.error)


def test_a_refused_token_is_named_by_its_variable(ground, says):
    body = {"error": {"code": "access_token_invalid", "message": "No."}}
    refused = ground.scan(faults={0: says(401, body)})
    assert "VIRAL_FORGE_SCANNER_TIKTOK_RESEARCH_TOKEN" in str(refused.error)


def test_the_search_never_spans_more_than_thirty_days(ground, asked_of):
    ground.scan(since=datetime(2026, 1, 1, tzinfo=UTC))
    body = asked_of(ground)[0].matched()["json"]
    days = [datetime.strptime(body[key], "%Y%m%d").replace(tzinfo=UTC) for key in DATES]
    assert days[1] - days[0] == timedelta(days=30)


def test_without_a_token_accounts_are_watched_and_queries_are_not_asked(open_ground):
    scanned = open_ground("tiktok", settings={"research_token": None}).scan()
    assert [video.platform_video_id for video in scanned.whole()] == LISTED
    assert scanned.units == {}


def test_without_a_token_and_with_nothing_watched_there_is_nothing_to_ask(open_ground):
    ground = open_ground(
        "tiktok", settings={"research_token": None}, request={"watched": []}, jobs=[]
    )
    scanned = ground.scan()
    assert isinstance(scanned.error, NotSupported)
    assert "watch" in str(scanned.error)
    assert scanned.asked == []


@pytest.mark.parametrize(
    ("watched", "url"),
    [
        ("someone", "https://www.tiktok.com/@someone"),
        ("@some.one", "https://www.tiktok.com/@some.one"),
        ("https://www.tiktok.com/@someone", "https://www.tiktok.com/@someone"),
        (
            "https://www.tiktok.com/@someone/collection/best-7371330159376370462",
            "https://www.tiktok.com/@someone/collection/best-7371330159376370462",
        ),
    ],
)
def test_accounts_and_collections_may_be_watched(open_ground, watched, url):
    job = {"job": "ytdlp", "arguments": {"url": url, "limit": 30, "is_full": False}, "answer": []}
    ground = open_ground(
        "tiktok",
        settings={"research_token": None},
        request={"queries": [], "watched": [watched]},
        jobs=[job],
    )
    assert ground.scan().whole() == []


@pytest.mark.parametrize(
    "watched",
    ["https://www.tiktok.com/tag/cats", "http://127.0.0.1/@someone", "tiktokuser:x", "-- a"],
)
def test_nothing_else_reaches_yt_dlp(open_ground, watched):
    ground = open_ground("tiktok", request={"queries": [], "watched": [watched]})
    scanned = ground.scan()
    assert isinstance(scanned.error, BadInput)
    assert scanned.asked == []


def test_one_account_that_is_gone_takes_nothing_from_the_query(open_ground):
    scanned = open_ground("tiktok", request={"watched": ["https://example.com/"]}).scan()
    assert isinstance(scanned.error, BadInput)
    assert len(scanned.videos) == 2
