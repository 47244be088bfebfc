"""What DuckDuckGo, Dailymotion, Vimeo and PeerTube do beside the contract of all scanners."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import viral_forge_resources.scanners
from tests.grounds.scanners._recorded import RecordedGround, Scanned
from tests.platforms.recorded import RecordedPlatforms
from tests.platforms.recording import Recording, load
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotSupported,
    Permanent,
    Unreachable,
)
from viral_forge_resources.contracts.scanning import StandInScanner
from viral_forge_resources.plugins import get_plugin, open_plugin

UUID = "9c9de5e8-0a1e-484a-b099-e80766180a6d"
GONE = "1c9de5e8-0a1e-484a-b099-e80766180a6e"


@pytest.fixture(scope="module")
def platforms():
    with RecordedPlatforms() as running:
        yield running


def _document(name: str) -> dict[str, Any]:
    return copy.deepcopy(dict(load(name).document))


def _scan(platforms: RecordedPlatforms, name: str, document: dict[str, Any], **how: Any) -> Scanned:
    plugin = get_plugin(viral_forge_resources.scanners, name)
    return RecordedGround(plugin, Recording(name, document), platforms).scan(**how)


@pytest.mark.parametrize("name", ["duckduckgo", "dailymotion", "vimeo", "peertube"])
def test_a_niche_without_queries_is_told_that_there_is_nothing_to_ask(platforms, name):
    document = _document(name)
    document["request"]["queries"] = []
    assert isinstance(_scan(platforms, name, document).error, NotSupported)


@pytest.mark.parametrize("name", ["dailymotion", "vimeo", "peertube"])
def test_a_query_that_fails_takes_nothing_from_the_next_one(platforms, name):
    document = _document(name)
    document["request"]["queries"] = ["unknown", "cats"]
    for exchange in document["exchanges"]:
        exchange["is_free"] = True
    path = document["exchanges"][-1 if name == "vimeo" else 0]["path"]
    key = "query" if name == "vimeo" else "search"
    document["exchanges"].append({"path": path, "query": {key: "unknown"}, "status": 500})
    scanned = _scan(platforms, name, document)
    assert [video.platform_video_id for video in scanned.videos] == [
        video["platform_video_id"] for video in document["videos"]
    ]
    assert isinstance(scanned.error, Unreachable)


@pytest.mark.parametrize("name", ["duckduckgo", "dailymotion", "vimeo", "peertube"])
def test_a_video_that_two_queries_find_is_seen_once(platforms, name):
    document = _document(name)
    document["request"]["queries"] = ["cats", "cats"]
    assert len(_scan(platforms, name, document).whole()) == len(document["videos"])


def test_duckduckgo_stands_in_for_both_scanners_of_youtube():
    scanner = open_plugin(viral_forge_resources.scanners, "duckduckgo")
    assert isinstance(scanner, StandInScanner)
    assert scanner.stands_in_for == ("youtube_shorts", "youtube_long")


def test_duckduckgo_states_the_licence_that_it_filtered_by(platforms):
    document = _document("duckduckgo")
    document["request"]["reusable_only"] = True
    document["jobs"][0]["arguments"] = {"query": "cats", "licence": "creativeCommon"}
    on_youtube, elsewhere = _scan(platforms, "duckduckgo", document).whole()
    assert on_youtube.licence_spdx == "LicenseRef-CC-BY"
    assert (elsewhere.licence, elsewhere.licence_spdx) == ("creativeCommon", None)
    assert "DuckDuckGo's filter" in (on_youtube.licence_evidence or "")


@pytest.mark.parametrize(
    ("days", "limit"), [(0.5, "d"), (6.9, "w"), (29.9, "m"), (30.1, "y"), (366, None)]
)
def test_duckduckgo_is_asked_for_no_less_than_the_age_that_counts(platforms, days, limit):
    document = _document("duckduckgo")
    document["jobs"][0]["arguments"] = {"timelimit": limit}
    scanned = _scan(
        platforms, "duckduckgo", document, since=datetime.now(UTC) - timedelta(days=days)
    )
    assert scanned.unmatched == []


def test_what_dailymotion_refuses_is_told_in_its_words(platforms):
    document = _document("dailymotion")
    error = {"code": 400, "message": "Invalid parameter: sort", "type": "invalid_parameter"}
    document["exchanges"][0] |= {"status": 400, "answer": {"error": error}}
    raised = _scan(platforms, "dailymotion", document).error
    assert type(raised) is Permanent
    assert "Invalid parameter: sort" in str(raised)
    assert "VIRAL_FORGE_SCANNER_DAILYMOTION_ORDER" in str(raised)


def test_a_token_of_vimeo_needs_no_login(platforms):
    document = _document("vimeo")
    document["settings"] = {"api_url": "{server}", "access_token": "token-1"}
    scanned = _scan(platforms, "vimeo", document)
    assert len(scanned.whole()) == 3
    assert scanned.asked == [1]


def test_an_app_that_vimeo_does_not_know_is_a_wrong_setting(platforms):
    document = _document("vimeo")
    document["exchanges"][0] |= {"status": 401, "answer": {"error": "No such app."}}
    raised = _scan(platforms, "vimeo", document).error
    assert isinstance(raised, Misconfigured | Permanent)
    assert "secret-1" not in str(raised)


def test_vimeo_and_peertube_filter_where_only_open_licences_are_wanted(platforms):
    for name, wanted in (("vimeo", {"filter": "CC"}), ("peertube", {"licenceOneOf": [1, 2, 7]})):
        document = _document(name)
        document["request"]["reusable_only"] = True
        asked = document["exchanges"][1 if name == "vimeo" else 0]
        asked["query"] |= wanted
        assert len(_scan(platforms, name, document).whole()) == len(document["videos"])


@pytest.mark.parametrize(
    ("code", "spdx_id"),
    [
        ("by", "LicenseRef-CC-BY"),
        ("by-sa", "LicenseRef-CC-BY-SA"),
        ("by-nd", "LicenseRef-CC-BY-ND"),
        ("by-nc-nd", "LicenseRef-CC-BY-NC-ND"),
        ("cc0", "CC0-1.0"),
        ("something-else", None),
        ("", None),
        (5, None),
    ],
)
def test_codes_of_vimeo_are_read_as_creative_commons(platforms, code, spdx_id):
    document = _document("vimeo")
    document["exchanges"][1]["answer"]["data"][0]["license"] = code
    assert _scan(platforms, "vimeo", document).whole()[0].licence_spdx == spdx_id


@pytest.mark.parametrize(
    ("licence", "spdx_id"),
    [
        ({"id": 1, "label": "Attribution"}, "LicenseRef-CC-BY"),
        ({"id": 3, "label": "Attribution - No Derivatives"}, "LicenseRef-CC-BY-ND"),
        ({"id": 4, "label": "Attribution - Non Commercial"}, "LicenseRef-CC-BY-NC"),
        ({"id": 7, "label": "Public Domain Dedication"}, "CC-PDM-1.0"),
        ({"id": 1, "label": "All rights reserved"}, None),
        ({"id": None, "label": "Attribution"}, None),
        ({"id": 1}, None),
        ("Attribution", None),
    ],
)
def test_a_licence_of_peertube_is_what_its_label_says(platforms, licence, spdx_id):
    document = _document("peertube")
    document["exchanges"][0]["answer"]["data"][0]["licence"] = licence
    assert _scan(platforms, "peertube", document).whole()[0].licence_spdx == spdx_id


def _with_another_instance(document: dict[str, Any]) -> dict[str, Any]:
    data = document["exchanges"][0]["answer"]["data"]
    data[1] |= {"licence": data[0]["licence"], "url": f"{{server}}/elsewhere/w/{GONE}"}
    return document


def test_an_instance_that_is_down_costs_its_own_videos_alone(platforms):
    scanned = _scan(platforms, "peertube", _with_another_instance(_document("peertube")))
    assert scanned.error is None
    assert [video.platform_video_id for video in scanned.videos] == [UUID]
    assert [each.reason for each in scanned.unusable] == [
        "is on an instance that does not tell its file"
    ]


def test_no_more_files_are_looked_up_than_set(platforms):
    document = _with_another_instance(_document("peertube"))
    document["settings"]["most_files"] = 0
    scanned = _scan(platforms, "peertube", document)
    assert scanned.asked == [0]
    assert all(video.locator == video.page_url for video in scanned.whole())


def test_a_video_is_never_fetched_from_an_instance_in_a_private_network(platforms):
    document = _document("peertube")
    hidden = f"{platforms.private_url}/w/{UUID}"
    document["exchanges"][0]["answer"]["data"][0]["url"] = hidden
    scanned = _scan(platforms, "peertube", document)
    assert UUID not in [video.platform_video_id for video in scanned.videos]
    assert "private or reserved address" in str(scanned.error)
    assert platforms.private == []


@pytest.mark.parametrize(
    "files",
    [
        [],
        None,
        {"0": "odd"},
        [None, 5, {"resolution": {"id": 1080}}],
        [{"resolution": {"id": 2160}, "fileDownloadUrl": "https://tube.example/4k.mp4"}],
        [{"resolution": {"id": 0}, "fileDownloadUrl": "https://tube.example/sound.mp4"}],
        [
            {
                "resolution": {"id": 720},
                "size": 1_000_000_001,
                "fileDownloadUrl": "https://tube.example/huge.mp4",
            }
        ],
        [{"resolution": {"id": 720}, "fileDownloadUrl": "magnet:?xt=urn:btih:1"}],
    ],
)
def test_a_video_without_a_sensible_file_is_fetched_from_its_page(platforms, files):
    document = _document("peertube")
    document["exchanges"][1]["answer"] = {"uuid": UUID, "files": files}
    video = _scan(platforms, "peertube", document).whole()[0]
    assert video.locator == video.page_url
