"""The main job, end to end: a video goes in, a clip comes out, is posted, its results come back."""

import hashlib
import json
import re
import shlex
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dagster as dg
import opentimelineio as otio
import pytest
from typer.testing import CliRunner

from tests import samples
from tests.clips import coloured_seconds
from tests.studio import SRT, Ran, Studio
from viral_forge_assets.cli import app
from viral_forge_assets.guarding import Guard
from viral_forge_assets.rendering import ALL_CHECKS
from viral_forge_assets.withdrawal import revoke_right
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.publishing import Picture, PublicationState
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.media.probe import probe
from viral_forge_resources.state import post_metrics as metrics_state
from viral_forge_resources.storage.local import LocalStorage

_POST_FILES = {
    "POST.txt",
    "clip.mp4",
    "cover.jpg",
    "description.txt",
    "post.json",
    "subtitles.srt",
    "tags.txt",
    "title.txt",
}
_FILE_FACTS = {"uri", "bytes", "sha256"}
_MEDIA_FACTS = _FILE_FACTS | {"duration_s", "width_px", "height_px", "fps"}
_TABLE_FACTS = {"dagster/row_count", "rows_read", "rows_new"}


@pytest.fixture
def source(media_folder: Path) -> Path:
    """One second with sound."""
    return samples.vertical(media_folder)


def test_a_video_goes_in_and_its_results_come_back(any_studio, media_folder):
    studio = any_studio
    key = studio.add(samples.plain(media_folder), subtitles=SRT)
    _is_edited(studio.edit(key), studio, key)
    _waits_for_a_yes(studio, key)
    studio.approve(key)
    _knows_its_picture(studio, key)
    _is_posted(studio.publish(key), studio, key)
    _is_not_measured(studio, key)
    _is_measured(studio, key)


def _knows_its_picture(studio: Studio, key: str) -> None:
    """Publishers are told the size and rate that the clip really has."""
    guard = Guard(
        state=studio.state,
        storage=LocalStorage(studio.home / "storage"),
        requires_approval=True,
    )
    with ExitStack() as files:
        post = guard.again(studio.publication(key), files)
        assert post is not None
        probed = probe(post.video, name="the clip")
    picture = Picture(width_px=probed.width_px, height_px=probed.height_px, fps=probed.fps)
    assert post.picture == picture


def _is_edited(ran: Ran, studio: Studio, key: str) -> None:
    assert (ran.failure, ran.failed_checks) == ("", {})
    clip = studio.clip(key)
    assert {check.name for check in clip.checks if check.passed} == set(ALL_CHECKS)
    source = ran.metadata("source", "source_video")
    assert source.keys() >= _MEDIA_FACTS
    assert len(source["contact_sheet"]) < 1000
    assert re.search(r"/s/(\w{10})\)\]\(.+/m/\1\)$", source["contact_sheet"])
    made = ran.metadata("transform", "rendered_clips")
    assert made.keys() >= _MEDIA_FACTS
    assert (made["width_px"], made["height_px"]) == (180, 320)
    assert made["sha256"] == clip.content_sha256 == _sha256(_path(made["uri"]))
    assert made["bytes"] == _path(made["uri"]).stat().st_size
    assert made["play"].startswith(str(studio.settings.console_url))
    assert made["play"] in made["contact_sheet"]
    assert len(made["contact_sheet"]) < 1000
    assert ran.metadata("captions", "transcript")["text"] == "Boil the water."
    assert ran.metadata("captions", "caption_track")["lines"] == 1
    for asset in (("transform", "scene_map"), ("transform", "edit_plan")):
        assert ran.metadata(*asset).keys() >= _FILE_FACTS
    assert ran.metadata("publication", "publication_plan").keys() >= _TABLE_FACTS


def _waits_for_a_yes(studio: Studio, key: str) -> None:
    told = studio.publish(key).metadata("publication", "published_posts")
    assert (told["published"], studio.posts()) == (0, [])
    assert studio.publication(key).state is PublicationState.PLANNED


def _is_posted(ran: Ran, studio: Studio, key: str) -> None:
    assert ran.metadata("publication", "published_posts")["published"] == 1
    row, (post,) = studio.publication(key), studio.posts()
    assert (row.state, row.post_url) == (PublicationState.PUBLISHED, post.as_uri())
    assert {file.name for file in post.iterdir()} == _POST_FILES
    assert _sha256(post / "clip.mp4") == studio.clip(key).content_sha256
    assert (post / "title.txt").read_text() == "Pasta in five minutes\n"
    assert "Boil the water." in (post / "subtitles.srt").read_text()


def _is_not_measured(studio: Studio, key: str) -> None:
    assert studio.measure(key).metadata("metrics", "post_metrics")["rows_read"] == 0
    (clip,) = _performance(studio.sum_up())["clips"]
    (views,) = (total for total in clip["totals"] if total["metric"] == "views")
    assert (views["value"], views["reason"]) == (None, "no report has this number")


def _is_measured(studio: Studio, key: str) -> None:
    row = studio.publication(key)
    studio.report("ours.csv", f"publication_id,views,saves\n{row.publication_id},700,\n")
    studio.report(
        "Table data.csv",
        "Content,Video title,Video publish time,Likes,Comments added\n"
        "Total,,,900,1\n"
        "abcDEF12345,Pasta in five minutes,2026-11-12,42,\n",
    )
    told = studio.measure(key).metadata("metrics", "post_metrics")
    assert told.keys() >= _TABLE_FACTS
    clip = studio.clip(key)
    for link in (clip.content_sha256[:8], clip.recipe, f"{key.replace(':', '/')}/transform"):
        assert link.replace("_", "\\_") in told["made_of"]
    with studio.state.connect() as connection:
        rows = metrics_state.of_publications(connection, [row.publication_id])
    found = {each.metric: each.value for each in rows}
    assert found == {"views": 700, "saves": None, "likes": 42, "comments": None}
    (clip,) = _performance(studio.sum_up())["clips"]
    totals = {total["metric"]: total["value"] for total in clip["totals"]}
    assert totals == {
        "views": 700,
        "likes": 42,
        "comments": None,
        "shares": None,
        "saves": None,
        "watch_time": None,
    }


def test_without_a_licence_a_video_is_refused_with_the_command_that_clears_it(
    studio, source, monkeypatch
):
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", studio.state.url.render_as_string())
    placed = studio.drop(source, sidecar=None)
    shown = studio.scan().metadata("candidates", "shortlist")
    refused = studio.candidate(placed)
    assert (refused.status, refused.reason) == (CandidateStatus.REFUSED, "no licence is known")
    assert shown["refused"] == 1
    assert "may not be used" in studio.edit(refused.candidate_key).failure
    assert not (studio.home / "storage").exists()

    program, *command = shlex.split(refused.remedy)
    filled = [{"LICENCE": "CC0-1.0", "WHERE IT IS STATED": "its page"}.get(w, w) for w in command]
    assert program == "viral-forge"
    told = CliRunner().invoke(app, filled)
    assert (told.exit_code, "which is now shortlisted" in told.output) == (0, True)
    assert studio.edit(refused.candidate_key).success


def test_a_withdrawn_right_stops_editing_and_posting(studio, source):
    key = studio.add(source)
    studio.edit(key)
    studio.approve(key)
    with studio.state.begin() as connection:
        revoke_right(connection, studio.clip(key).rights_id, now=datetime.now(UTC))
    studio.publish(key)
    row = studio.publication(key)
    assert (row.state, studio.posts()) == (PublicationState.WITHDRAWN, [])
    assert "the right to it was withdrawn" in (row.reason or "")
    assert "the right to it was withdrawn" in studio.edit(key).failure
    alone = studio.run("candidate_job", key, only=[dg.AssetKey(["transform", "rendered_clips"])])
    assert "the right to it was withdrawn" in alone.failure
    studio.scan()  # reads the same sidecar again
    refused = [row.status for row in studio.candidates()]
    assert refused == [CandidateStatus.REFUSED]


def test_a_clip_that_failed_a_check_is_neither_planned_nor_approved(studio, media_folder):
    key = studio.add(coloured_seconds(media_folder / "black.mp4", "black"))
    ran = studio.edit(key)
    assert ran.failed_checks.keys() == {"rendered_clips_are_not_black"}
    assert "'black.mp4' made a clip that is not fit to be posted: clip 1: " in ran.failure
    assert "another recipe or a better source may help" in ran.failure
    assert "publication_plan" not in ran.made
    with pytest.raises(BadInput, match="rendered_clips_are_not_black"):
        studio.approve(key)
    assert studio.publications(key) == ()


def test_of_two_files_with_the_same_bytes_the_second_fails_naming_both(studio, source):
    first = studio.add(source, name="pasta.mp4")
    second = studio.add(source, name="noodles.mp4")
    assert studio.edit(first).success
    failure = studio.edit(second).failure
    assert "'noodles.mp4': holds the same bytes as" in failure
    assert first in failure
    assert "Remove one of the two files" in failure
    assert studio.edit(first).success


def test_without_words_there_are_no_captions_and_a_note_says_how_to_get_them(studio, source):
    ran = studio.edit(studio.add(source))
    assert ran.success
    words, track = ran.metadata("captions", "transcript"), ran.metadata("captions", "caption_track")
    assert (words["origin"], words["words"], track["lines"]) == ("no_model", 0, 0)
    assert "put NAME.srt beside the video" in track["note"]
    assert "put NAME.srt beside the video" in words["note"]


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _performance(ran: Ran) -> dict[str, Any]:
    uri = ran.metadata("metrics", "niche_performance")["uri"]
    summary: dict[str, Any] = json.loads(_path(uri).read_bytes())
    return summary


def test_the_edit_that_is_left_for_editors_finds_its_source(studio, source):
    key = studio.add(source, name="pasta.mp4", subtitles=SRT)
    ran = studio.edit(key)
    clip_file = Path(unquote(urlsplit(ran.metadata("transform", "rendered_clips")["uri"]).path))
    document = clip_file.with_suffix(".otio")
    timeline = otio.adapters.read_from_file(str(document))
    for cut in timeline.find_clips():
        medium = document.parent / cut.media_reference.target_url
        assert (medium.suffix, medium.is_file()) == (".mp4", True)
    kinds = {marker.metadata["viral_forge"]["kind"] for marker in timeline.tracks.markers}
    assert kinds == {"reasons", "caption"}
