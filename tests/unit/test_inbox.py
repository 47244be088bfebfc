"""The inbox: what is taken from a folder, what waits, and what is refused by name."""

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.scanner import NO_TOOLS
from viral_forge_resources.contracts.errors import BadInput, Misconfigured
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest
from viral_forge_resources.scanners.inbox import InboxScanner, Settings, open_plugin

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "inbox" / "cooking"
    folder.mkdir(parents=True)
    return folder


def _put(
    folder: Path, name: str, content: bytes | str = b"video", *, changed_at: datetime = LONG_AGO
) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (changed_at.timestamp(), changed_at.timestamp()))
    return path


def _scan(
    folder: Path, *, niche: str = "cooking", settle: timedelta = timedelta(seconds=2)
) -> tuple[list[ScannedVideo], BadInput | None]:
    """What was found, and the problem that was raised after it."""
    now = datetime.now(UTC)
    found: list[ScannedVideo] = []
    scan = InboxScanner(folder.parent, settle=settle).scan(
        ScanRequest(niche=niche, queries=("pasta",), since=now, limit=100), NO_TOOLS
    )

    async def take() -> None:
        async for video in scan:
            found.append(video)  # noqa: PERF401  what came before the problem is kept

    try:
        asyncio.run(take())
    except BadInput as problem:
        return found, problem
    return found, None


def _found(folder: Path, *, settle: timedelta = timedelta(seconds=2)) -> list[ScannedVideo]:
    found, problem = _scan(folder, settle=settle)
    assert problem is None
    return found


def test_a_niche_without_a_folder_gets_one_and_has_no_videos(tmp_path):
    assert _found(tmp_path / "nowhere" / "cooking") == []
    assert (tmp_path / "nowhere" / "cooking").is_dir()


def test_opening_the_plugin_touches_nothing(tmp_path):
    scanner = open_plugin(Settings(path=tmp_path / "inbox"))
    assert scanner.platform == "inbox"
    assert list(tmp_path.iterdir()) == []


def test_an_inbox_that_is_no_folder_is_a_wrong_setting(tmp_path):
    _put(tmp_path, "inbox")
    with pytest.raises(Misconfigured, match="VIRAL_FORGE_SCANNER_INBOX_PATH"):
        _scan(tmp_path / "inbox" / "cooking")


@pytest.mark.parametrize("niche", ["../cooking", "a/b", "", ".", "Cooking"])
def test_a_niche_cannot_lead_out_of_the_inbox(folder, niche):
    _, problem = _scan(folder, niche=niche)
    assert problem is not None
    assert problem.name == niche


def test_an_old_file_is_found_whatever_the_scan_asks_for(folder):
    path = _put(folder, "Pasta Night.MP4")
    [video] = _found(folder)
    assert (video.title, video.locator) == ("Pasta Night", str(path))
    assert video.platform_video_id.startswith("pasta-night-")
    assert video.is_hand_picked
    assert video.views is None
    assert video.licence is None


def test_videos_come_sorted_by_name(folder):
    for name in ("c.mp4", "a.webm", "b.mkv"):
        _put(folder, name, name)
    assert [video.title for video in _found(folder)] == ["a", "b", "c"]


@pytest.mark.parametrize("suffix", ["mp3", "FLAC", "wav", "m4a", "ogg", "opus", "aac", "aiff"])
def test_sound_files_are_taken_so_that_a_person_is_told_what_is_wrong_with_them(folder, suffix):
    path = _put(folder, f"song.{suffix}")
    assert [video.locator for video in _found(folder)] == [str(path)]


def test_subtitles_named_after_a_sound_file_are_not_those_of_the_video_beside_it(folder):
    for name in ("clip.mp4", "clip.wav", "clip.wav.srt"):
        _put(folder, name, name)
    beside = {Path(video.locator).name: video.subtitles for video in _found(folder)}
    assert beside == {"clip.mp4": None, "clip.wav": str(folder / "clip.wav.srt")}


@pytest.mark.parametrize(
    "name",
    [".hidden.mp4", "clip.mp4.part", "clip.mp4.crdownload", "clip.tmp", "notes.txt", "clip.json"],
)
def test_hidden_unfinished_and_other_files_are_no_videos(folder, name):
    _put(folder, name, "{}")
    assert _found(folder) == []


def test_folders_sockets_and_dangling_links_are_no_videos(folder):
    (folder / "folder.mp4").mkdir()
    os.mkfifo(folder / "pipe.mp4")
    (folder / "gone.mp4").symlink_to(folder / "nothing")
    assert _found(folder) == []


def test_a_link_to_a_video_elsewhere_is_followed(folder, tmp_path):
    (folder / "linked.mp4").symlink_to(_put(tmp_path, "elsewhere.mp4"))
    assert [video.locator for video in _found(folder)] == [str(folder / "linked.mp4")]


def test_a_file_that_just_changed_waits_for_the_next_scan(folder):
    _put(folder, "clip.mp4", changed_at=datetime.now(UTC))
    assert _found(folder, settle=timedelta(hours=1)) == []
    assert len(_found(folder, settle=timedelta(0))) == 1


def test_a_video_waits_for_its_half_written_sidecar(folder):
    _put(folder, "clip.mp4")
    _put(folder, "clip.json", '{"tit', changed_at=datetime.now(UTC))
    assert _found(folder, settle=timedelta(hours=1)) == []


def test_a_file_from_the_future_does_not_wait_for_it(folder):
    _put(folder, "clip.mp4", changed_at=datetime.now(UTC) + timedelta(days=365))
    assert len(_found(folder)) == 1


def test_the_same_content_keeps_its_id_and_other_content_gets_another(folder):
    _put(folder, "clip.mp4", b"a" * 200_000)
    [before] = _found(folder)
    _put(folder, "clip.mp4", b"a" * 200_000, changed_at=LONG_AGO + timedelta(days=9))
    [same] = _found(folder)
    _put(folder, "clip.mp4", b"a" * 199_999 + b"b")
    [other] = _found(folder)
    assert before.platform_video_id == same.platform_video_id != other.platform_video_id


def test_a_file_smaller_than_a_sample_has_an_id(folder):
    _put(folder, "empty.mp4", b"")
    [video] = _found(folder)
    assert video.platform_video_id.startswith("empty-")


def test_the_same_video_under_two_endings_is_seen_once(folder):
    _put(folder, "clip.mp4")
    _put(folder, "clip.mov")
    assert len(_found(folder)) == 1


@pytest.mark.parametrize(
    "name",
    [
        'it\'s "quoted" $(rm).mp4',
        "two\nlines.mp4",
        "100%d.mp4",
        "a:b:c.mp4",
        "-rf.mp4",
        "\u202egpj.mp4",
        "שלום.mp4",
        "x" * 251 + ".mp4",
        "\u202e.mp4",
    ],
)
def test_a_hostile_name_gives_a_locator_that_opens_and_a_title_that_prints(folder, name):
    _put(folder, name, b"content")
    [video] = _found(folder)
    with open(video.locator, "rb") as file:  # noqa: PTH123  the locator is a string
        assert file.read() == b"content"
    assert video.title.isprintable()


def test_a_name_that_is_no_text_is_refused_and_hides_no_other(folder):
    _put(folder, os.fsdecode(b"caf\xe9.mp4"))
    _put(folder, "good.mp4", b"other")
    found, problem = _scan(folder)
    assert [video.title for video in found] == ["good"]
    assert "Rename the file" in str(problem)
    assert str(problem).encode()


def test_a_sidecar_tells_whose_video_it_is(folder):
    _put(folder, "clip.mp4")
    facts = {
        "title": "Pasta\u202e in ten\nminutes",
        "author": "Ada",
        "licence": "CC BY 4.0",
        "source_url": "https://videos.example/1",
        "published_at": "2024-05-01T10:00:00+02:00",
    }
    _put(folder, "clip.json", b"\xef\xbb\xbf" + json.dumps(facts).encode())
    [video] = _found(folder)
    assert video.title == "Pasta in ten minutes"
    assert (video.author, video.licence) == ("Ada", "CC BY 4.0")
    assert video.licence_evidence == "sidecar clip.json"
    assert video.page_url == "https://videos.example/1"
    assert video.published_at == datetime(2024, 5, 1, 8, tzinfo=UTC)


def test_a_sidecar_with_the_whole_name_goes_before_the_one_with_the_stem(folder):
    _put(folder, "clip.mp4")
    _put(folder, "clip.json", '{"title": "stem"}')
    _put(folder, "clip.mp4.json", '{"title": "whole name"}')
    assert [video.title for video in _found(folder)] == ["whole name"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"licens": "CC0"}', "unknown key 'licens'. Known keys: title, author, licence"),
        ('{"title": 5}', "'title': Input should be a valid string"),
        ('{"published_at": "2024-05-01T10:00:00"}', "'published_at': Input should have timezone"),
        ('{"source_url": "javascript:alert(1)"}', "is no web address"),
        ("{", "Invalid JSON"),
        ("[]", "is no usable sidecar"),
        (b"\xff\xfe{\x00", "no UTF-8 text"),
        (b" " * 1_100_000, "longer than 1 MiB"),
    ],
)
def test_a_bad_sidecar_is_named_and_hides_no_other_video(folder, content, said):
    _put(folder, "clip.mp4")
    _put(folder, "clip.json", content)
    _put(folder, "other.mp4", b"other")
    found, problem = _scan(folder)
    assert [video.title for video in found] == ["other"]
    assert "clip.json" in str(problem)
    assert said in str(problem)


def test_several_problems_are_told_at_once(folder):
    for number in range(7):
        _put(folder, f"clip{number}.mp4", str(number))
        _put(folder, f"clip{number}.json", "{")
    found, problem = _scan(folder)
    assert found == []
    assert "7 things" in str(problem)
    assert "clip0.json" in str(problem)
    assert "and 2 more" in str(problem)


@pytest.mark.parametrize(
    ("names", "sidecar", "chosen"),
    [
        (["clip.srt"], {}, "clip.srt"),
        (["clip.SRT", "clip.vtt"], {}, "clip.vtt"),
        (["clip.mp4.srt"], {}, "clip.mp4.srt"),
        (["clip.de.vtt", "clip.en.srt"], {"language": "en"}, "clip.en.srt"),
        (["clip.de.srt", "clip.srt"], {}, "clip.srt"),
        (["clip.pt-br.srt"], {}, "clip.pt-br.srt"),
        (["clip.mov.srt", "clipped.srt"], {}, None),
    ],
)
def test_subtitles_beside_a_video_belong_to_it(folder, names, sidecar, chosen):
    for name in ["clip.mp4", *names]:
        _put(folder, name)
    _put(folder, "clip.json", json.dumps(sidecar))
    [video] = _found(folder)
    assert video.subtitles == (chosen and str(folder / chosen))


def test_a_list_gives_one_video_an_address(folder):
    lines = "# mine\n\nhttps://a.example/v/1.mp4\n  http://b.example/watch?v=x#t\n"
    _put(folder, "watch.url", lines)
    _put(folder, "watch.json", '{"title": "never both", "licence": "own", "author": "Ada"}')
    first, second = _found(folder)
    assert first.locator == first.page_url == "https://a.example/v/1.mp4"
    assert first.platform_video_id.startswith("a-example-v-1-mp4-")
    assert (second.locator, second.title) == ("http://b.example/watch?v=x#t", "b.example/watch")
    assert {first.licence, second.licence} == {"own"}
    assert first.subtitles is None


def test_a_browsers_shortcut_is_a_list_of_one(folder):
    _put(folder, "s.url", "[InternetShortcut]\r\nURL=https://a.example/1\r\nIconIndex=0\r\n")
    _put(folder, "s.json", '{"title": "Mine"}')
    assert [(v.locator, v.title) for v in _found(folder)] == [("https://a.example/1", "Mine")]


def test_two_queries_of_one_address_are_two_videos(folder):
    _put(folder, "s.url", "https://a.example/w?v=1\nhttps://a.example/w?v=2\n")
    assert len({video.platform_video_id for video in _found(folder)}) == 2


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/v/1.mp4?sig=s#t=2", "https://a.example/v/1.mp4"),
        ("https://a.example/watch?v=1", "https://a.example/watch?v=1"),
    ],
)
def test_an_attribution_gets_the_page_but_never_what_may_open_a_file(folder, address, shown):
    _put(folder, "one.url", address)
    [video] = _found(folder)
    assert (video.locator, video.page_url) == (address, shown)


@pytest.mark.parametrize(
    "line",
    [
        "file:///etc/passwd",
        "https://",
        "https://[::1",
        "not an address",
        "https://a.example/\u202eb",
        "https://me:secret@a.example/1",
        "https://a.example/" + "x" * 2048,
    ],
)
def test_a_bad_line_is_named_by_number_and_hides_no_other(folder, line):
    _put(folder, "watch.url", f"{line}\nhttps://a.example/1\n")
    _put(folder, "good.mp4")
    found, problem = _scan(folder)
    assert [video.locator for video in found] == [str(folder / "good.mp4"), "https://a.example/1"]
    assert "'watch.url, line 1'" in str(problem)
    assert "secret" not in str(problem)


def test_new_changed_and_gone_files_make_another_content(folder):
    scanner, contents = InboxScanner(folder.parent), []
    contents.append(scanner.content("cooking"))
    _put(folder, "pasta.mp4")
    contents.append(scanner.content("cooking"))
    _put(folder, "pasta.mp4", "another video")
    contents.append(scanner.content("cooking"))
    _put(folder, "pasta.srt", "words")
    contents.append(scanner.content("cooking"))
    (folder / "pasta.srt").unlink()
    assert contents[0] is None
    assert len(set(contents)) == 4
    assert scanner.content("cooking") == contents[2]


def test_an_inbox_that_is_being_filled_has_no_content_yet(folder):
    _put(folder, "pasta.mp4")
    _put(folder, "soup.mp4", changed_at=datetime.now(UTC))
    assert InboxScanner(folder.parent, settle=timedelta(hours=1)).content("cooking") is None
    assert InboxScanner(folder.parent, settle=timedelta(0)).content("cooking") is not None
