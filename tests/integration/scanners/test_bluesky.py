"""Bluesky: logins, languages, and what it says when it refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NoCredentials,
    NotSupported,
    Permanent,
    RateLimited,
)
from viral_forge_resources.platforms.bluesky_posts import from_post

SEEN_AT = datetime(2026, 11, 20, tzinfo=UTC)
LOGIN, SEARCH, MORE = 0, 1, 2


def post(**fields: Any) -> dict[str, Any]:
    return {
        "uri": "at://did:plc:abc/app.bsky.feed.post/3k",
        "record": {"text": "A cat"},
        "embed": {
            "$type": "app.bsky.embed.video#view",
            "playlist": "https://video.bsky.app/x.m3u8",
        },
        **fields,
    }


def read(*, takes_adult: bool = False, **fields: Any) -> Any:
    return from_post(post(**fields), seen_at=SEEN_AT, takes_adult=takes_adult)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("AuthMissing", 401, NoCredentials),
        ("AuthenticationRequired", 401, Misconfigured),
        ("InvalidToken", 400, Misconfigured),
        ("RateLimitExceeded", 429, RateLimited),
        ("BadQueryString", 400, Permanent),
    ],
)
@pytest.mark.parametrize("position", [LOGIN, SEARCH])
def test_its_own_code_counts(open_ground, says, code, status, kind, position):
    body = {"error": code, "message": "Authentication Required"}
    refused = open_ground("bluesky").scan(faults={position: says(status, body)})
    assert type(refused.error) is kind
    assert "Authentication Required" in str(refused.error)
    assert ("_HANDLE and VIRAL" in str(refused.error)) == issubclass(kind, Misconfigured)
    assert not any(secret in str(refused.error) for secret in ("abcd-efgh", "jwt-1"))


def test_a_page_for_people_with_a_403_is_a_refusal(open_ground, says):
    refused = open_ground("bluesky").scan(faults={SEARCH: says(403, "<html>")})
    assert type(refused.error) is Permanent


def test_a_limit_says_when_it_ends(open_ground, says):
    ends = datetime.now(UTC) + timedelta(hours=2)
    fault = says(429, {"error": "RateLimitExceeded"}, ratelimit_reset=str(int(ends.timestamp())))
    error = open_ground("bluesky").scan(faults={LOGIN: fault}).error
    assert isinstance(error, RateLimited)
    assert error.retry_after is not None
    assert timedelta(hours=1, minutes=58) < error.retry_after <= timedelta(hours=2)


def test_a_token_that_is_over_is_replaced_once(open_ground, says, asked_of):
    ground = open_ground("bluesky")
    refused = ground.scan(faults={SEARCH: says(400, {"error": "ExpiredToken", "message": "Over"})})
    paths = [asked.path.rpartition(".")[2] for asked in asked_of(ground)]
    assert paths == ["createSession", "searchPosts"] * 2
    assert refused.units == {"logins": 2}
    assert "Over" in str(refused.error)


def test_one_login_serves_every_search(open_ground):
    recorded = open_ground("bluesky")
    search = {**recorded.recording.exchanges[SEARCH], "query": {"limit": 100}}
    ground = open_ground(
        "bluesky",
        settings={"most_pages": 1},
        request={"queries": ["cats", "kittens"], "watched": ["from:cats.bsky.social"]},
        exchanges=[recorded.recording.exchanges[LOGIN], search],
    )
    scanned = ground.scan()
    assert (len(scanned.whole()), scanned.units) == (1, {"logins": 1})


@pytest.mark.parametrize(
    ("languages", "asked"), [([], [None]), (["de"], ["de"]), (["de", "en"], ["de", "en"])]
)
def test_each_language_is_asked_for_by_itself(open_ground, asked_of, languages, asked):
    login = open_ground("bluesky").recording.exchanges[LOGIN]
    found = {"path": "/xrpc/app.bsky.feed.searchPosts", "answer": {"posts": []}}
    ground = open_ground("bluesky", request={"languages": languages}, exchanges=[login, found])
    assert ground.scan().whole() == []
    assert [request.query.get("lang") for request in asked_of(ground)[1:]] == asked


def test_a_niche_without_queries_has_nothing_to_ask(open_ground):
    scanned = open_ground("bluesky", request={"queries": []}).scan()
    assert isinstance(scanned.error, NotSupported)
    assert scanned.asked == []


def test_posts_for_adults_are_taken_where_a_setting_says_so():
    labels = [{"val": "graphic-media"}]
    assert read(labels=labels) is None
    assert read(labels=labels, takes_adult=True).title == "A cat"
    assert read(labels=[{"val": "spam"}]).title == "A cat"


@pytest.mark.parametrize(
    ("uri", "video_id"),
    [
        ("at://did:plc:abc/app.bsky.feed.post/3k", "abc-3k"),
        ("at://did:web:a.example/app.bsky.feed.post/3k", "did-web-a-example-3k-"),
    ],
)
def test_an_id_names_the_author_as_keys_are_theirs_alone(uri, video_id):
    assert read(uri=uri).platform_video_id.startswith(video_id)


@pytest.mark.parametrize("uri", [None, "", "https://bsky.app/x", "at://did:plc:abc/other/3k", 5])
def test_a_post_without_a_name_of_its_own_is_no_video(uri):
    assert read(uri=uri).reason == "has no id"


@pytest.mark.parametrize(
    ("written", "arrived", "published"),
    [
        ("2026-11-18T15:00:00Z", "2026-11-18T15:00:01Z", 18),
        ("2036-01-01T00:00:00Z", "2026-11-19T15:00:01Z", 19),
        ("yesterday", "2026-11-17T15:00:01Z", 17),
    ],
)
def test_nobody_publishes_in_the_future(written, arrived, published):
    video = read(record={"text": "A cat", "createdAt": written}, indexedAt=arrived)
    assert (video.published_at.year, video.published_at.day) == (2026, published)
