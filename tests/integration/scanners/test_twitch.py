"""Twitch: logging in, names that it knows or not, and the stretches of time asked for."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NotFound,
    NotSupported,
    Permanent,
    RateLimited,
)
from viral_forge_resources.platforms.twitch_clips import windows

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def ground(open_ground):
    return open_ground("twitch")


@pytest.mark.parametrize(
    ("status", "words"), [(400, "invalid client"), (403, "invalid client secret")]
)
def test_an_app_that_twitch_does_not_know_is_named_by_its_variables(ground, says, status, words):
    refused = ground.scan(faults={0: says(status, {"status": status, "message": words})})
    assert isinstance(refused.error, Misconfigured)
    assert words in str(refused.error)
    assert "VIRAL_FORGE_SCANNER_TWITCH_CLIENT_ID" in str(refused.error)
    assert "app-secret-1" not in str(refused.error)
    assert refused.asked == [0]


def test_with_neither_games_nor_channels_there_is_nothing_to_ask(open_ground):
    scanned = open_ground("twitch", request={"queries": [], "watched": []}).scan()
    assert isinstance(scanned.error, NotSupported)
    assert scanned.asked == []


def test_a_game_that_twitch_does_not_know_has_no_clips(open_ground):
    recorded = open_ground("twitch").recording.exchanges
    exchanges = [recorded[0], {"path": "/helix/games", "answer": {"data": []}}]
    ground = open_ground("twitch", request={"watched": []}, exchanges=exchanges)
    assert ground.scan().whole() == []


def test_a_watched_channel_that_is_gone_is_told_and_takes_nothing_from_the_games(ground, says):
    scanned = ground.scan(faults={1: says(200, {"data": []})})
    assert isinstance(scanned.error, NotFound)
    assert "'chewie'" in str(scanned.error)
    assert [video.platform_video_id for video in scanned.videos] == ["FastOwl-abc_DEF", "SlowOwl"]


def test_what_names_no_channel_is_not_asked_and_takes_nothing_from_the_games(open_ground):
    scanned = open_ground("twitch", request={"watched": ["https://example.com/chewie"]}).scan()
    assert isinstance(scanned.error, BadInput)
    assert 1 not in scanned.asked
    assert [video.platform_video_id for video in scanned.videos] == ["FastOwl-abc_DEF", "SlowOwl"]


def test_a_refusal_comes_in_twitchs_words(ground, says):
    body = {"error": "Unauthorized", "status": 401, "message": "Invalid OAuth token"}
    refused = ground.scan(faults={2: says(401, body)})
    assert isinstance(refused.error, Permanent)
    assert "Invalid OAuth token" in str(refused.error)


def test_it_waits_until_the_moment_that_twitch_names(ground, says):
    in_a_minute = str(round(time.time()) + 60)
    fault = says(429, {"message": "Too Many Requests"}, ratelimit_reset=in_a_minute)
    refused = ground.scan(faults={4: fault})
    assert isinstance(refused.error, RateLimited)
    assert refused.error.retry_after is not None
    assert timedelta(seconds=50) < refused.error.retry_after <= timedelta(seconds=60)


def test_each_stretch_of_time_is_asked_for_the_newest_first(open_ground, asked_of):
    recorded = open_ground("twitch").recording.exchanges
    exchanges = [*recorded[:2], {**recorded[2], "answer": {"data": [], "pagination": {}}}]
    ground = open_ground(
        "twitch", settings={"most_windows": 3}, request={"queries": []}, exchanges=exchanges
    )
    assert ground.scan(since=datetime.now(UTC) - timedelta(days=30)).whole() == []
    stretches = [
        tuple(datetime.fromisoformat(asked.query[key]) for key in ("started_at", "ended_at"))
        for asked in asked_of(ground)
        if asked.path == "/helix/clips"
    ]
    assert stretches == sorted(stretches, reverse=True)
    assert {round((end - start) / timedelta(days=1)) for start, end in stretches} == {10}


def test_stretches_meet_without_a_gap_and_reach_back_to_the_beginning():
    since = NOW - timedelta(days=28)
    found = windows(since, NOW, most=4)
    assert (found[0][1], found[-1][0], len(found)) == (NOW, since, 4)
    assert all(later[0] == earlier[1] for later, earlier in pairwise(found))


@pytest.mark.parametrize("age", [timedelta(hours=3), timedelta(0), timedelta(days=-1)])
def test_no_stretch_is_shorter_than_a_day_unless_there_is_but_one(age):
    assert windows(NOW - age, NOW, most=4) == [(NOW - age, NOW)]
