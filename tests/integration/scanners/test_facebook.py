"""Facebook: pages need a token, single videos do not, and nothing can be searched."""

import pytest

from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NoCredentials,
    NotSupported,
)

REEL = "https://www.facebook.com/reel/1234567890"


@pytest.fixture
def ground(open_ground):
    return open_ground("facebook")


def test_with_nothing_watched_there_is_nothing_to_ask(open_ground):
    scanned = open_ground("facebook", request={"watched": []}).scan()
    assert isinstance(scanned.error, NotSupported)
    assert "'facebook'" in str(scanned.error)
    assert scanned.asked == []


def test_without_a_token_single_videos_are_read_all_the_same(open_ground):
    scanned = open_ground("facebook", settings={"access_token": None}).scan()
    assert [video.platform_video_id for video in scanned.videos] == ["1234567890"]
    assert isinstance(scanned.error, NoCredentials)
    assert "VIRAL_FORGE_SCANNER_FACEBOOK_ACCESS_TOKEN" in str(scanned.error)


def test_a_token_that_may_not_read_the_page_is_named_by_its_variable(ground, says):
    body = {"error": {"message": "Missing Permissions", "type": "OAuthException", "code": 10}}
    refused = ground.scan(faults={0: says(403, body)})
    assert isinstance(refused.error, Misconfigured)
    assert "Missing Permissions" in str(refused.error)
    assert "VIRAL_FORGE_SCANNER_FACEBOOK_ACCESS_TOKEN" in str(refused.error)
    assert [video.platform_video_id for video in refused.videos] == ["1234567890"]


@pytest.mark.parametrize(
    "url",
    [
        REEL,
        "https://www.facebook.com/watch/?v=1234567890",
        "https://www.facebook.com/CatsOfTheWorld/videos/1234567890/",
        "https://www.facebook.com/CatsOfTheWorld/videos/a-cat/1234567890",
        "https://m.facebook.com/video.php?v=1234567890",
        "https://www.facebook.com/share/r/abcDEF",
        "https://fb.watch/abcDEF/",
    ],
)
def test_the_address_of_a_video_goes_to_yt_dlp(open_ground, url):
    job = {"job": "ytdlp", "arguments": {"url": url, "limit": 1, "is_full": True}, "answer": []}
    ground = open_ground("facebook", request={"watched": [url]}, exchanges=[], jobs=[job])
    assert ground.scan().whole() == []


@pytest.mark.parametrize("page", ["555", "CatsOfTheWorld", "https://facebook.com/CatsOfTheWorld"])
def test_a_page_may_be_named_in_many_ways(open_ground, page):
    name = "555" if page == "555" else "CatsOfTheWorld"
    exchange = {"path": f"/v26.0/{name}/videos", "answer": {"data": []}}
    ground = open_ground("facebook", request={"watched": [page]}, exchanges=[exchange], jobs=[])
    assert ground.scan().whole() == []


@pytest.mark.parametrize("watched", ["https://example.com/cats", "../me", "a page", "http://["])
def test_what_names_neither_page_nor_video_is_not_asked(open_ground, watched):
    scanned = open_ground("facebook", request={"watched": [watched]}).scan()
    assert isinstance(scanned.error, BadInput)
    assert scanned.asked == []


def test_the_version_and_the_fields_are_settings(open_ground):
    exchange = {
        "path": "/v25.0/CatsOfTheWorld/videos",
        "query": {"fields": "id,title"},
        "answer": {"data": []},
    }
    ground = open_ground(
        "facebook",
        settings={"api_version": "v25.0", "fields": "id,title"},
        request={"watched": ["CatsOfTheWorld"]},
        exchanges=[exchange],
        jobs=[],
    )
    assert ground.scan().whole() == []
