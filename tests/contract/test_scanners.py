"""What every scanner keeps to, plugins and the fake alike."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import viral_forge_resources.scanners
from tests.fakes.scanner import FakeScanner
from viral_forge_resources.contracts.keys import CandidateKey, parse_candidate_key
from viral_forge_resources.contracts.scanning import ScannedVideo, Scanner, ScanRequest
from viral_forge_resources.plugins import get_plugin, plugin_names

NICHE = "cooking"
HOSTILE = (
    "plain",
    'it\'s "quoted"',
    "two\nlines\tand\x1b[31mred",
    "100%d %s: done",
    "-dash",
    "\u202egnp.exe",
    "パスタ",
)
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def _fake(folder: Path, titles: tuple[str, ...]) -> Scanner:
    del folder
    return FakeScanner(
        [
            ScannedVideo(
                platform="fake",
                platform_video_id=f"v{number}",
                locator=f"https://videos.example/{number}.mp4",
                title=" ".join("".join(c if c.isprintable() else " " for c in title).split()),
                seen_at=YESTERDAY,
            )
            for number, title in enumerate(titles)
        ]
    )


def _inbox(folder: Path, titles: tuple[str, ...]) -> Scanner:
    (folder / NICHE).mkdir(exist_ok=True)
    for title in titles:
        video = folder / NICHE / f"{title}.mp4"
        video.write_bytes(title.encode())
        os.utime(video, (YESTERDAY.timestamp(), YESTERDAY.timestamp()))
    plugin = get_plugin(viral_forge_resources.scanners, "inbox")
    scanner: Scanner = plugin.open_plugin(plugin.Settings(path=folder))
    return scanner


_WITH_VIDEOS: dict[str, Callable[[Path, tuple[str, ...]], Scanner]] = {
    "fake": _fake,
    "inbox": _inbox,
}
_ALL = ("fake", *plugin_names(viral_forge_resources.scanners))


def _request(*, limit: int = 100) -> ScanRequest:
    return ScanRequest(niche=NICHE, queries=(), since=YESTERDAY - timedelta(days=29), limit=limit)


@pytest.fixture(params=_ALL)
def name(request):
    return request.param


@pytest.fixture
def scanner(name, tmp_path):
    return _WITH_VIDEOS[name](tmp_path, HOSTILE)


def test_every_plugin_is_held_to_the_contract():
    assert set(_ALL) == set(_WITH_VIDEOS)


def test_a_scanner_is_called_like_its_file(scanner, name):
    assert scanner.platform == name
    assert {video.platform for video in scanner.scan(_request())} == {name}


def test_every_video_is_seen_once(scanner):
    found = [video.platform_video_id for video in scanner.scan(_request())]
    assert len(found) == len(set(found)) == len(HOSTILE)


def test_every_id_makes_a_partition_key(scanner):
    for video in scanner.scan(_request()):
        key = CandidateKey(
            niche=NICHE, platform=video.platform, platform_video_id=video.platform_video_id
        )
        assert parse_candidate_key(str(key)) == key


def test_ids_are_the_same_in_the_next_scan(scanner):
    first = {video.locator: video.platform_video_id for video in scanner.scan(_request())}
    second = {video.locator: video.platform_video_id for video in scanner.scan(_request())}
    assert first == second


def test_the_moment_of_a_sighting_is_now_in_utc(scanner):
    before = datetime.now(UTC)
    moments = [video.seen_at for video in scanner.scan(_request())]
    assert all(moment.utcoffset() == timedelta(0) for moment in moments)
    assert all(before <= moment <= datetime.now(UTC) for moment in moments)


def test_titles_are_printable_text_on_one_line(scanner):
    for video in scanner.scan(_request()):
        assert video.title.strip()
        assert video.title.isprintable()
        assert video.title.encode()


def test_a_locator_is_an_absolute_path_or_a_web_address(scanner):
    for video in scanner.scan(_request()):
        assert video.locator.startswith(("/", "https://", "http://"))


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_the_limit_is_honoured(scanner, limit):
    assert len(list(scanner.scan(_request(limit=limit)))) == limit


def test_a_quiet_platform_answers_none(name, tmp_path):
    assert list(_WITH_VIDEOS[name](tmp_path, ()).scan(_request())) == []
