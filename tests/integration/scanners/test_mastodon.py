"""Mastodon: several instances, hashtags made of queries, and instances that are closed."""

from typing import Any

import pytest

from tests.grounds.scanners._recorded import Scanned
from viral_forge_resources.contracts.errors import Misconfigured, NoCredentials, NotSupported

NEW, OLD = "2026-11-18T15:00:00.000Z", "2026-10-01T15:00:00.000Z"


def status(number: int, *, created_at: str = NEW, **fields: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "created_at": created_at,
        "sensitive": False,
        "url": f"https://mastodon.social/@a/{number}",
        "content": f"<p>cat {number}</p>",
        "media_attachments": [{"type": "video", "url": f"https://files.example/{number}.mp4"}],
        **fields,
    }


def timeline(*statuses: Any, tag: str = "cats", **query: str) -> dict[str, Any]:
    return {
        "path": f"/api/v1/timelines/tag/{tag}",
        "query": {"only_media": "true", "limit": 40, **query},
        "answer": list(statuses),
    }


@pytest.fixture
def one(open_ground):
    """One instance, and its timelines."""

    def opened(*timelines, request=None, **settings):
        return open_ground(
            "mastodon",
            settings={"instances": "{server}", **settings},
            request={"queries": ["cats"], "watched": [], **(request or {})},
            exchanges=list(timelines),
        )

    return opened


def titles(scanned: Scanned) -> list[str]:
    return [video.title for video in scanned.whole()]


def test_pages_end_where_a_post_is_too_old(one, asked_of):
    first = [status(1000 - number) for number in range(40)]
    second = [status(900 - number, created_at=OLD if number else NEW) for number in range(40)]
    ground = one(timeline(*first), timeline(*second, max_id="961"), most_pages=9)
    assert len(ground.scan().whole()) == 41
    assert len(asked_of(ground)) == 2


def test_no_more_pages_are_asked_for_than_a_setting_says(one, asked_of):
    ground = one(timeline(*(status(number) for number in range(40))), most_pages=1)
    assert len(ground.scan().whole()) == 40
    assert len(asked_of(ground)) == 1


def test_a_post_that_several_instances_show_is_told_as_the_first_does(open_ground):
    here = timeline(status(1, favourites_count=11))
    there = timeline(status(1, id="777", favourites_count=2))
    ground = open_ground(
        "mastodon",
        request={"queries": [], "watched": ["cats"]},
        exchanges=[here, {**there, "path": f"/second{there['path']}"}],
    )
    assert [video.likes for video in ground.scan().whole()] == [11]


def test_posts_of_the_same_number_on_two_instances_are_two(one):
    elsewhere = status(1, url="https://other.example/@a/1")
    first, second = one(timeline(status(1), elsewhere)).scan().whole()
    assert first.platform_video_id != second.platform_video_id


@pytest.mark.parametrize(
    ("query", "tag"),
    [
        ("cats", "cats"),
        ("#Cats", "cats"),
        ("street food!", "streetfood"),
        ("猫 動画", "猫動画"),
        ("../../accounts/1", "accounts1"),
        ("a/b?c=d#e", "abcde"),
    ],
)
def test_a_query_makes_a_hashtag_of_letters_and_digits(one, query, tag):
    ground = one(timeline(status(1), tag=tag), request={"queries": [query]})
    assert titles(ground.scan()) == ["cat 1"]


def test_the_same_hashtag_is_asked_for_once(one, asked_of):
    ground = one(timeline(), request={"queries": ["CATS", "cats!"], "watched": ["#cats"]})
    assert ground.scan().whole() == []
    assert len(asked_of(ground)) == 1


def test_queries_of_signs_alone_leave_nothing_to_ask(one):
    scanned = one(request={"queries": ["!!!"]}).scan()
    assert isinstance(scanned.error, NotSupported)
    assert scanned.asked == []


def test_sensitive_posts_are_taken_where_a_setting_says_so(one):
    shown = timeline(status(1, sensitive=True), status(2))
    assert titles(one(shown).scan()) == ["cat 2"]
    assert titles(one(shown, takes_sensitive=True).scan()) == ["cat 1", "cat 2"]


@pytest.mark.parametrize("kind", ["gifv", "image", "audio", "unknown"])
def test_only_videos_are_taken(one, kind):
    attached = [{"type": kind, "url": "https://files.example/1"}]
    assert one(timeline(status(1, media_attachments=attached))).scan().whole() == []


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("<p>one</p><p>two</p>", "one two"),
        ("one<br>two<br />three", "one two three"),
        ("<p>Tom &amp; Jerry &lt;3</p>", "Tom & Jerry <3"),
        ('<a href="x" class="hashtag">#<span>cats</span></a>', "#cats"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<p> </p>", "mastodon-social-a-1-"),
    ],
)
def test_a_title_is_what_is_written(one, content, title):
    (found,) = titles(one(timeline(status(1, content=content))).scan())
    assert found.startswith(title)
    assert "<s" not in found


@pytest.mark.parametrize("code", [401, 403, 422])
def test_a_closed_instance_wants_a_token_and_says_where_it_is_set(one, says, code):
    refused = one(timeline(status(1))).scan(faults={0: says(code, {"error": "Not for you"})})
    assert type(refused.error) is NoCredentials
    assert "VIRAL_FORGE_SCANNER_MASTODON_ACCESS_TOKENS" in str(refused.error)
    assert "Not for you" in str(refused.error)


def test_a_token_goes_to_its_instance_and_into_no_error(one, says, asked_of):
    ground = one(timeline(status(1)), access_tokens={"127.0.0.1": "t0ken", "other.example": "b"})
    refused = ground.scan(faults={0: says(401, {"error": "The access token is invalid"})})
    assert asked_of(ground)[0].headers["authorization"] == "Bearer t0ken"
    assert type(refused.error) is Misconfigured
    assert "t0ken" not in str(refused.error)


def test_a_token_of_another_instance_stays_here(one, asked_of):
    ground = one(timeline(status(1)), access_tokens={"other.example": "t0ken"})
    assert len(ground.scan().whole()) == 1
    assert "authorization" not in asked_of(ground)[0].headers
