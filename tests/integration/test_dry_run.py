"""In a dry run nothing reaches a platform, and what would have stands where people can read it."""

import json
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.platforms.publishing import emulated_tools
from tests.platforms.youtube_uploads import YoutubeUploads
from tests.publishing_desk import DeskMaker, PublishingDesk
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.publishers import folder, recording, youtube
from viral_forge_resources.publishers._rehearsal import Rehearsal, rehearsed
from viral_forge_resources.settings import Settings


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Generator[PublishingDesk]:
    platform = YoutubeUploads()
    with emulated_tools(platform) as tools:
        recorder = recording.RecordingPublisher(tmp_path / "recorded", tools)
        real = youtube.open_plugin(youtube.Settings(), tools)
        maker = DeskMaker(sqlite_template, tmp_path / "desk", "youtube")
        yield maker.desk(platform, rehearsed(real, recorder))


def test_dry_runs_are_the_default():
    assert Settings().dry_run is True


def test_nothing_is_sent_and_the_post_waits_with_the_reason(desk, tmp_path):
    row = desk.work()
    (file,) = (tmp_path / "recorded" / "youtube" / "main").iterdir()
    assert (row.state, desk.platform.calls) == (PublicationState.APPROVED, [])
    assert row.due_at == desk.platform.now + timedelta(hours=1)
    assert "VIRAL_FORGE_DRY_RUN=false" in str(row.reason)
    said = json.loads(file.read_bytes())
    assert (said["platform"], said["text"]["title"]) == ("youtube", "Pasta in five minutes")
    assert said["content_sha256"] == row.content_sha256


def test_what_was_rehearsed_is_posted_once_dry_runs_are_off(desk):
    desk.work()
    assert isinstance(desk.publisher, Rehearsal)
    desk.publisher = desk.publisher.real
    row = desk.settle()
    assert row.state is PublicationState.PUBLISHED
    assert len(desk.platform.posts()) == 1


def test_what_reaches_nobody_is_no_rehearsal(tmp_path):
    with emulated_tools() as tools:
        recorder = recording.RecordingPublisher(tmp_path, tools)
        local = folder.FolderPublisher(path=tmp_path, reports=tmp_path)
        assert rehearsed(local, recorder) is local
        assert rehearsed(recorder, recorder) is recorder
