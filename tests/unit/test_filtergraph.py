"""The text that FFmpeg is given: cuts on the grid, commands on time, nothing from outside."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral_forge_resources.contracts.media import (
    CropKey,
    Framing,
    FramingMode,
    RenderSpec,
    Stretch,
)
from viral_forge_resources.media._cuts import clip_frames, input_arguments, spans_of
from viral_forge_resources.media.filtergraph import crop_commands, picture_graph, sound_graph

_FPS = Fraction(30000, 1001)
_RATES = st.sampled_from([Fraction(24), Fraction(25), Fraction(30), _FPS, Fraction(60)])
_STARTS = st.floats(min_value=0, max_value=3_600)
_LENGTHS = st.floats(min_value=0.05, max_value=20)
_STRETCHES = st.builds(
    lambda start_s, length_s: Stretch(start_s=start_s, end_s=start_s + length_s), _STARTS, _LENGTHS
)


def _segments(*times: tuple[float, float]) -> tuple[Stretch, ...]:
    return tuple(Stretch(start_s=start_s, end_s=end_s) for start_s, end_s in times)


def _spec(
    *times: tuple[float, float],
    source_filters: tuple[str, ...] = (),
    frame_filters: tuple[str, ...] = (),
) -> RenderSpec:
    framing = Framing(
        mode=FramingMode.CROP,
        width_px=608,
        height_px=1080,
        path=(CropKey(at_s=0.0, x_px=3, y_px=0),),
    )
    return RenderSpec(
        segments=_segments(*times),
        width_px=1080,
        height_px=1920,
        fps=Fraction(30),
        framing=framing,
        source_filters=source_filters,
        frame_filters=frame_filters,
    )


def _graph(spec: RenderSpec, *, has_captions: bool = False) -> str:
    spans = spans_of(spec.segments, spec.fps)
    return picture_graph(spec, spans, assumed_matrix=None, has_captions=has_captions)


@given(st.lists(_STRETCHES, min_size=1, max_size=30), _RATES)
def test_rounding_never_adds_up_and_sound_is_as_long_as_picture(segments, fps):
    spans = spans_of(segments, fps)
    frames = clip_frames(spans)
    length_s = sum(each.duration_s for each in segments)
    assert abs(float(frames / fps) - length_s) <= 0.51 / fps
    samples = sum(cut.samples for span in spans for cut in span.cuts)
    assert samples == round(frames * 48_000 / fps)


@given(st.lists(_STRETCHES, min_size=1, max_size=30), _RATES)
def test_every_cut_begins_within_half_a_frame_of_its_time(segments, fps):
    spans = spans_of(segments, fps)
    starts = [span.start_s + float(cut.first_frame / fps) for span in spans for cut in span.cuts]
    expected = [each.start_s for each in segments]
    assert starts == pytest.approx(expected, abs=0.51 / float(fps))


def test_near_segments_share_one_opening_of_the_file_and_far_ones_do_not():
    spans = spans_of(_segments((1, 2), (3, 4), (60, 61), (0, 1)), Fraction(30))
    assert [span.start_s for span in spans] == [1, 60, 0]
    assert [len(span.cuts) for span in spans] == [2, 1, 1]
    arguments = input_arguments(spans, file="source", origin_s=0.5)
    assert [arguments[i + 1] for i, each in enumerate(arguments) if each == "-ss"] == [
        "1500000us",
        "60500000us",
        "500000us",
    ]


def test_every_input_is_a_local_file_of_a_known_container():
    arguments = input_arguments(spans_of(_segments((0, 1)), _FPS), file="source", origin_s=0.0)
    options, end = arguments[:-2], arguments[-2:]
    assert end == ["-i", "source"]
    given_options = dict(zip(options[::2], options[1::2], strict=True))
    assert given_options["-protocol_whitelist"] == "file,pipe"
    assert not {"hls", "dash", "concat", "image2"} & set(
        given_options["-format_whitelist"].split(",")
    )


def test_crop_commands_come_half_a_frame_early():
    path = (
        CropKey(at_s=0.0, x_px=0, y_px=0),
        CropKey(at_s=1.0, x_px=7, y_px=2),
        CropKey(at_s=2.0, x_px=8, y_px=2),
    )
    assert crop_commands(path, Fraction(25)).splitlines() == [
        "0.980000 crop@src x 7, crop@src y 2;",
        "1.980000 crop@src x 8, crop@src y 2;",
    ]


def test_a_still_crop_needs_no_commands():
    assert "sendcmd" not in _graph(_spec((0, 1)))
    assert crop_commands(_spec((0, 1)).framing.path, Fraction(30)) == ""


def test_captions_lie_over_every_filter_and_colour_tags_come_last():
    spec = _spec((0, 1), source_filters=("eq=gamma=1.1",), frame_filters=("vignette",))
    graph = _graph(spec, has_captions=True)
    order = ["crop@src", "eq=gamma=1.1", "scale=1080:1920", "vignette", "ass=f=", "setparams="]
    places = [graph.rindex(each) for each in order]
    assert places == sorted(places)


def test_the_frame_rate_is_fixed_before_anything_else():
    assert _graph(_spec((0, 1))).startswith("[0:V:0]fps=30/1")


def test_sound_is_left_alone_without_a_gain_and_limited_with_one():
    spans = spans_of(_segments((0, 1)), _FPS)
    plain = sound_graph(spans, gain_db=None, has_sound=True)
    louder = sound_graph(spans, gain_db=3.456, has_sound=True)
    assert "alimiter" not in plain
    assert "volume=3.46dB" in louder
    assert louder.index("volume") < louder.index("alimiter")


def test_sound_that_is_measured_is_the_sound_that_is_rendered():
    spans = spans_of(_segments((0, 1), (2, 3)), _FPS)
    rendered = sound_graph(spans, gain_db=2.0, has_sound=True)
    measured = sound_graph(spans, gain_db=2.0, has_sound=True, meter="ebur128")
    assert measured == rendered.replace("[sound]", ",ebur128[sound]")
