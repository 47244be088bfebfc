"""Reddit: logging in, its limits, and the feeds of those who have no app."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.platforms.answers import MALFORMED
from tests.platforms.faults import Fault
from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NoCredentials,
    RateLimited,
    UnexpectedAnswer,
)

NO_APP = {"client_id": None, "client_secret": None, "feeds_apart_seconds": 0}
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<title>top scoring links : cats</title>
<entry><author><name>/u/nora</name><uri>https://www.reddit.com/user/nora</uri></author>
<category term="cats" label="r/cats"/>
<content type="html">&lt;span&gt;&lt;a href=&quot;https://v.redd.it/xyz&quot;&gt;[link]&lt;/a&gt;
&lt;/span&gt; &lt;a href=&quot;https://www.reddit.com/r/cats/comments/1aaaaa/t/&quot;&gt;[comments]&lt;/a&gt;
</content><id>t3_1aaaaa</id><media:thumbnail url="https://b.thumbs.redditmedia.com/x.jpg"/>
<link href="https://www.reddit.com/r/cats/comments/1aaaaa/t/"/>
<updated>2026-11-18T10:00:00+00:00</updated><published>2026-11-18T10:00:00+00:00</published>
<title>Cat &amp; printer</title></entry>
<entry><author><name>/u/ben</name></author>
<content type="html">&lt;a href=&quot;https://youtu.be/dQw4w9WgXcQ?t=1&amp;amp;si=a&quot;&gt;[link]&lt;/a&gt;</content>
<id>t3_1bbbbb</id><link href="https://www.reddit.com/r/cats/comments/1bbbbb/t/"/>
<published>2026-11-17T10:00:00+00:00</published><title>Elsewhere</title></entry>
<entry><content type="html">&lt;a href=&quot;https://i.redd.it/photo.jpg&quot;&gt;[link]&lt;/a&gt;</content>
<id>t3_1ccccc</id><published>2026-11-17T10:00:00+00:00</published><title>A photo</title></entry>
</feed>
"""


@pytest.fixture
def ground(open_ground):
    return open_ground("reddit")


@pytest.fixture
def open_feed(open_ground):
    def opened(text=FEED, query=None, **settings):
        exchange = {
            "path": "/r/cats/top/.rss",
            "query": {"limit": 100, **(query or {})},
            "text": text,
            "content_type": "application/atom+xml",
        }
        return open_ground(
            "reddit",
            settings={**NO_APP, **settings},
            request={"watched": ["r/cats"]},
            exchanges=[exchange],
        )

    return opened


def test_a_feed_tells_what_it_knows_and_no_counts(open_feed):
    first, second = open_feed().scan().whole()
    assert (first.platform_video_id, first.title) == ("1aaaaa", "Cat & printer")
    assert first.locator == "https://v.redd.it/xyz/HLSPlaylist.m3u8"
    assert first.page_url == "https://www.reddit.com/r/cats/comments/1aaaaa/t/"
    assert first.thumbnail_url == "https://b.thumbs.redditmedia.com/x.jpg"
    assert (first.author, first.published_at) == ("nora", datetime(2026, 11, 18, 10, tzinfo=UTC))
    assert (first.views, first.likes, first.comments) == (None, None, None)
    assert second.locator == "https://youtu.be/dQw4w9WgXcQ?t=1&si=a"


def test_a_private_feed_is_asked_with_its_token(open_feed):
    ground = open_feed(
        query={"feed": "feed-token-1", "user": "nora"}, feed="feed-token-1", user="nora"
    )
    assert len(ground.scan().whole()) == 2


@pytest.mark.parametrize(
    "text",
    [
        "<html><body>Blocked</body></html>",
        "<feed",
        '<!DOCTYPE a [<!ENTITY b "c">]><feed xmlns="http://www.w3.org/2005/Atom">&b;</feed>',
    ],
)
def test_what_is_no_feed_is_unexpected(open_feed, text):
    scanned = open_feed(text).scan()
    assert isinstance(scanned.error, UnexpectedAnswer)


def test_an_entry_without_an_id_is_left_out_and_told(open_feed):
    scanned = open_feed(FEED.replace("<id>t3_1aaaaa</id>", "")).scan()
    assert [video.platform_video_id for video in scanned.whole()] == ["1bbbbb"]
    assert len(scanned.unusable) == 1


def test_without_an_app_and_without_subreddits_nothing_can_be_asked(open_ground):
    scanned = open_ground("reddit", settings=NO_APP, request={"watched": []}).scan()
    assert isinstance(scanned.error, NoCredentials)
    assert "VIRAL_FORGE_SCANNER_REDDIT_CLIENT_ID" in str(scanned.error)
    assert "feeds" in str(scanned.error)
    assert scanned.asked == []


def test_an_app_that_reddit_does_not_know_is_named_by_its_variables(ground, says):
    refused = ground.scan(faults={0: says(401, {"message": "Unauthorized", "error": 401})})
    assert isinstance(refused.error, Misconfigured)
    assert "VIRAL_FORGE_SCANNER_REDDIT_CLIENT_SECRET" in str(refused.error)
    assert "app-secret-1" not in str(refused.error)
    assert refused.asked == [0]


def test_a_login_without_a_token_is_unexpected(ground, says):
    refused = ground.scan(faults={0: says(200, {"error": "invalid_grant"})})
    assert isinstance(refused.error, UnexpectedAnswer)


def test_who_asks_is_said_as_reddit_wants_it(ground, asked_of):
    ground.scan()
    for asked in asked_of(ground):
        assert asked.headers["user-agent"].startswith("script:viral-forge:v")
        assert asked.headers["user-agent"].endswith("(by /u/kittenfan)")


def test_nothing_more_is_asked_of_a_listing_once_reddit_says_that_none_is_left(ground, says):
    last = {"data": {"after": "t3_1abcde", "children": []}}
    spent = says(200, last, x_ratelimit_remaining="0.0", x_ratelimit_reset="37")
    scanned = ground.scan(faults={1: spent})
    assert isinstance(scanned.error, RateLimited)
    assert scanned.error.retry_after == timedelta(seconds=37)
    assert 2 not in scanned.asked


def test_it_waits_as_long_as_reddit_says(ground, says):
    fault = says(429, {"message": "Too Many Requests", "error": 429}, x_ratelimit_reset="412.0")
    refused = ground.scan(faults={3: fault})
    assert isinstance(refused.error, RateLimited)
    assert refused.error.retry_after == timedelta(seconds=412)
    assert len(refused.videos) == 2


def test_adult_posts_are_taken_where_the_settings_say_so(open_ground):
    ids = {
        video.platform_video_id
        for video in open_ground("reddit", settings={"takes_adult": True}).scan().whole()
    }
    assert "1adult" in ids


@pytest.mark.parametrize(
    ("age", "period"),
    [
        (timedelta(minutes=50), "hour"),
        (timedelta(hours=20), "day"),
        (timedelta(days=6), "week"),
        (timedelta(days=30), "month"),
        (timedelta(days=300), "year"),
        (timedelta(days=900), "all"),
    ],
)
def test_the_period_that_is_asked_for_reaches_back_far_enough(ground, asked_of, age, period):
    ground.scan(since=datetime.now(UTC) - age)
    listings = [asked for asked in asked_of(ground) if asked.method == "GET"]
    assert {asked.query["t"] for asked in listings} == {period}


def test_a_crosspost_has_the_video_of_the_post_that_it_repeats(open_ground):
    recorded = open_ground("reddit").recording.exchanges
    post = {
        "id": "1cross",
        "title": "Seen elsewhere",
        "is_video": False,
        "domain": "v.redd.it",
        "created_utc": 1794996000.0,
        "permalink": "/r/cats/comments/1cross/t/",
        "url_overridden_by_dest": "https://v.redd.it/xyz",
        "crosspost_parent_list": [
            {"media": {"reddit_video": {"hls_url": "https://v.redd.it/a.m3u8"}}}
        ],
    }
    listing = {"data": {"after": None, "children": [{"kind": "t3", "data": post}]}}
    exchanges = [recorded[0], {**recorded[3], "answer": listing}]
    ground = open_ground("reddit", request={"watched": []}, exchanges=exchanges)
    assert [video.locator for video in ground.scan().whole()] == ["https://v.redd.it/a.m3u8"]


@pytest.mark.parametrize("watched", ["r/cats", "/r/cats/", "cats", "https://old.reddit.com/r/cats"])
def test_a_subreddit_may_be_named_in_many_ways(open_feed, watched):
    ground = open_feed()
    ground.recording.document["request"]["watched"] = [watched]
    assert len(ground.scan().whole()) == 2


def test_what_names_no_subreddit_is_not_asked(open_feed):
    ground = open_feed()
    ground.recording.document["request"]["watched"] = ["https://example.com/r/cats"]
    scanned = ground.scan()
    assert isinstance(scanned.error, BadInput)
    assert scanned.asked == []


def test_what_names_no_subreddit_takes_nothing_from_the_search(open_ground):
    scanned = open_ground("reddit", request={"watched": ["https://example.com/r/cats"]}).scan()
    assert isinstance(scanned.error, BadInput)
    assert "1yt000" in [video.platform_video_id for video in scanned.videos]


def test_one_subreddit_that_fails_takes_nothing_from_the_search(ground):
    broken = Fault(web=lambda _: MALFORMED, job=None, errors=())
    scanned = ground.scan(faults={1: broken})
    assert isinstance(scanned.error, UnexpectedAnswer)
    assert "1yt000" in [video.platform_video_id for video in scanned.videos]
