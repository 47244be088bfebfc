"""What happens when a step is done again: nothing is made, planned or posted twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import builders, samples
from tests.builders import sha256
from tests.studio import SRT
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import ArtefactKind, CandidateStatus
from viral_forge_resources.state import artefacts as artefacts_state
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state


@pytest.fixture
def source(media_folder: Path) -> Path:
    """One second with sound."""
    return samples.vertical(media_folder)


def test_a_second_run_of_everything_makes_and_posts_nothing_anew(studio, source):
    key = studio.add(source, subtitles=SRT)
    studio.edit(key)
    studio.approve(key)
    studio.publish(key)
    before = studio.clip(key), studio.publications(key), studio.posts()
    studio.scan()
    again = studio.edit(key)
    studio.publish(key)
    for asset in (
        ("source", "source_video"),
        ("transform", "scene_map"),
        ("captions", "transcript"),
        ("transform", "rendered_clips"),
    ):
        assert again.metadata(*asset)["reused"] is True
    clip = studio.clip(key)
    assert clip.content_sha256 == before[0].content_sha256
    assert clip.checks == before[0].checks
    assert (studio.publications(key), studio.posts()) == before[1:]


def test_another_recipe_replaces_the_plan_and_needs_a_yes_of_its_own(studio, source):
    key = studio.add(source)
    studio.edit(key)
    studio.approve(key)
    first = studio.clip(key)
    assert studio.edit(key, recipe="fit").success
    second = studio.clip(key)
    assert (second.recipe, second.content_sha256 == first.content_sha256) == ("fit@1", False)
    studio.publish(key)
    states = {row.content_sha256: row.state for row in studio.publications(key)}
    assert states == {
        first.content_sha256: PublicationState.WITHDRAWN,
        second.content_sha256: PublicationState.PLANNED,
    }
    assert studio.posts() == []


def test_a_clip_that_was_posted_is_not_planned_for_its_channel_again(studio, source):
    key = studio.add(source)
    studio.edit(key)
    studio.approve(key)
    studio.publish(key)
    (post,) = studio.posts()
    told = studio.edit(key, recipe="fit").metadata("publication", "publication_plan")
    assert told["rows_new"] == 0
    studio.approve(key)
    studio.publish(key)
    assert studio.publication(key).state is PublicationState.PUBLISHED
    assert studio.posts() == [post]


def test_a_clip_that_was_rejected_stays_unposted_when_it_is_made_again(studio, source):
    key = studio.add(source)
    studio.edit(key)
    studio.reject(key)
    studio.edit(key)
    studio.publish(key)
    row = studio.publication(key)
    assert (row.state, row.reason) == (PublicationState.WITHDRAWN, "rejected by Ada")
    assert studio.posts() == []


def test_subtitles_that_were_mended_are_read_again(studio, source):
    key = studio.add(source, name="pasta.mp4", subtitles=SRT)
    studio.edit(key)
    first = studio.clip(key)
    studio.drop(source, name="pasta.mp4", subtitles=SRT.replace("water", "salted water"))
    studio.scan()
    words = studio.edit(key).metadata("captions", "transcript")
    assert words["text"] == "Boil the salted water."
    assert studio.clip(key).content_sha256 != first.content_sha256


def test_what_an_edit_has_no_more_is_neither_posted_nor_attached(studio, source):
    key = studio.add(source, name="pasta.mp4", subtitles=SRT)
    studio.edit(key)
    _add_second_clip(studio.state, key)
    assert ArtefactKind.SUBTITLES in _kinds_of_clips(studio.state, key)
    (studio.inbox / "pasta.srt").unlink()
    studio.scan()
    studio.edit(key)
    assert [clip.number for clip in studio.clips(key)] == [1]
    clip_files = {kind for kind in ArtefactKind if kind.value.startswith(("clip", "cover", "time"))}
    assert set(_kinds_of_clips(studio.state, key)) == clip_files
    (second,) = (row for row in studio.publications(key) if row.clip_number == 2)
    assert second.state is PublicationState.WITHDRAWN
    assert second.reason == "The edit plan has this clip no more."
    studio.approve(key)
    studio.publish(key)
    (post,) = studio.posts()
    assert not (post / "subtitles.srt").exists()


def _add_second_clip(state: sa.Engine, key: str) -> None:
    """As an edit leaves it that finds two moments."""
    with state.begin() as connection:
        (clip,) = clips_state.of_candidate(connection, key)
        clips_state.record(connection, replace(clip, number=2, content_sha256=sha256("second")))
        artefacts_state.record(
            connection, builders.artefact(candidate_key=key, storage_key="second", clip_number=2)
        )
        (row,) = publications_state.of_candidate(connection, key)
        content = sha256("second")
        second = publications_state.publication_id(content, row.channel_id)
        publications_state.plan(
            connection,
            replace(row, clip_number=2, content_sha256=content, publication_id=second),
        )


def _kinds_of_clips(state: sa.Engine, key: str) -> list[ArtefactKind]:
    with state.connect() as connection:
        files = artefacts_state.of_candidate(connection, key)
    return sorted(file.kind for file in files if file.clip_number is not None)


def test_a_failed_candidate_whose_clips_are_made_after_all_is_failed_no_more(studio, source):
    key = studio.add(source)
    with studio.state.begin() as connection:
        candidates_state.set_status(
            connection, key, CandidateStatus.FAILED, reason="no room", now=datetime.now(UTC)
        )
    assert studio.edit(key).success
    assert [row.status for row in studio.candidates()] == [CandidateStatus.SHORTLISTED]


def test_a_post_whose_run_died_is_looked_up_and_posted_once(studio, source):
    key = studio.add(source)
    studio.edit(key)
    studio.approve(key)
    _claim_as_a_run_that_died(studio.state, key)
    studio.publish(key)
    assert (studio.publication(key).state, studio.posts()) == (PublicationState.APPROVED, [])
    studio.publish(key)
    studio.publish(key)
    assert studio.publication(key).state is PublicationState.PUBLISHED
    assert len(studio.posts()) == 1


def _claim_as_a_run_that_died(state: sa.Engine, key: str) -> None:
    with state.begin() as connection:
        (row,) = publications_state.of_candidate(connection, key)
        publications_state.claim(
            connection,
            row.publication_id,
            claimed_by="a-run-that-died",
            lease=timedelta(minutes=30),
            now=datetime.now(UTC),
        )
