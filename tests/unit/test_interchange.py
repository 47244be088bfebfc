"""The timeline that editors open is the edit, read back with OpenTimelineIO itself."""

import json
from dataclasses import replace
from fractions import Fraction

import opentimelineio as otio
import pytest

from tests.unit.test_edit_plan import LEVEL, PROBE, RECIPE, SCENES
from viral_forge_assets.domain.edit_plan import EditPlan, plan_edit, with_sound
from viral_forge_assets.domain.inserts import Insert
from viral_forge_assets.domain.interchange import Media, timeline_of
from viral_forge_resources.contracts.media import Stretch, Transcript, TranscriptOrigin, Word
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.storage import StoredFile
from viral_forge_resources.contracts.works import Extra, ShownCaption
from viral_forge_resources.documents import from_json

_SEGMENTS = (
    Stretch(start_s=8.0 + 1 / 3, end_s=11.1),
    Stretch(start_s=1.0, end_s=2.007),
    Stretch(start_s=15.25, end_s=19.9),
)
_MEDIA = Media(source="source/video.mp4", url_of=lambda key: f"../{key}")
_HOSTILE = 'a "quoted" </name> & 50% off \u202e.mp4'


def _plan(**changes) -> EditPlan:
    silent = Transcript(origin=TranscriptOrigin.NO_SPEECH)
    plan = plan_edit(
        RECIPE,
        probe=PROBE,
        scene_map=SCENES,
        transcript=silent,
        source_sha256="ab" * 32,
        rights_id="right",
        source_name="talk.mp4",
    )
    plan = with_sound(plan, {1: LEVEL})
    (clip,) = plan.clips
    return replace(plan, clips=(replace(clip, segments=_SEGMENTS, **changes),))


def _caption(text: str, start_s: float, end_s: float) -> ShownCaption:
    words = tuple(Word(text=each, start_s=start_s, end_s=end_s) for each in text.split())
    return ShownCaption(
        start_s=start_s, end_s=end_s, words=words, left=0.2, top=0.6, right=0.8, bottom=0.7
    )


def _text(plan: EditPlan, *, name: str = "talk.mp4", probe=PROBE, captions=()) -> str:
    return timeline_of(
        plan,
        plan.clips[0],
        probe=probe,
        media=_MEDIA,
        source_name=name,
        captions=captions,
    )


def _opened(text: str) -> otio.schema.Timeline:
    return otio.adapters.read_from_string(text, "otio_json")


def test_the_segments_come_back_exactly():
    timeline = _opened(_text(_plan()))
    for track in timeline.tracks:
        exact = [each.metadata["viral_forge"] for each in track]
        assert tuple(Stretch(start_s=e["start_s"], end_s=e["end_s"]) for e in exact) == _SEGMENTS
    half_a_frame_s = float(1 / PROBE.fps / 2) + 1e-9
    for cut, segment in zip(timeline.tracks[0], _SEGMENTS, strict=True):
        start_s = cut.source_range.start_time.to_seconds()
        assert start_s == pytest.approx(segment.start_s, abs=half_a_frame_s)
        assert cut.source_range.start_time.rate == pytest.approx(30000 / 1001)
        assert cut.source_range.start_time.value == int(cut.source_range.start_time.value)
    length_s = timeline.duration().to_seconds()
    assert length_s == pytest.approx(sum(e.duration_s for e in _SEGMENTS), abs=half_a_frame_s)


def test_cuts_stand_on_the_medium_and_inside_it():
    timeline = _opened(_text(_plan()))
    for cut in timeline.find_clips():
        assert cut.media_reference.target_url == "../source/video.mp4"
        assert cut.media_reference.available_range.contains(cut.source_range)


def test_the_whole_plan_is_in_it():
    plan = _plan()
    stored = json.loads(_text(plan))["metadata"]["viral_forge"]["plan"]
    assert from_json(EditPlan, json.dumps(stored).encode(), name="the plan") == plan


def test_captions_and_reasons_are_markers_on_the_clips_time():
    captions = [_caption("cook the pasta", 0.5, 1.9), _caption("al dente", 2.0, 3.0)]
    timeline = _opened(_text(_plan(), captions=captions))
    why, first, second = timeline.tracks.markers
    assert "crop" in why.comment
    assert [first.name, second.name] == ["cook the pasta", "al dente"]
    assert first.marked_range.start_time.value == round(0.5 * 30000 / 1001)
    assert second.marked_range.end_time_exclusive().to_seconds() == pytest.approx(3, abs=0.02)


def test_filters_are_effects_with_what_was_drawn_for_them():
    timeline = _opened(_text(_plan()))
    framing, *filters = timeline.tracks[0].effects
    assert framing.metadata["viral_forge"]["parameters"]["mode"] == "crop"
    assert [each.name for each in filters] == ["zoom"]
    assert filters[0].metadata["viral_forge"]["parameters"]["scale"] == 1.05


def test_a_silent_source_has_a_picture_track_alone():
    silent = replace(PROBE, audio_channels=None)
    timeline = _opened(_text(_plan(), probe=silent))
    assert [track.kind for track in timeline.tracks] == ["Video"]


def test_a_source_of_another_rate_is_cut_at_its_own():
    slow = replace(PROBE, fps=Fraction(10))
    timeline = _opened(_text(_plan(), probe=slow))
    values = [cut.source_range.start_time.value for cut in timeline.tracks[0]]
    assert values == [83, 10, 152]


def test_equal_plans_give_equal_timelines():
    assert _text(_plan()) == _text(_plan())


def _insert(name: str, start_s: float, end_s: float, *, from_s: float) -> Insert:
    return Insert(
        name=name,
        stretch=Stretch(start_s=start_s, end_s=end_s),
        from_s=from_s,
        query="rain",
        said="rain",
        file=_stored(f"transform/{name}.mp4"),
        material=Material(role="insert", platform="x", platform_video_id=name, title=_HOSTILE),
        rights_id="right",
        licence="CC0-1.0",
    )


def _stored(key: str) -> StoredFile:
    return StoredFile(uri=f"file:///{key}", key=key, size_bytes=1, sha256="ab" * 32)


def _dressed() -> EditPlan:
    """With two inserts, music and effects."""
    return _plan(
        fps=Fraction(30),
        inserts=(
            _insert("insert_1", 1.0, 2.5, from_s=0.5),
            _insert("insert_2", 4.0, 6.0, from_s=3.0),
        ),
        stems=(
            Extra(name="music", file=_stored("transform/soundtrack-a.flac")),
            Extra(name="effects", file=_stored("transform/soundtrack-b.flac")),
        ),
        sound=replace(LEVEL, gain_db=6.0, soundtrack_db=2.5),
    )


def test_inserts_music_and_effects_have_tracks_of_their_own_with_their_media():
    timeline = _opened(_text(_dressed(), probe=replace(PROBE, fps=Fraction(30))))
    assert [(track.name, str(track.kind)) for track in timeline.tracks] == [
        ("Video", "Video"),
        ("inserts", "Video"),
        ("Audio", "Audio"),
        ("music", "Audio"),
        ("effects", "Audio"),
    ]
    _, inserts, _, music, effects = timeline.tracks
    assert [each.media_reference.target_url for each in inserts.find_clips()] == [
        "../transform/insert_1.mp4",
        "../transform/insert_2.mp4",
    ]
    (laid,) = music
    assert laid.media_reference.target_url == "../transform/soundtrack-a.flac"
    assert effects[0].media_reference.target_url == "../transform/soundtrack-b.flac"
    assert music.effects[0].metadata["viral_forge"]["parameters"]["gain_db"] == 8.5
    frames = _dressed().clips[0].frames
    assert [track.duration().value for track in (music, effects)] == [frames, frames]


def test_an_insert_stands_at_its_place_in_the_clip_and_starts_at_its_own():
    timeline = _opened(_text(_dressed(), probe=replace(PROBE, fps=Fraction(30))))
    track = timeline.tracks[1]
    places = [track.range_of_child(each) for each in track.find_clips()]
    assert [(p.start_time.value, p.duration.value) for p in places] == [(30, 45), (120, 60)]
    assert [each.source_range.start_time.value for each in track.find_clips()] == [15, 90]
    for each in track.find_clips():
        there = each.media_reference.available_range
        assert each.source_range.end_time_exclusive() <= there.end_time_exclusive()


def test_a_clip_without_a_voice_has_its_music_alone():
    plan = _dressed()
    silent = replace(PROBE, audio_channels=None)
    timeline = _opened(_text(plan, probe=silent))
    assert [track.name for track in timeline.tracks] == ["Video", "inserts", "music", "effects"]


def test_final_cut_reads_every_track_with_its_media_in_place():
    timeline = _opened(_text(_dressed(), probe=replace(PROBE, fps=Fraction(30))))
    written = otio.adapters.write_to_string(timeline, "fcp_xml")
    read = otio.adapters.read_from_string(written, "fcp_xml")
    if not isinstance(read, otio.schema.Timeline):
        (read,) = read.find_children(descended_from_type=otio.schema.Timeline)
    assert [str(track.kind) for track in read.tracks] == ["Video"] * 2 + ["Audio"] * 3
    for track, ours in zip(read.tracks, timeline.tracks, strict=True):
        assert [_laid(track, each) for each in track.find_clips()] == [
            _laid(ours, each) for each in ours.find_clips()
        ]


def _laid(track: otio.schema.Track, cut: otio.schema.Clip) -> tuple[str, int, int, int]:
    place = track.range_of_child(cut)
    url = cut.media_reference.target_url
    return url, int(place.start_time.value), *_range(cut)


@pytest.mark.parametrize("adapter", ["fcp_xml", "cmx_3600"])
def test_other_programs_read_the_same_cuts(adapter):
    plan = _plan(fps=Fraction(30))
    probe = replace(PROBE, fps=Fraction(30))
    timeline = _opened(_text(plan, probe=probe, name=_HOSTILE, captions=[_caption("hi", 0, 1)]))
    if adapter == "cmx_3600":  # it writes one track of pictures
        timeline.tracks[:] = [timeline.tracks[0].deepcopy()]
    rate = {"rate": 30.0} if adapter == "cmx_3600" else {}  # an EDL does not tell its own
    written = otio.adapters.write_to_string(timeline, adapter, **rate)
    read = otio.adapters.read_from_string(written, adapter, **rate)
    if not isinstance(read, otio.schema.Timeline):
        (read,) = read.find_children(descended_from_type=otio.schema.Timeline)
    assert [_range(each) for each in read.find_clips()] == [
        _range(each) for each in timeline.find_clips()
    ]


def _range(cut: otio.schema.Clip) -> tuple[int, int]:
    return int(cut.source_range.start_time.value), int(cut.source_range.duration.value)
