"""Music from the folder in finished clips: chosen, mixed, owed for, and gone with its right."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import numpy as np
import opentimelineio as otio
import pytest
import sqlalchemy as sa

from tests import samples
from tests.builders import NOW
from tests.clips import QUICK, lavfi, make
from tests.clips import samples as heard_in
from tests.studio import Studio
from viral_forge_assets.domain.edit_plan import EditPlan
from viral_forge_assets.editing import CuttingRoom
from viral_forge_assets.withdrawal import revoke_right
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.rights import RightsRecord
from viral_forge_resources.media.inspection import clip_facts
from viral_forge_resources.media.own_music import make_track
from viral_forge_resources.media.renderer import FfmpegRenderer
from viral_forge_resources.state import rights
from viral_forge_resources.storage.local import LocalStorage

_SONG = {"title": "Slow song", "author": "Bob", "licence": "CC BY 4.0"}


@pytest.fixture
def source(media_folder: Path) -> Path:
    """One second with sound."""
    return samples.vertical(media_folder)


def _shelve(studio: Studio, about: Mapping[str, object] = {}, *, seed: int = 0) -> Path:
    path = make_track(studio.home / "music", seed=seed)
    said = json.loads(path.with_suffix(".json").read_text()) | about
    path.with_suffix(".json").write_text(json.dumps(said))
    return path


def _plan(studio: Studio, key: str) -> EditPlan:
    storage = LocalStorage(studio.home / "storage")
    return CuttingRoom(parse_candidate_key(key), storage, FfmpegRenderer()).planned()


def _file(studio: Studio, key: str) -> Path:
    return studio.home / "storage" / studio.clip(key).storage_key


def test_a_clip_has_the_music_that_its_recipe_asks_for_and_owes_for_it(studio, source):
    _shelve(studio, _SONG)
    key = studio.add(source)
    assert studio.edit(key, recipe="story").success
    (clip,) = _plan(studio, key).clips
    assert "music: Slow song" in clip.reasons
    (material,) = studio.clip(key).materials
    assert (material.role, material.title, material.author) == ("music", "Slow song", "Bob")
    attribution = studio.publication(key).text.attribution
    assert attribution is not None
    assert attribution.startswith('Music: "Slow song" by Bob, CC BY 4.0')
    facts = clip_facts(_file(studio, key))
    assert facts.loudness_lufs == pytest.approx(-14.0, abs=1.0)
    assert facts.true_peak_dbtp is not None
    assert facts.true_peak_dbtp <= -1.0


def test_with_no_music_the_recipe_works_and_says_so(studio, source):
    key = studio.add(source)
    told = studio.edit(key, recipe="story")
    assert told.success, told.failure
    (clip,) = _plan(studio, key).clips
    assert "no music: the folder is empty" in clip.reasons
    assert (clip.soundtrack, clip.extras, clip.materials) == (None, (), ())
    assert "no music: the folder is empty" in told.metadata("transform", "edit_plan")["clips"]


@pytest.mark.parametrize(
    ("licence", "reason"),
    [
        ("all rights reserved", "'all rights reserved' is no licence that viral_forge knows"),
        ("CC BY-NC 4.0", "CC BY-NC 4.0 forbids commercial use"),
        ("CC BY-ND 4.0", "CC BY-ND 4.0 forbids changed versions"),
        (None, "no licence is known"),
    ],
)
def test_music_without_a_right_is_refused_and_said(studio, source, licence, reason):
    _shelve(studio, {"licence": licence})
    key = studio.add(source)
    told = studio.edit(key, recipe="story").metadata("transform", "edit_plan")
    assert "none of the 1 tracks in the folder may be used" in told["clips"]
    assert f"soft-chords-0.wav may not be used: {reason}" in told["music_refused"]
    assert studio.clip(key).materials == ()


def test_revoking_its_right_freezes_its_clips_and_the_next_edit_takes_other_music(studio, source):
    _shelve(studio, _SONG)
    key = studio.add(source)
    studio.edit(key, recipe="story")
    studio.approve(key)
    first = studio.clip(key)
    _shelve(studio, {"title": "Other song"}, seed=1)
    with studio.state.begin() as connection:
        (record,) = _rights_to(connection, first.materials[0].platform_video_id)
        revoked = revoke_right(connection, record.rights_id, now=NOW)
    assert [clip.content_sha256 for clip in revoked.clips] == [first.content_sha256]
    assert studio.publication(key).state is PublicationState.WITHDRAWN
    studio.publish(key)
    assert studio.posts() == []
    assert studio.edit(key, recipe="story").success
    second = studio.clip(key)
    assert [each.title for each in second.materials] == ["Other song"]
    assert second.content_sha256 != first.content_sha256


def _rights_to(connection: sa.Connection, work_id: str) -> tuple[RightsRecord, ...]:
    return rights.of_video(connection, "music", work_id)


def test_a_clip_whose_music_lost_its_right_is_not_rendered(studio, source):
    _shelve(studio, _SONG)
    key = studio.add(source)
    studio.edit(key, recipe="story")
    with studio.state.begin() as connection:
        (record,) = _rights_to(connection, studio.clip(key).materials[0].platform_video_id)
        revoke_right(connection, record.rights_id, now=NOW)
    again = studio.run("candidate_job", key, only=[dg.AssetKey(["transform", "rendered_clips"])])
    assert not again.success
    assert "its music 'Slow song' by Bob: the right to it was withdrawn" in again.failure


def test_the_same_plan_gives_the_same_bytes_and_other_music_others(studio, source):
    _shelve(studio)
    key = studio.add(source)
    studio.edit(key, recipe="story")
    first = studio.clip(key).content_sha256
    for file in (studio.home / "storage").rglob("clip-1.*"):
        file.unlink()
    assert studio.edit(key, recipe="story").success
    assert studio.clip(key).content_sha256 == first
    (studio.home / "music" / "soft-chords-0.wav").unlink()
    _shelve(studio, seed=1)
    assert studio.edit(key, recipe="story").success
    assert studio.clip(key).content_sha256 != first


def test_a_mix_that_is_lost_is_mixed_again(studio, source):
    _shelve(studio)
    key = studio.add(source)
    studio.edit(key, recipe="story")
    first = studio.clip(key)
    lost = [*(studio.home / "storage").rglob("soundtrack-*"), _file(studio, key)]
    assert len(lost) == 2
    for file in lost:
        file.unlink()
    assert studio.edit(key, recipe="story").success
    assert studio.clip(key).content_sha256 == first.content_sha256


def test_a_source_without_sound_has_music_alone(studio, media_folder):
    _shelve(studio)
    key = studio.add(samples.no_audio(media_folder))
    told = studio.edit(key, recipe="story")
    assert told.success, told.failure
    facts = clip_facts(_file(studio, key))
    assert facts.loudness_lufs == pytest.approx(-14.0, abs=1.0)


_VOICE_SRT = (
    "1\n00:00:01,000 --> 00:00:02,400\nBoil the water now.\n\n"
    "2\n00:00:05,600 --> 00:00:06,800\nThen add the salt.\n"
)


def test_the_bed_is_down_while_somebody_speaks_and_back_in_the_pause(studio, tmp_path):
    # A voice of low tones with gaps between its words; the music is two octaves above them.
    words = "(between(t,1,2.4)*pow(sin(PI*(t-1)/0.35),2)+between(t,5.6,6.8)*pow(sin(PI*t/0.3),2))"
    voice = f"aevalsrc='0.2*sin(360*PI*t)*{words}':s=48000:d=8"
    source = make(
        tmp_path / "talk.mp4", *lavfi("testsrc2=s=160x284:r=30:d=8", voice), "-t", "8", *QUICK
    )
    music = studio.home / "music"
    music.mkdir()
    make(music / "tone.wav", *lavfi("sine=f=3000:d=20:r=48000"), "-c:a", "pcm_s16le")
    (music / "tone.json").write_text(json.dumps({"licence": "CC0-1.0"}))
    key = studio.add(source, subtitles=_VOICE_SRT)
    told = studio.edit(key, recipe="story")
    assert told.success, told.failure
    sound = heard_in(_file(studio, key))
    first, second = _plan(studio, key).clips[0].speech or ()
    spoken = _tone_db(sound, 180, first.start_s + 0.1, first.start_s + 0.25)
    under = _levels(sound, max(first.start_s, 0.4), first.end_s)  # it fades in before
    pause = _levels(sound, first.end_s + 0.5, second.start_s - 0.25)
    assert spoken - max(under) >= 16, "the voice stands clear of the music"
    assert max(under) - min(under) < 1.0, "no pumping between words"
    assert min(pause) - max(under) == pytest.approx(10, abs=1.0), "it comes back"


def _levels(sound: np.ndarray, start_s: float, end_s: float) -> list[float]:
    """Of the music, every 50 ms."""
    return [_tone_db(sound, 3000, at_s, at_s + 0.1) for at_s in np.arange(start_s, end_s, 0.05)][
        :-2
    ]


def _tone_db(sound: np.ndarray, pitch_hz: float, start_s: float, end_s: float) -> float:
    part = sound[round(start_s * 48_000) : round(end_s * 48_000)]
    turns = 2j * np.pi * pitch_hz * np.arange(len(part)) / 48_000
    return float(20 * np.log10(abs((part * np.hanning(len(part))) @ np.exp(-turns)) + 1e-9))


def test_effects_go_with_the_accents_and_need_no_music(studio, source):
    key = studio.add(source)
    told = studio.edit(key, recipe="hype")
    assert told.success, told.failure
    (clip,) = _plan(studio, key).clips
    assert clip.soundtrack is not None
    assert clip.soundtrack.effects
    assert (clip.soundtrack.music, clip.materials) == (None, ())
    assert clip_facts(_file(studio, key)).loudness_lufs == pytest.approx(-14.0, abs=1.0)


def test_music_that_the_licence_of_the_source_forbids_is_left_out_and_the_plan_says_why(
    studio, source
):
    _shelve(studio, _SONG | {"licence": "CC BY-SA 4.0"})
    key = studio.add(source, sidecar={"title": "Rain", "author": "Cy", "licence": "pexels"})
    assert studio.edit(key, recipe="story").failure == ""
    (clip,) = _plan(studio, key).clips
    assert clip.materials == ()
    assert (
        "no music: CC BY-SA 4.0 binds the whole clip, which Pexels licence does not allow"
        in clip.reasons
    )


def test_a_clip_is_not_made_once_its_music_binds_what_its_source_forbids(studio, source):
    _shelve(studio, _SONG)
    key = studio.add(source, sidecar={"title": "Rain", "author": "Cy", "licence": "pexels"})
    assert studio.edit(key, recipe="story").success
    ((material,),) = (clip.materials for clip in _plan(studio, key).clips)
    bound = RightsRecord(
        rights_id="later",
        platform=material.platform,
        platform_video_id=material.platform_video_id,
        licence="CC-BY-SA-4.0",
        evidence="the author's page",
        recorded_by="Ada",
        recorded_at=datetime.now(UTC),
    )
    with studio.state.begin() as connection:
        rights.append(connection, bound)
    only = [dg.AssetKey(["transform", "rendered_clips"])]
    failure = studio.run("candidate_job", key, only=only).failure
    assert "CC BY-SA 4.0 binds the whole clip, which Pexels licence does not allow" in failure


def test_editors_find_music_and_effects_beside_the_clip_each_in_a_file_of_its_own(studio, source):
    _shelve(studio, _SONG)
    key = studio.add(source)
    assert studio.edit(key, recipe="montage").failure == ""
    folder = studio.home / "storage" / key.replace(":", "/") / "transform"
    timeline = otio.adapters.read_from_file(str(folder / "clip-1.otio"))
    found = {
        track.name: folder / cut.media_reference.target_url
        for track in timeline.tracks
        for cut in track.find_clips()
    }
    assert found.keys() == {"Video", "Audio", "music", "effects"}
    assert all(path.is_file() for path in found.values())
    mix, music, effects = (
        heard_in(path)
        for path in (
            studio.home / "storage" / _mix_of(studio, key),
            found["music"],
            found["effects"],
        )
    )
    np.testing.assert_allclose(mix.astype(float), music.astype(float) + effects, atol=2)


def _mix_of(studio: Studio, key: str) -> str:
    (clip,) = _plan(studio, key).clips
    (extra,) = (each for each in clip.extras if each.name == "soundtrack")
    return extra.file.key
