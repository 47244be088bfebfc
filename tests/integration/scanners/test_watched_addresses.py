"""Platforms that are looked at with yt-dlp: which addresses reach it, and what it may answer."""

import json
from typing import Any

import pytest

from tests.grounds.scanners._recorded import RecordedGround
from tests.platforms.answers import HTML
from tests.platforms.faults import Fault
from viral_forge_resources.contracts.errors import BadInput, NotSupported, Unreachable

ONLY_WATCHED = ("linkedin", "pinterest", "rumble", "snapchat")
WATCHABLE = {
    "bilibili": (
        "https://space.bilibili.com/3985676",
        "https://space.bilibili.com/3985676/video",
        "https://www.bilibili.com/video/BV13x41117TL",
        "https://www.bilibili.com/video/av8903802/?p=2",
    ),
    "linkedin": (
        "https://www.linkedin.com/posts/the-mathworks_2_what-is-it-activity-7151241570371948544-4Gu7",
        "https://www.linkedin.com/feed/update/urn:li:activity:7016901149999955968/",
    ),
    "pinterest": (
        "https://www.pinterest.ca/mashal0407/cool-diys/",
        "https://co.pinterest.com/pin/824721750502199491/",
        "https://pinterest.com/pin/a-cat-in-2024--2885187256207927",
    ),
    "rumble": (
        "https://rumble.com/c/Cats-1",
        "https://rumble.com/user/cats",
        "https://www.rumble.com/c/cats/videos",
        "https://rumble.com/vdmum1-moose-the-dog.html?e9s=src_v1",
    ),
    "snapchat": ("https://www.snapchat.com/spotlight/W7_EDlXWTBiXAEEniNoMPwAA",),
}
SHORT = (
    ("rumble", "c/cats", "https://rumble.com/c/cats"),
    ("rumble", "/user/cats/", "https://rumble.com/user/cats"),
    ("pinterest", "fudohub/videos", "https://www.pinterest.com/fudohub/videos/"),
)
OTHERS = {
    "bilibili": ("https://www.bilibili.com/bangumi/play/ep1", "bilisearch50:cats"),
    "linkedin": ("https://www.linkedin.com/in/someone", "https://www.linkedin.com/learning/a/b"),
    "pinterest": ("https://www.pinterest.com/search/pins/", "https://www.pinterest.com/someone"),
    "rumble": ("https://rumble.com/videos", "https://rumble.com/search/video?q=cats", "cats"),
    "snapchat": ("https://www.snapchat.com/@someone", "https://www.snapchat.com/spotlight/"),
}
DISGUISED = (
    "https://{host}.example{path}",
    "https://not{host}{path}",
    "https://{host}@127.0.0.1{path}",
    "https://127.0.0.1\\@{host}{path}",
    "http://127.0.0.1{path}",
    "ftp://{host}{path}",
    "file://{host}{path}",
    "https://[{host}{path}",
)
HOSTS = {name: f"{name}.com" for name in WATCHABLE}
PATHS = {
    "bilibili": "/video/BV13x41117TL",
    "linkedin": "/posts/a-activity-7151241570371948544-4Gu7",
    "pinterest": "/pin/1/",
    "rumble": "/c/cats",
    "snapchat": "/spotlight/W7_a",
}


def watching(open_ground: Any, name: str, watched: str, **lists: Any) -> RecordedGround:
    request = {"queries": [], "watched": [watched]}
    ground: RecordedGround = open_ground(name, request=request, exchanges=[], **lists)
    return ground


def job(url: str, *answer: Any) -> dict[str, Any]:
    return {"job": "ytdlp", "arguments": {"url": url}, "answer": list(answer)}


def entry(**fields: Any) -> dict[str, Any]:
    return {
        "_type": "video",
        "id": "1",
        "title": "A cat",
        "webpage_url": "https://x.example/1",
        **fields,
    }


@pytest.mark.parametrize("name", ONLY_WATCHED)
def test_where_there_is_no_search_it_is_said_what_may_be_watched(open_ground, name):
    settings = {"has_partner_search": False} if name == "pinterest" else {}
    ground = open_ground(name, settings=settings, request={"watched": []}, jobs=[])
    scanned = ground.scan()
    assert isinstance(scanned.error, NotSupported)
    assert f"watch under '{name}'" in str(scanned.error)
    assert scanned.asked == []


@pytest.mark.parametrize(
    ("name", "url"), [(name, url) for name, urls in WATCHABLE.items() for url in urls]
)
def test_what_may_be_watched_is_asked_for_as_it_was_given(open_ground, name, url):
    assert watching(open_ground, name, f" {url} ", jobs=[job(url)]).scan().whole() == []


@pytest.mark.parametrize(("name", "given", "url"), SHORT)
def test_what_is_named_briefly_gets_its_address(open_ground, name, given, url):
    assert watching(open_ground, name, given, jobs=[job(url)]).scan().whole() == []


@pytest.mark.parametrize(
    ("name", "given"), [(name, given) for name, several in OTHERS.items() for given in several]
)
def test_other_pages_are_refused_before_anything_is_asked(open_ground, name, given):
    scanned = watching(open_ground, name, given, jobs=[]).scan()
    assert isinstance(scanned.error, BadInput)
    assert (scanned.asked, scanned.unmatched) == ([], [])


@pytest.mark.parametrize("form", DISGUISED)
@pytest.mark.parametrize("name", HOSTS)
def test_other_hosts_are_refused_however_they_are_dressed_up(open_ground, name, form):
    given = form.format(host=HOSTS[name], path=PATHS[name])
    scanned = watching(open_ground, name, given, jobs=[]).scan()
    assert isinstance(scanned.error, BadInput)
    assert (scanned.asked, scanned.unmatched) == ([], [])


@pytest.mark.parametrize("name", HOSTS)
def test_other_hosts_may_be_allowed_by_a_setting(open_ground, name):
    url = f"http://127.0.0.1:8080{PATHS[name]}"
    ground = open_ground(
        name,
        settings={"hosts": "127.0.0.1"},
        request={"queries": [], "watched": [url]},
        exchanges=[],
        jobs=[job(url)],
    )
    assert ground.scan().whole() == []


def test_an_address_that_is_refused_takes_nothing_from_the_others(open_ground):
    watched = ["https://www.snapchat.com/@nobody", "https://www.snapchat.com/spotlight/W7_a"]
    ground = open_ground("snapchat", request={"watched": watched}, jobs=[job(watched[1], entry())])
    scanned = ground.scan()
    assert [video.platform_video_id for video in scanned.videos] == ["1"]
    assert isinstance(scanned.error, BadInput)


@pytest.mark.parametrize("kind", ["url", "playlist", "multi_video"])
def test_what_was_only_listed_is_no_video(open_ground, kind):
    listed = entry(_type=kind, id="115500000000001", url="http://www.bilibili.com/video/av1")
    scanned = watching(
        open_ground, "rumble", "c/cats", jobs=[job("https://rumble.com/c/cats", entry(), listed)]
    ).scan()
    assert [video.platform_video_id for video in scanned.whole()] == ["1"]
    assert [each.reason for each in scanned.unusable] == ["is only listed, or has several parts"]


@pytest.mark.parametrize("status", ["is_live", "is_upcoming", "post_live"])
def test_what_is_still_live_is_left_out(open_ground, status):
    jobs = [job("https://rumble.com/c/cats", entry(live_status=status))]
    scanned = watching(open_ground, "rumble", "c/cats", jobs=jobs).scan()
    assert (scanned.whole(), scanned.unusable) == ([], [])


def test_a_site_that_takes_us_for_a_robot_may_answer_later(open_ground):
    facts = {"kind": "status", "name": "https://api.bilibili.com", "status": 412}
    fault = Fault(web=lambda _: HTML, job=json.dumps({"error": facts}).encode(), errors=())
    scanned = open_ground("bilibili").scan(faults={1: fault})
    assert type(scanned.error) is Unreachable
    assert "robot" in str(scanned.error)
    assert len(scanned.videos) == 1


@pytest.mark.parametrize(
    ("given_id", "page_url"),
    [
        ("BV1n44y1Q7sc", "https://www.bilibili.com/video/BV1n44y1Q7sc"),
        ("BV1n44y1Q7sc_p2", "https://www.bilibili.com/video/BV1n44y1Q7sc?p=2"),
        ("115500000000001", "https://x.example/1"),
    ],
)
def test_a_video_of_bilibili_has_one_address_however_it_was_found(open_ground, given_id, page_url):
    url = "https://space.bilibili.com/3985676"
    jobs = [job(url, entry(id=given_id))]
    (video,) = watching(open_ground, "bilibili", url, jobs=jobs).scan().whole()
    assert (video.locator, video.page_url) == (page_url, page_url)


@pytest.mark.parametrize(("limit", "asked"), [(3, 3), (50, 5)])
def test_no_more_is_asked_in_full_than_is_wanted(open_ground, limit, asked):
    search = {"url": f"bilisearch{asked}:cats", "limit": asked}
    jobs = [{"job": "ytdlp", "arguments": search, "answer": []}]
    ground = open_ground("bilibili", request={"watched": []}, jobs=jobs)
    assert ground.scan(limit=limit).whole() == []
