"""A run that is killed at any moment leaves nothing half done, and the next one just goes on."""

import hashlib
import json
import signal
from multiprocessing.process import BaseProcess
from pathlib import Path

import av
import psutil
import pytest

from tests.clips import QUICK, lavfi, make
from tests.killable import start, wait_for_ffmpeg
from tests.studio import SRT
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.state import artefacts as artefacts_state
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state.engine import open_engine

_LONGEST_RUN_S = 120
_MOMENTS = (
    "scan_job",
    "candidate_job",
    "stored source/video.mp4",
    "stored source/probe.json",
    "stored transform/scene_map.json",
    "stored captions/clip-1.srt",
    "stored transform/clip-1.mp4",
    "publish_job",
    "claimed",
    "posted",
)
"""In the order in which they come, so that each run gets further than the one before."""


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second with sound and subtitles."""
    folder = tmp_path_factory.mktemp("video")
    sound = lavfi("sine=frequency=440:sample_rate=48000:duration=1")
    (folder / "pasta.srt").write_text(SRT)
    return make(folder / "pasta.mp4", *lavfi("testsrc2=s=320x180:r=30:d=1"), *sound, *QUICK)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A new home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.mark.slow
def test_a_run_killed_at_ten_moments_is_finished_by_the_next_one(home, video):
    for moment in _MOMENTS:
        status = _end_of(start(home, video, dies_at=moment))
        assert (moment, status) == (moment, -signal.SIGKILL)
        _is_whole(home)
    assert _end_of(start(home, video)) == 0
    _is_whole(home)
    _is_posted_once(home)
    assert list((home / "scratch").iterdir()) == []


def test_ffmpeg_does_not_outlive_the_run_that_started_it(home, video):
    run = start(home, video)
    started = wait_for_ffmpeg(run)
    run.kill()
    run.join()
    _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == []


@pytest.mark.parametrize("moment_s", [0.2, 0.5])
def test_a_home_whose_first_run_was_killed_at_once_needs_no_repair(home, video, moment_s):
    killed = start(home, video)
    killed.join(moment_s)
    killed.kill()
    killed.join()
    next_one = start(home, video, dies_at="candidate_job")
    assert _end_of(next_one) == -signal.SIGKILL  # it got that far


def _end_of(run: BaseProcess) -> int | None:
    """Exit status; None where it hangs, as when a dead run holds what it waits for."""
    run.join(_LONGEST_RUN_S)
    status = run.exitcode
    run.kill()
    run.join()
    return status


def _is_whole(home: Path) -> None:
    """Whatever can be seen is complete and is what is said of it."""
    for document in (home / "storage").rglob("clip-*.json"):
        said = json.loads(document.read_bytes())["value"]["video"]
        clip = document.with_suffix(".mp4")
        assert _sha256(clip) == said["sha256"]
        with av.open(str(clip)) as container:
            assert sum(1 for _ in container.decode(video=0)) == 30
    for picture in (home / "storage").rglob("*.jpg"):
        assert picture.read_bytes().endswith(b"\xff\xd9")
    for post in _posts(home):
        said = json.loads((post / "post.json").read_bytes())
        assert {file.name for file in post.iterdir()} == {*said["files"], "post.json"}
        assert _sha256(post / "clip.mp4") == said["content_sha256"]


def _posts(home: Path) -> list[Path]:
    return list((home / "published").glob("*/[!.]*"))


def _is_posted_once(home: Path) -> None:
    engine = open_engine(f"sqlite:///{home / 'state.db'}")
    with engine.connect() as connection:
        (candidate,) = candidates_state.of_niche(connection, "demo")
        (row,) = publications_state.of_candidate(connection, candidate.candidate_key)
        files = artefacts_state.of_candidate(connection, candidate.candidate_key)
    engine.dispose()
    assert row.state is PublicationState.PUBLISHED
    assert [row.post_url] == [post.as_uri() for post in _posts(home)]
    assert all(_sha256(home / "storage" / file.storage_key) == file.sha256 for file in files)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
