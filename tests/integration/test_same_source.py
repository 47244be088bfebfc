"""The same bytes in two niches are looked at and listened to once; each niche has its own clips."""

import os
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import samples
from tests.studio import NICHE, Studio, open_studio
from viral_forge_assets.watching import watch_niche
from viral_forge_resources.contracts.media import (
    MediaProbe,
    SceneMap,
    Transcript,
    TranscriptOrigin,
    Word,
)
from viral_forge_resources.contracts.media_ports import ProgressCallback
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.media.reader import AvReader
from viral_forge_resources.state import candidates as candidates_state

_OTHER = "baking"


class _CountingReader(AvReader):
    looks = 0

    def analyse(self, path: Path, probe: MediaProbe, *, on_progress: ProgressCallback) -> SceneMap:
        self.looks += 1
        return super().analyse(path, probe, on_progress=on_progress)


class _CountingEar:
    model = "counts"
    listened = 0

    def __init__(self, origin: TranscriptOrigin = TranscriptOrigin.RECOGNISED) -> None:
        self._origin = origin

    def transcribe(
        self, path: Path, probe: MediaProbe, *, used_gpu: Callable[[float], None]
    ) -> Transcript:
        self.listened += 1
        words = (Word(text="Boil", start_s=0.1, end_s=0.9),)
        is_heard = self._origin is TranscriptOrigin.RECOGNISED
        return Transcript(origin=self._origin, words=words if is_heard else ())


@pytest.fixture
def reader() -> _CountingReader:
    return _CountingReader()


@pytest.fixture
def ear() -> _CountingEar:
    return _CountingEar()


@pytest.fixture
def studio(home, sqlite_state, reader, ear) -> Generator[Studio]:
    with open_studio(home, sqlite_state, media=reader, transcriber=ear) as opened:
        yield opened


def _elsewhere(studio: Studio, first_key: str, *, subtitles: str | None = None) -> str:
    """Key of the candidate that the same file is in another niche."""
    with studio.state.begin() as connection:
        watch_niche(connection, Niche(name=_OTHER), now=datetime.now(UTC))
    inbox = studio.inbox.rename(studio.home / "inbox" / _OTHER)
    if subtitles is not None:
        (video,) = inbox.glob("*.mp4")
        video.with_suffix(".srt").write_text(subtitles)
        os.utime(video.with_suffix(".srt"), (0, 0))
    assert studio.run("scan_job", _OTHER).success
    with studio.state.connect() as connection:
        (found,) = candidates_state.of_niche(connection, _OTHER)
    assert found.candidate_key != first_key
    return found.candidate_key


def test_a_source_in_two_niches_is_looked_at_and_heard_once(studio, reader, ear, media_folder):
    first = studio.add(samples.vertical(media_folder))
    assert studio.edit(first).failure == ""
    second = _elsewhere(studio, first)
    ran = studio.edit(second)
    assert ran.failure == ""
    assert (reader.looks, ear.listened) == (1, 1)
    assert ran.metadata("captions", "transcript")["text"] == "Boil"
    for key in (first, second):
        own = studio.home / "storage" / key.replace(":", "/")
        assert (own / "captions" / "transcript.json").is_file()
        assert (own / "transform" / "clip-1.mp4").is_file()
    assert first.startswith(f"{NICHE}:")


def test_other_bytes_are_looked_at_and_heard_themselves(studio, reader, ear, media_folder):
    for source in (samples.vertical(media_folder), samples.no_audio(media_folder)):
        assert studio.edit(studio.add(source)).failure == ""
    assert (reader.looks, ear.listened) == (2, 2)


def test_the_same_bytes_with_subtitles_of_their_own_keep_them(studio, ear, media_folder):
    first = studio.add(samples.vertical(media_folder))
    assert studio.edit(first).failure == ""
    own = "1\n00:00:00,100 --> 00:00:00,900\nStir it.\n"
    ran = studio.edit(_elsewhere(studio, first, subtitles=own))
    assert ran.failure == ""
    assert ran.metadata("captions", "transcript")["text"] == "Stir it."
    assert ear.listened == 1


def test_what_nobody_could_hear_is_listened_to_again(home, sqlite_state, media_folder):
    deaf = _CountingEar(TranscriptOrigin.NO_MODEL)
    with open_studio(home, sqlite_state, transcriber=deaf) as studio:
        key = studio.add(samples.vertical(media_folder))
        assert studio.edit(key).failure == ""
        assert studio.edit(_elsewhere(studio, key)).failure == ""
    assert deaf.listened == 2
