"""The text that FFmpeg is given: cuts on the grid, commands on time, nothing from outside."""

from dataclasses import replace
from fractions import Fraction
from math import ceil

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
from viral_forge_resources.media._panning import pan_of
from viral_forge_resources.media._source import SourceFacts
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
    facts = SourceFacts(origin_s=0.0, assumed_matrix=None)
    return picture_graph(spec, spans, facts=facts, has_captions=has_captions)


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


def _path(*keys: tuple[float, float, float]) -> RenderSpec:
    path = tuple(CropKey(at_s=at_s, x_px=x, y_px=y) for at_s, x, y in keys)
    spec = _spec((0, 5))
    return replace(spec, fps=Fraction(25), framing=replace(spec.framing, path=path))


def test_crop_commands_come_half_a_frame_early():
    commands = crop_commands(_path((0, 0, 0), (1, 7, 0), (2, 8, 0)))
    assert [line.split()[0] for line in commands.splitlines()] == ["0.980000", "1.980000"]


def test_a_moving_crop_is_even_in_the_source_and_exact_in_the_clip():
    spec = _path((0, 100, 0), (1, 101, 0), (2, 102, 0), (3, 102.5, 0), (4, 110, 0))
    assert "crop@src=w='min(610,iw)':h='min(1080,ih)':x=100:y=0:exact=0" in _graph(spec)
    assert "scale=1084:1920" in _graph(spec)
    assert "crop@dst=w=1080:h=1920:x=0:y=0:exact=1" in _graph(spec)
    assert [line.split(maxsplit=1)[1] for line in crop_commands(spec).splitlines()] == [
        "crop@src x 100, crop@src y 0, crop@dst x 2, crop@dst y 0;",
        "crop@src x 102, crop@src y 0, crop@dst x 0, crop@dst y 0;",
        "crop@src x 102, crop@src y 0, crop@dst x 1, crop@dst y 0;",
        "crop@src x 108, crop@src y 0, crop@dst x 4, crop@dst y 0;",
    ]


_MOVES = st.lists(st.floats(0, 3000), min_size=2, max_size=30)


@given(part_px=st.integers(1, 1080).map(lambda half: 2 * half), moves=_MOVES)
def test_a_moving_crop_takes_nothing_from_outside_the_picture(part_px, moves):
    framing = Framing(
        mode=FramingMode.CROP,
        width_px=part_px,
        height_px=1080,
        path=tuple(CropKey(at_s=at, x_px=x, y_px=0) for at, x in enumerate(moves)),
    )
    track = pan_of(replace(_spec((0, 5)), framing=framing)).across
    corners = [track.corners_px(start_px) for start_px in moves]
    right_px = ceil(max(moves)) + part_px
    assert all(0 <= coarse <= right_px - track.taken_px for coarse, _ in corners)
    assert all(0 <= fine <= track.scaled_px - track.kept_px for _, fine in corners)


def test_a_still_crop_needs_no_commands():
    assert "sendcmd" not in _graph(_spec((0, 1)))
    assert crop_commands(_spec((0, 1))) == ""


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
