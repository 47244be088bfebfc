"""The demo's sample video, made once and looked at."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from tests.fakes.scanner import NO_TOOLS
from viral_forge_assets.domain.rights import record_from_sidecar, rights_verdict
from viral_forge_resources.contracts.media import Transcript
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest
from viral_forge_resources.media.sample import Sample, make_sample
from viral_forge_resources.media.subtitles import read_subtitles
from viral_forge_resources.scanners.inbox import InboxScanner
from viral_forge_resources.voices.espeak import EspeakVoice

pytestmark = pytest.mark.xdist_group("sample")  # made by one worker, not by each

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_CUT = 25  # of 255, mean over a small picture: what moves inside a scene stays below 5
_MOVING = 0.05


@dataclass(frozen=True)
class Seen:
    """What a decoder makes of the file."""

    shape: tuple[int, int]
    rate: float
    codecs: tuple[str, str]
    changes: npt.NDArray[np.float64]
    sound: npt.NDArray[np.float64]
    sound_rate: int


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return make_sample(tmp_path_factory.mktemp("inbox") / "demo", EspeakVoice())


@pytest.fixture(scope="module")
def seen(sample):
    with av.open(str(sample.video)) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]
        small = [
            frame.reformat(width=128, height=72, format="gray").to_ndarray().astype(float)
            for frame in file.decode(picture)
        ]
        file.seek(0)
        heard = [frame.to_ndarray()[0] for frame in file.decode(sound)]
        return Seen(
            shape=(picture.width, picture.height),
            rate=float(picture.average_rate or 0),
            codecs=(picture.codec_context.name, sound.codec_context.name),
            changes=np.array([abs(b - a).mean() for a, b in pairwise(small)]),
            sound=np.concatenate(heard),
            sound_rate=sound.rate,
        )


def _words(sample: Sample) -> Transcript:
    return read_subtitles(sample.subtitles.read_bytes(), name=sample.subtitles.name)


def test_the_sample_is_a_wide_video_of_some_twenty_seconds(seen):
    assert seen.shape == (1280, 720)
    assert seen.rate == 30
    assert seen.codecs == ("h264", "aac")
    assert 20 <= (len(seen.changes) + 1) / seen.rate <= 25


def test_its_scenes_meet_in_hard_cuts(seen):
    cuts = np.flatnonzero(seen.changes > _CUT)
    assert len(cuts) == 4
    assert np.diff([0, *cuts, len(seen.changes)]).min() > 3 * seen.rate


def test_something_moves_in_every_half_second(seen):
    halves = len(seen.changes) // 15
    assert (seen.changes[: halves * 15].reshape(halves, 15).max(axis=1) > _MOVING).all()


def test_picture_and_sound_are_equally_long(seen):
    assert len(seen.sound) / seen.sound_rate == pytest.approx(
        (len(seen.changes) + 1) / seen.rate, abs=0.1
    )


def test_its_subtitles_time_each_word_by_the_voice(sample):
    transcript = _words(sample)
    assert not transcript.is_timing_estimated
    text = " ".join(word.text for word in transcript.words)
    assert text.startswith("This is viral forge. It starts")
    assert text.endswith("published exactly once.")


def test_speech_stands_well_above_the_music(sample, seen):
    in_words = np.zeros(len(seen.sound), dtype=bool)
    for word in _words(sample).words:
        in_words[int(word.start_s * seen.sound_rate) : int(word.end_s * seen.sound_rate)] = True
    settled = slice(seen.sound_rate, -seen.sound_rate)
    speech, music = (
        float(np.sqrt((seen.sound[settled][where] ** 2).mean()))
        for where in (in_words[settled], ~in_words[settled])
    )
    assert music > 0.003
    assert speech > 4 * music


def test_the_inbox_takes_it_at_once_and_it_may_be_used(sample):
    folder: Path = sample.video.parent
    request = ScanRequest(niche=folder.name, queries=(), since=NOW, limit=10)

    async def scan() -> list[ScannedVideo]:
        return [video async for video in InboxScanner(folder.parent).scan(request, NO_TOOLS)]

    [video] = asyncio.run(scan())
    assert (video.locator, video.subtitles) == (str(sample.video), str(sample.subtitles))
    assert video.title == "How viral_forge works"
    record = record_from_sidecar(video, now=NOW)
    assert record is not None
    verdict = rights_verdict(
        [record], now=NOW, candidate_key="k", title="", author=None, page_url=None
    )
    assert verdict.is_allowed
    assert verdict.attribution is None


def test_nothing_else_is_left_in_the_folder(sample):
    assert set(sample.video.parent.iterdir()) == {sample.video, sample.subtitles, sample.sidecar}
