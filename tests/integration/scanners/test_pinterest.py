"""Pinterest: pictures among the pins, and a search that few apps have."""

import pytest

from viral_forge_resources.contracts.errors import Misconfigured, Permanent
from viral_forge_resources.workers.parts.ytdlp import YtdlpSettings, common_options, opened

PIN = "https://www.pinterest.com/pin/"


def test_without_the_beta_queries_are_not_asked(open_ground):
    scanned = open_ground("pinterest", settings={"has_partner_search": False}, exchanges=[]).scan()
    assert [video.platform_video_id for video in scanned.whole()] == ["100", "664281013778109217"]


def test_the_token_waits_until_the_app_is_in_the_beta(open_ground):
    ground = open_ground(
        "pinterest", settings={"has_partner_search": False, "access_token": None}, exchanges=[]
    )
    assert len(ground.scan().whole()) == 2


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (401, "Authentication failed.", Misconfigured),
        (403, "Your app may not search.", Misconfigured),
        (400, "Invalid country.", Permanent),
    ],
)
def test_a_refusal_comes_in_pinterests_own_words(open_ground, says, status, message, kind):
    refused = open_ground("pinterest").scan(
        faults={0: says(status, {"code": 2, "message": message})}
    )
    assert type(refused.error) is kind
    assert message in str(refused.error)
    names_it = "VIRAL_FORGE_SCANNER_PINTEREST_ACCESS_TOKEN" in str(refused.error)
    assert names_it == (kind is Misconfigured)
    assert len(refused.videos) == 2


def test_yt_dlp_gives_a_kind_of_file_to_videos_alone_and_keeps_the_title_that_was(tmp_path):
    pin = {"extractor": "Pinterest", "extractor_key": "Pinterest", "title": ""}
    picture = {**pin, "id": "1", "webpage_url": f"{PIN}1/", "formats": []}
    file = {"url": "https://v.pinimg.com/a.mp4", "format_id": "V_720P"}
    video = {**pin, "id": "2", "webpage_url": f"{PIN}2/", "formats": [file]}
    board = {
        "_type": "playlist",
        "id": "b",
        "extractor": "PinterestCollection",
        "extractor_key": "PinterestCollection",
        "webpage_url": "https://www.pinterest.com/a/b/",
        "entries": [picture, video],
    }
    options = common_options(YtdlpSettings(_env_file=None), folder=tmp_path, proxy=None) | {
        "skip_download": True,
        "ignore_no_formats_error": True,
        "extract_flat": "in_playlist",
    }
    with opened(options) as lister:
        found = lister.process_ie_result(board, download=False)["entries"]
    assert [each.get("ext") for each in found] == [None, "mp4"]
    assert [each["fulltitle"] for each in found] == ["", ""]
