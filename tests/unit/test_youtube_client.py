"""Google's own client for Python in front of the recording that the scanners are tested with."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import viral_forge_resources.scanners
from tests.fakes.quota import FakeQuotaLedger
from tests.fakes.workers import RecordedWorkers
from tests.grounds.scanners._recorded import RecordedGround, scanned
from tests.platforms.answers import Answer
from tests.platforms.recorded import Platform, RecordedPlatforms
from tests.platforms.recording import Recording, load
from viral_forge_resources.contracts.scanning import ScanTools
from viral_forge_resources.plugins import get_plugin
from viral_forge_resources.web import open_web

NAME = "youtube_shorts"
FEED, FEED_DETAILS, SEARCH, DETAILS, STATISTICS = range(5)
STATS = {
    "kind": "youtube#batchGetStatsResponse",
    "etag": "x",
    "items": [
        {
            "kind": "youtube#videoStats",
            "etag": "y",
            "id": "dQw4w9WgXcQ",
            "snippet": {"publishTime": "2026-11-18T09:00:00Z"},
            "contentDetails": {"duration": "PT58S"},
            "statistics": {"viewCount": "120345", "likeCount": "5400", "commentCount": "210"},
        }
    ],
}


@pytest.fixture(scope="module")
def platforms():
    with RecordedPlatforms() as running:
        yield running


@pytest.fixture
def recording():
    return load(NAME)


@pytest.fixture
def platform(platforms, recording):
    return platforms.mount(recording)


@pytest.fixture
def client(platform):
    from googleapiclient.discovery import build
    from googleapiclient.http import build_http

    service = build(
        "youtube",
        "v3",
        http=build_http(),
        static_discovery=True,
        client_options={"api_endpoint": f"{platform.url}/"},
    )
    yield service
    service.close()


async def _asked_by_a_scan(recording: Recording, platform: Platform) -> list[Any]:
    plugin = get_plugin(viral_forge_resources.scanners, NAME)
    settings = plugin.Settings(_env_file=None, **recording.settings(platform.url))
    workers = RecordedWorkers(ledger=FakeQuotaLedger(), jobs=[])
    async with open_web(ledger=workers.ledger, trusted=[platform.url]) as web:
        scanner = plugin.open_plugin(settings)
        tools = ScanTools(web=web, workers=workers)
        (await scanned(scanner, recording.request(server=platform.url), tools)).whole()
    return [(each.method, each.path, each.query) for each in platform.asked]


def _executed(call: Any) -> Any:
    call.headers["x-goog-api-key"] = "key-1"
    return call.execute()


def _search(client: Any) -> Any:
    return client.search().list(
        part="snippet",
        type="video",
        q="cats",
        order="viewCount",
        publishedAfter="2026-11-01T00:00:00Z",
        videoDuration="short",
        maxResults=50,
    )


def _details(client: Any, *video_ids: str) -> Any:
    parts = "snippet,contentDetails,statistics,status"
    return client.videos().list(part=parts, id=",".join(video_ids))


def test_the_official_client_asks_and_reads_what_is_recorded(client, platform, recording):
    found = _executed(_search(client))
    video_ids = [item["id"]["videoId"] for item in found["items"]]
    told = _executed(_details(client, *video_ids))
    assert found == recording.exchanges[SEARCH]["answer"]
    assert told == recording.exchanges[DETAILS]["answer"]
    assert [each.exchange for each in platform.asked] == [SEARCH, DETAILS]


def test_a_scan_asks_what_the_official_client_asks(client, platforms, platform, recording):
    _executed(_details(client, "feedshort01", "feedwide001"))
    found = _executed(_search(client))
    _executed(_details(client, *(item["id"]["videoId"] for item in found["items"])))
    by_client = [(each.method, each.path, each.query) for each in platform.asked]
    by_scan = asyncio.run(_asked_by_a_scan(recording, platforms.mount(recording)))
    assert [each for each in by_scan if each[1].startswith("/youtube")] == by_client


@pytest.mark.parametrize(
    "wrong", [{"order": "newest"}, {"videoDuration": "shorts"}, {"relatedToVideoId": "a"}]
)
def test_the_official_client_knows_every_parameter_and_its_values(client, wrong):
    with pytest.raises(TypeError):
        client.search().list(part="snippet", **wrong)


def test_the_official_client_reads_the_quota_error_that_the_scanner_reads(client, platform):
    from googleapiclient.errors import HttpError

    error = {"code": 403, "message": "Spent.", "errors": [{"reason": "quotaExceeded"}]}
    body = json.dumps({"error": error}).encode()
    platform.faults[SEARCH] = Answer(
        status=403, headers={"content-type": "application/json"}, body=body
    )
    with pytest.raises(HttpError) as caught:
        _executed(_search(client))
    assert caught.value.resp.status == 403
    assert caught.value.error_details == [{"reason": "quotaExceeded"}]


def test_known_videos_are_counted_anew_as_the_official_client_would(platforms, recording):
    from googleapiclient.discovery import build
    from googleapiclient.http import build_http

    plugin = get_plugin(viral_forge_resources.scanners, NAME)
    scanned = RecordedGround(plugin, recording, platforms).scan().whole()
    service = build("youtube", "v3", http=build_http(), static_discovery=True)
    call = service.videos().batchGetStats(part=["statistics"], id=["knownshort1", "gonevideo01"])
    service.close()
    answered = recording.exchanges[STATISTICS]["answer"]
    assert parse_qs(urlsplit(call.uri).query) == {
        "part": ["statistics"],
        "id": recording.exchanges[STATISTICS]["query"]["id"],
        "alt": ["json"],
    }
    counted = {each.platform_video_id: each.views for each in scanned}
    assert counted["knownshort1"] == int(answered["items"][0]["statistics"]["viewCount"])
    assert "gonevideo01" not in counted


def test_the_official_client_reads_statistics_in_batches(client, platforms):
    exchange = {
        "path": "/youtube/v3/videos:batchGetStats",
        "query": {"id": ["dQw4w9WgXcQ", "threemin001"]},
        "answer": STATS,
    }
    platforms.mount(Recording(NAME, {"exchanges": [exchange]}))
    parts = ["snippet", "statistics", "contentDetails"]
    call = client.videos().batchGetStats(part=parts, id=["dQw4w9WgXcQ", "threemin001"])
    assert _executed(call) == STATS
