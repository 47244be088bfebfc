"""What lies in the music folder, whose it is, and what is refused."""

import json
import os
from pathlib import Path

import pytest

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.media.music_folder import MusicFolder
from viral_forge_resources.media.own_music import make_track

_ABOUT = {
    "title": "Slow song",
    "author": "Bob",
    "licence": "CC BY 4.0",
    "source_url": "https://music.example/slow",
    "mood": ["Calm", "warm "],
    "bpm": 92,
}


def _put(folder: Path, name: str, about: object = None, content: bytes = b"music") -> Path:
    path = folder / name
    path.write_bytes(content)
    if about is not None:
        path.with_suffix(".json").write_text(json.dumps(about))
    return path


def test_a_track_is_what_its_sidecar_says(tmp_path):
    path = _put(tmp_path, "slow.mp3", _ABOUT)
    (track,) = MusicFolder(tmp_path).shelf().tracks
    assert (track.path, track.moods, track.bpm) == (path, ("calm", "warm"), 92.0)
    assert (track.work.title, track.work.author) == ("Slow song", "Bob")
    assert track.work.page_url == "https://music.example/slow"
    assert track.work.platform_video_id == f"slow-{track.sha256[:16]}"
    assert track.stated is not None
    assert (track.stated.licence, track.stated.holder) == ("CC-BY-4.0", "Bob")
    assert track.stated.evidence == "sidecar slow.json in the music folder"


def test_a_track_without_a_sidecar_states_no_right(tmp_path):
    _put(tmp_path, "slow.mp3")
    (track,) = MusicFolder(tmp_path).shelf().tracks
    assert (track.stated, track.work.title, track.work.author) == (None, "slow", None)


def test_the_same_statement_is_the_same_right_and_another_licence_another(tmp_path):
    _put(tmp_path, "slow.mp3", _ABOUT)
    library = MusicFolder(tmp_path)
    first, again = (library.shelf().tracks[0].stated for _ in range(2))
    _put(tmp_path, "slow.mp3", _ABOUT | {"licence": "CC0-1.0"})
    other = library.shelf().tracks[0].stated
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.rights_id == again.rights_id != other.rights_id


def test_changed_content_under_an_old_name_is_another_track(tmp_path):
    path = _put(tmp_path, "slow.mp3", _ABOUT)
    library = MusicFolder(tmp_path)
    first = library.shelf().tracks[0]
    path.write_bytes(b"other")
    os.utime(path, ns=(1, 1))
    assert library.shelf().tracks[0].work != first.work


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"title": 3}, "title"),
        ({"tempo": 90}, "unknown key 'tempo'"),
        ({"bpm": 0}, "bpm"),
        ({"source_url": "file:///etc/passwd"}, "no web address"),
    ],
)
def test_a_sidecar_that_cannot_be_used_is_said_and_the_others_stay(about, said, tmp_path):
    _put(tmp_path, "bad.mp3", about)
    _put(tmp_path, "good.mp3", _ABOUT)
    shelf = MusicFolder(tmp_path).shelf()
    assert [track.path.name for track in shelf.tracks] == ["good.mp3"]
    (problem,) = shelf.problems
    assert said in str(problem)


def test_what_is_no_sound_file_is_left_alone(tmp_path):
    (tmp_path / "folder.mp3").mkdir()
    _put(tmp_path, ".hidden.mp3")
    _put(tmp_path, "cover.jpg")
    assert MusicFolder(tmp_path).shelf().tracks == ()


def test_a_folder_that_is_not_there_is_made(tmp_path):
    assert MusicFolder(tmp_path / "home" / "music").shelf().tracks == ()
    assert (tmp_path / "home" / "music").is_dir()


def test_a_folder_that_cannot_be_read_names_the_setting(tmp_path):
    (tmp_path / "music").write_text("a file")
    with pytest.raises(Misconfigured, match="VIRAL_FORGE_MUSIC_FOLDER"):
        MusicFolder(tmp_path / "music").shelf()


def test_music_of_our_own_may_be_used_by_anyone_and_knows_its_beat(tmp_path):
    path = make_track(tmp_path, seed=4)
    (track,) = MusicFolder(tmp_path).shelf().tracks
    assert (track.path, track.moods, track.bpm) == (path, ("calm",), 80.0)
    assert track.stated is not None
    assert track.stated.licence == "LicenseRef-Own"
