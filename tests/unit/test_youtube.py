"""What the two scanners of YouTube do beside the contract that all scanners keep."""

import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

import viral_forge_resources.scanners
from tests.grounds.scanners._recorded import RecordedGround, Scanned, SpentLedger
from tests.platforms.recorded import RecordedPlatforms
from tests.platforms.recording import Recording, load
from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NoCredentials,
    NotSupported,
    Permanent,
    QuotaSpent,
    RateLimited,
    UnexpectedAnswer,
    ViralForgeError,
)
from viral_forge_resources.contracts.used_sounds import UsedSound
from viral_forge_resources.platforms.youtube_answers import (
    Splitter,
    Spotted,
    from_api,
    id_in,
)
from viral_forge_resources.platforms.youtube_api import units_of
from viral_forge_resources.platforms.youtube_feeds import feed_params
from viral_forge_resources.plugins import get_plugin

BOTH = ("youtube_shorts", "youtube_long")
FEED, FEED_DETAILS, SEARCH, DETAILS = range(4)  # exchanges of the recording of Shorts


@pytest.fixture(scope="module")
def platforms():
    with RecordedPlatforms() as running:
        yield running


def _changed(**changes: Any) -> dict[str, Any]:
    """The recording of Shorts with other settings, another request or other jobs."""
    document = copy.deepcopy(dict(load("youtube_shorts").document))
    document["known"] = []
    for key, value in changes.items():
        document[key] = {**document[key], **value} if isinstance(value, dict) else value
    return document


def _scan(
    platforms: RecordedPlatforms,
    document: dict[str, Any],
    name: str = "youtube_shorts",
    **how: Any,
) -> Scanned:
    plugin = get_plugin(viral_forge_resources.scanners, name)
    return RecordedGround(plugin, Recording(name, document), platforms).scan(**how)


def _ids(scanned: Scanned) -> list[str]:
    return [video.platform_video_id for video in scanned.videos]


def _without_key(**request: Any) -> dict[str, Any]:
    document = _changed(request=request)
    del document["settings"]["api_key"]
    return document


def _item(duration: str | None, number: int = 0) -> dict[str, Any]:
    return {
        "id": f"video{number:06}",
        "snippet": {"title": "A cat"},
        "contentDetails": {"duration": duration},
    }


def test_every_video_belongs_to_exactly_one_of_the_two_scanners(platforms):
    durations = ("PT1S", "PT2M59S", "PT3M", "PT3M0.5S", "PT3M1S", "PT4H", "P0D", "P1DT1S", None)
    document = _changed(request={"watched": [], "since": "2026-11-01T00:00:00Z"})
    items = [_item(duration, number) for number, duration in enumerate(durations)]
    found = {"items": [{"id": {"videoId": each["id"]}} for each in items]}
    document["exchanges"] = [
        {"path": "/youtube/v3/search", "answer": found},
        {"path": "/youtube/v3/videos", "answer": {"items": items}},
    ]
    shorts, longs = (set(_ids(_scan(platforms, document, name))) for name in BOTH)
    assert shorts == {each["id"] for each in items[:3]}
    assert longs == {each["id"] for each in items[3:]}


def test_what_a_link_says_of_a_video_holds_for_the_whole_scan():
    splitter = Splitter()
    wide = from_api(_item("PT1M"), platform="youtube_long", seen_at=datetime.now(UTC))
    assert isinstance(wide, Spotted)
    assert splitter.is_short(wide)
    assert not splitter.is_short(replace(wide, is_short=False))
    assert not splitter.is_short(wide)


def test_both_scanners_count_in_the_same_allowances():
    settings = [
        get_plugin(viral_forge_resources.scanners, name).Settings(
            _env_file=None, api_key="key-1", project="studio"
        )
        for name in BOTH
    ]
    scanners = [
        get_plugin(viral_forge_resources.scanners, name).open_plugin(each)
        for name, each in zip(BOTH, settings, strict=True)
    ]
    first, second = (units_of(scanner._api.settings) for scanner in scanners)
    assert first == second
    assert (first.platform, first.project, first.zone) == (
        "youtube",
        "studio",
        "America/Los_Angeles",
    )


def test_a_feed_alone_tells_of_watched_channels_without_a_key(platforms):
    document = _without_key(queries=[])
    scanned = _scan(platforms, document)
    (video,) = scanned.whole()
    assert (video.platform_video_id, video.title, video.author, video.author_id) == (
        "feedshort01",
        "Watched short",
        "Watched",
        "UCwatched",
    )
    assert video.published_at == datetime(2026, 11, 19, 9, tzinfo=UTC)
    assert video.licence is None
    assert scanned.units == {}
    (wide,) = _scan(platforms, document, "youtube_long").whole()
    assert (wide.platform_video_id, wide.views, wide.likes) == ("feedwide001", 1234, 12)


def test_no_views_in_a_fresh_feed_are_no_count(platforms):
    (video,) = _scan(platforms, _without_key(queries=[])).whole()
    assert (video.views, video.likes) == (None, None)


def test_watched_channels_are_seen_where_a_search_lacks_its_key(platforms):
    scanned = _scan(platforms, _without_key())
    assert _ids(scanned) == ["feedshort01"]
    assert isinstance(scanned.error, NoCredentials)
    assert "VIRAL_FORGE_YOUTUBE_API_KEY" in str(scanned.error)


def test_watched_channels_are_seen_where_every_allowance_is_spent(platforms):
    scanned = _scan(platforms, _changed(), ledger=SpentLedger())
    assert _ids(scanned) == ["feedshort01"]
    assert isinstance(scanned.error, QuotaSpent)


def _known(*video_ids: str) -> list[dict[str, Any]]:
    return [
        {"platform_video_id": each, "title": "Seen before", "page_url": f"https://youtu.be/{each}"}
        for each in video_ids
    ]


def _recounting(*video_ids: str, **settings: Any) -> dict[str, Any]:
    """The recording in which these videos are known and have a view each."""
    document = _changed(settings=settings)
    document["known"] = _known(*video_ids)
    counted = [{"id": each, "statistics": {"viewCount": "1"}} for each in video_ids]
    document["exchanges"][4:] = [
        {"path": "/youtube/v3/videos:batchGetStats", "answer": {"items": counted}}
    ]
    return document


def test_a_known_video_that_the_scan_finds_again_is_not_counted_twice(platforms):
    scanned = _scan(platforms, _recounting("dQw4w9WgXcQ"))
    assert "dQw4w9WgXcQ" in _ids(scanned)
    assert "stats" not in scanned.units


def test_fifty_known_videos_are_one_call_and_no_more_are_asked_for_than_set(platforms):
    video_ids = [f"known{number:06}" for number in range(200)]
    scanned = _scan(platforms, _recounting(*video_ids, most_recounted=120), limit=500)
    assert scanned.units["stats"] == 3
    assert scanned.units["search"] == 1
    assert [each for each in _ids(scanned) if each.startswith("known")] == video_ids[:120]


def test_without_a_key_nothing_is_counted_anew(platforms):
    document = _without_key(queries=[])
    document["known"] = _known("known000000")
    assert _ids(_scan(platforms, document)) == ["feedshort01"]


def test_what_is_known_is_no_reason_to_ask_where_the_niche_asks_nothing(platforms):
    document = _recounting("known000000")
    document["request"] |= {"queries": [], "watched": []}
    scanned = _scan(platforms, document)
    assert isinstance(scanned.error, NotSupported)
    assert scanned.units == {}


def test_a_spent_allowance_for_counting_anew_is_told_and_fails_no_scan(platforms):
    scanned = _scan(platforms, _recounting("known000000", "known000001", stats_per_day=0))
    assert scanned.error is None
    assert [each.reason for each in scanned.unusable] == [
        "is known, and not counted anew: the day's allowance is spent"
    ] * 2


@pytest.mark.parametrize(
    ("watched", "params"),
    [
        ("UCabc_-123", {"channel_id": "UCabc_-123"}),
        ("https://www.youtube.com/channel/UCabc/videos", {"channel_id": "UCabc"}),
        (
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabc",
            {"channel_id": "UCabc"},
        ),
        ("https://youtube.com/playlist?list=PLabc", {"playlist_id": "PLabc"}),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PLabc", {"playlist_id": "PLabc"}),
        ("UUSHabc", {"playlist_id": "UUSHabc"}),
    ],
)
def test_a_channel_or_playlist_is_watched_by_its_id_or_an_address_with_it(watched, params):
    assert feed_params(watched) == params


@pytest.mark.parametrize("watched", ["@cats", "https://www.youtube.com/@cats", "cats", ""])
def test_a_handle_is_no_id_and_the_others_are_still_watched(platforms, watched):
    document = _without_key(queries=[], watched=[watched, "UCwatched"])
    scanned = _scan(platforms, document)
    assert _ids(scanned) == ["feedshort01"]
    assert isinstance(scanned.error, BadInput)
    assert "(UC…)" in str(scanned.error)


_BOMB = """<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&b;</title></feed>"""


@pytest.mark.parametrize("text", [_BOMB, "<rss/>", "<feed/>", "not xml", ""])
def test_what_is_no_feed_is_not_read(platforms, text):
    document = _without_key(queries=[])
    document["exchanges"][FEED]["text"] = text
    assert isinstance(_scan(platforms, document).error, UnexpectedAnswer)


@pytest.mark.parametrize(("left_out", "reason"), [("videoId", "id"), ("title", "title")])
def test_an_entry_without_id_or_title_is_left_out(platforms, left_out, reason):
    document = _without_key(queries=[])
    feed = document["exchanges"][FEED]
    feed["text"] = feed["text"].replace(f"{left_out}>", "other>", 4)
    scanned = _scan(platforms, document)
    assert f"has no {reason}" in {each.reason for each in scanned.unusable}


def test_a_video_that_is_gone_is_left_out(platforms):
    document = _changed()
    document["exchanges"][DETAILS]["answer"]["items"].pop(0)
    scanned = _scan(platforms, document)
    assert "dQw4w9WgXcQ" not in _ids(scanned)
    assert [each.reason for each in scanned.unusable] == ["is private, or gone"]


def _refused(
    platforms: RecordedPlatforms, status: int, error: dict[str, Any]
) -> ViralForgeError | None:
    document = _changed(request={"watched": []})
    document["exchanges"][SEARCH] |= {"status": status, "answer": {"error": error}}
    return _scan(platforms, document).error


@pytest.mark.parametrize(
    ("status", "error", "kind", "says"),
    [
        (
            403,
            {"message": "Spent.", "errors": [{"reason": "quotaExceeded"}]},
            QuotaSpent,
            "midnight in Los Angeles",
        ),
        (
            403,
            {"message": "Slow.", "errors": [{"reason": "userRateLimitExceeded"}]},
            RateLimited,
            "Slow.",
        ),
        (
            400,
            {"message": "Not valid.", "details": [{"reason": "API_KEY_INVALID"}]},
            Misconfigured,
            "VIRAL_FORGE_YOUTUBE_API_KEY",
        ),
        (
            403,
            {"message": "Requests without an API key are blocked.", "status": "PERMISSION_DENIED"},
            Misconfigured,
            "VIRAL_FORGE_YOUTUBE_API_KEY",
        ),
        (400, {"message": "Bad \x1b[31mfilter."}, Permanent, "Bad"),
        (403, {"message": 7, "errors": 5, "details": [None, "x"]}, Permanent, "403"),
    ],
)
def test_a_refusal_is_what_youtube_means_by_it(platforms, status, error, kind, says):
    raised = _refused(platforms, status, error)
    assert type(raised) is kind
    assert says in str(raised)
    assert str(raised).isprintable()
    assert "key-1" not in str(raised)


def _listed(**facts: Any) -> dict[str, Any]:
    return {
        "id": "fullvideo01",
        "title": "Found by yt-dlp",
        "channel": "Cats",
        "channel_id": "UCcats",
        "duration": 58,
        "view_count": 120345,
        "like_count": 54,
        "timestamp": 1795251600,
        "license": "Creative Commons Attribution license (reuse allowed)",
        "media_type": "short",
        **facts,
    }


def _by_ytdlp(
    platforms: RecordedPlatforms,
    *entries: dict[str, Any],
    name: str = "youtube_shorts",
    **settings: Any,
) -> Scanned:
    """A scan in which yt-dlp may search."""
    document = _changed(
        settings={"searches_with_ytdlp": True, **settings},
        request={"watched": []},
        jobs=[
            {
                "job": "ytdlp",
                "arguments": {"url": "ytsearch10:cats", "limit": 10, "is_full": True},
                "answer": list(entries),
            }
        ],
    )
    return _scan(platforms, document, name, ledger=SpentLedger())


@pytest.mark.parametrize("kind", [{}, {"_type": "video"}])
def test_ytdlp_searches_where_the_searches_are_spent_and_it_may(platforms, kind):
    (video,) = _by_ytdlp(platforms, _listed(**kind)).whole()
    assert (video.views, video.likes, video.comments) == (120345, 54, None)
    assert (video.author, video.author_id) == ("Cats", "UCcats")
    assert video.published_at == datetime.fromtimestamp(1795251600, UTC)
    assert video.licence_spdx == "LicenseRef-CC-BY"


def test_the_sound_of_a_video_is_told_where_its_page_names_one_song(platforms):
    song = {"track": "Burn Out", "artists": ["The Cinematic Orchestra", "Roots Manuva"]}
    entries = (_listed(id="withsong001", **song), _listed(id="manysongs01"))
    one, several = _by_ytdlp(platforms, *entries).whole()
    assert one.sound == UsedSound(title="Burn Out", author="The Cinematic Orchestra, Roots Manuva")
    assert several.sound is None


def test_ytdlp_does_not_search_unasked(platforms):
    scanned = _by_ytdlp(platforms, _listed(), searches_with_ytdlp=False)
    assert isinstance(scanned.error, QuotaSpent)
    assert scanned.videos == []


def test_rounded_counts_and_estimated_dates_are_not_taken_over(platforms):
    entry = _listed(_type="url", url="https://www.youtube.com/shorts/fullvideo01")
    del entry["media_type"]
    (video,) = _by_ytdlp(platforms, entry).whole()
    assert (video.views, video.likes, video.published_at) == (None, None, None)


def test_what_ytdlp_lists_is_split_like_everything_else(platforms):
    entries = (
        _listed(id="shortword01", duration=None),
        _listed(id="videoword01", media_type="video"),
        _listed(id="shortlink01", media_type=None, original_url="https://youtube.com/shorts/x"),
        _listed(id="sixtysecs01", media_type=None, duration=60),
        _listed(id="unknown0001", media_type=None, duration=None),
    )
    shorts, longs = (_ids(_by_ytdlp(platforms, *entries, name=name)) for name in BOTH)
    assert shorts == ["shortword01", "shortlink01", "sixtysecs01"]
    assert longs == ["videoword01", "unknown0001"]


def test_live_old_and_nameless_results_of_ytdlp_are_left_out(platforms):
    old = 1793490000  # hours before the first of November
    scanned = _by_ytdlp(
        platforms,
        _listed(id="upcoming001", live_status="is_upcoming"),
        _listed(id="livestream1", live_status=["odd"], title=None),
        _listed(id="oldlisted01", _type="url", timestamp=old - 2 * 86_400),
        _listed(id="aboutnow001", _type="url", timestamp=old),
        _listed(id="oldfull0001", timestamp=old),
    )
    assert _ids(scanned) == ["aboutnow001"]
    assert [each.reason for each in scanned.unusable] == ["has no title"]


@pytest.mark.parametrize(
    ("address", "video_id"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://m.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=3s", "dQw4w9WgXcQ"),
        ("http://youtube.com/shorts/dQw4w9WgXcQ?feature=share", "dQw4w9WgXcQ"),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", None),
        ("https://evil.example/?u=https://youtu.be/dQw4w9WgXcQ", None),
        ("https://www.youtube.com/watch?x=1#v=dQw4w9WgXcQ", None),
        ("https://www.youtube.com/@cats", None),
        (None, None),
    ],
)
def test_an_address_of_youtube_tells_its_video(address, video_id):
    assert id_in(address) == video_id
