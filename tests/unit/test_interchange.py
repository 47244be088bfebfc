"""The timeline that editors open is the edit, read back with OpenTimelineIO itself."""

import json
from dataclasses import replace
from fractions import Fraction

import opentimelineio as otio
import pytest

from tests.unit.test_edit_plan import LEVEL, PROBE, RECIPE, SCENES
from viral_forge_assets.domain.edit_plan import EditPlan, plan_edit, with_sound
from viral_forge_assets.domain.interchange import timeline_of
from viral_forge_resources.contracts.media import Stretch, Transcript, TranscriptOrigin, Word
from viral_forge_resources.contracts.works import ShownCaption
from viral_forge_resources.documents import from_json

_SEGMENTS = (
    Stretch(start_s=8.0 + 1 / 3, end_s=11.1),
    Stretch(start_s=1.0, end_s=2.007),
    Stretch(start_s=15.25, end_s=19.9),
)
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
        source_url="../source/video.mp4",
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
