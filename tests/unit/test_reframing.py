from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viral_forge_assets.domain.reframing import ClipFormat, Reframing, crop_loss, frame_for
from viral_forge_resources.contracts.media import (
    CropKey,
    FocusPoint,
    Framing,
    FramingMode,
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
)

FPS = Fraction(25)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _probe(width_px: int, height_px: int) -> MediaProbe:
    return MediaProbe(
        container="mp4",
        duration_s=30.0,
        width_px=width_px,
        height_px=height_px,
        rotation_deg=0,
        pixel_aspect=Fraction(1),
        fps=Fraction(25),
        is_variable_rate=False,
        is_hdr=False,
        video_codec="h264",
        pixel_format="yuv420p",
        start_s=0.0,
    )


def _frame(
    probe: MediaProbe,
    shots: Sequence[Shot],
    segments: Sequence[tuple[float, float]] = ((0.0, 30.0),),
    mode: FramingMode = FramingMode.CROP,
) -> Framing:
    return _reframed(probe, shots, segments, mode).framing


def _reframed(
    probe: MediaProbe,
    shots: Sequence[Shot],
    segments: Sequence[tuple[float, float]] = ((0.0, 30.0),),
    mode: FramingMode = FramingMode.CROP,
) -> Reframing:
    return frame_for(
        probe,
        SceneMap(duration_s=30.0, shots=tuple(shots), silences=()),
        [Stretch(start_s=a, end_s=b) for a, b in segments],
        clip=ClipFormat(width_px=1080, height_px=1920, fps=FPS),
        mode=mode,
    )


def test_a_wide_picture_is_cropped_to_the_frames_shape_around_what_moves():
    framing = _frame(_probe(1920, 1080), [Shot(start_s=0, end_s=30, focus_x=0.25, focus_y=0.9)])

    assert (framing.width_px, framing.height_px) == (608, 1080)
    assert framing.path == (CropKey(at_s=0.0, x_px=176, y_px=0),)


def test_a_tall_picture_is_cropped_the_smaller_way():
    framing = _frame(_probe(1000, 2000), [Shot(start_s=0, end_s=30)])

    assert (framing.width_px, framing.height_px) == (1000, 1778)
    assert framing.path == (CropKey(at_s=0.0, x_px=0, y_px=110),)


def test_a_vertical_picture_is_taken_whole():
    assert crop_loss(_probe(1080, 1920), width_px=1080, height_px=1920) == 0


def test_where_nothing_moves_the_centre_is_shown():
    framing = _frame(_probe(1280, 720), [Shot(start_s=0, end_s=30)])

    assert framing.path == (CropKey(at_s=0.0, x_px=438, y_px=0),)


def test_each_shot_has_its_own_corner_at_its_time_in_the_clip():
    shots = [
        Shot(start_s=0, end_s=10, focus_x=0.0),
        Shot(start_s=10, end_s=20, focus_x=1.0),
        Shot(start_s=20, end_s=30, focus_x=0.5),
    ]

    framing = _frame(_probe(1920, 1080), shots, segments=[(8.0, 12.0), (20.0, 25.0)])

    assert [(key.at_s, key.x_px) for key in framing.path] == [(0.0, 0), (2.0, 1312), (4.0, 656)]


def test_a_cut_to_the_same_focus_moves_nothing():
    shots = [
        Shot(start_s=0, end_s=10, focus_x=0.50),
        Shot(start_s=10, end_s=20, focus_x=0.51),
        Shot(start_s=20, end_s=30, focus_x=0.52),
    ]

    assert len(_frame(_probe(1920, 1080), shots).path) == 1


def test_small_moves_do_not_add_up_unseen():
    shots = [Shot(start_s=i, end_s=i + 1, focus_x=0.3 + 0.02 * i) for i in range(10)]

    framing = _frame(_probe(1920, 1080), shots)

    shown = max(abs(b.x_px - a.x_px) for a, b in pairwise(framing.path))
    assert len(framing.path) > 1
    assert shown < 0.05 * 1920


def test_a_shot_that_ends_where_the_clip_starts_is_not_seen():
    shots = [Shot(start_s=0, end_s=10.0004, focus_x=0.0), Shot(start_s=10.0004, end_s=30)]

    framing = _frame(_probe(1920, 1080), shots, segments=[(10.0, 20.0)])

    assert framing.path == (CropKey(at_s=0.0, x_px=656, y_px=0),)


def test_fit_shows_the_whole_picture():
    framing = _frame(_probe(1281, 721), [Shot(start_s=0, end_s=30)], mode=FramingMode.FIT)

    assert (framing.width_px, framing.height_px, framing.path) == (1280, 720, ())


def _crossing(start_s: float, end_s: float, *, from_x: float = 0.1, to_x: float = 0.9) -> Shot:
    """A shot in which something crosses the picture."""
    count = round((end_s - start_s) * 5)
    track = tuple(
        FocusPoint(
            at_s=start_s + (index + 0.5) / 5,
            x=from_x + (to_x - from_x) * index / (count - 1),
            y=0.5,
        )
        for index in range(count)
    )
    return Shot(start_s=start_s, end_s=end_s, focus_x=0.5, focus_y=0.5, track=track)


def test_a_crop_follows_what_crosses_the_picture_frame_by_frame():
    made = _reframed(_probe(1920, 1080), [_crossing(0, 5)], segments=[(0.0, 5.0)])

    steps = [b.x_px - a.x_px for a, b in pairwise(made.framing.path)]
    assert made.reasons == ("shots: 1 pan",)
    assert made.framing.path[0].x_px < 40
    assert made.framing.path[-1].x_px > 1270
    assert min(steps) >= 0
    assert max(steps) < 1.25 * 608 / FPS
    assert {key.y_px for key in made.framing.path} == {0}
    assert all((round(key.at_s * FPS, 3)) % 1 == 0 for key in made.framing.path)


def test_what_moves_a_little_is_held_by_a_still_crop():
    shot = _crossing(0, 5, from_x=0.48, to_x=0.55)

    assert len(_frame(_probe(1920, 1080), [shot], segments=[(0.0, 5.0)]).path) == 1


def test_a_pan_ends_at_the_cut_and_the_next_shot_has_its_own_crop():
    shots = [_crossing(0, 5), Shot(start_s=5, end_s=10, focus_x=0.2), _crossing(10, 15)]

    made = _reframed(_probe(1920, 1080), shots, segments=[(0.0, 15.0)])

    still = [key for key in made.framing.path if 5 <= key.at_s < 10]
    assert made.reasons == ("shots: 2 pan, 1 static",)
    assert [(key.at_s, key.x_px) for key in still] == [(5.0, 80)]
    assert next(key for key in made.framing.path if key.at_s >= 10).x_px < 40


def test_a_pan_keeps_its_time_when_the_clip_starts_later():
    shots = [_crossing(0, 10)]

    whole = _frame(_probe(1920, 1080), shots, segments=[(0.0, 10.0)])
    part = _frame(_probe(1920, 1080), shots, segments=[(20.0, 21.0), (2.0, 8.0)])

    places = {key.at_s: key.x_px for key in whole.path}
    later = {round(key.at_s + 1.0, 6): key.x_px for key in part.path if 2 < key.at_s < 6}
    assert len(later) > 80
    assert [later[at_s] for at_s in later] == pytest.approx(
        [places[at_s] for at_s in later], abs=20
    )


@st.composite
def _shots(draw):
    edges = sorted({0.0, 30.0, *draw(st.lists(st.floats(0, 30), max_size=6))})
    focus = st.none() | st.floats(0, 1)
    return [
        Shot(
            start_s=a,
            end_s=b,
            focus_x=draw(focus),
            focus_y=draw(focus),
            track=_crossing(a, b, from_x=draw(st.floats(0, 1)), to_x=draw(st.floats(0, 1))).track
            if b - a > 1
            else (),
        )
        for a, b in pairwise(edges)
    ]


@UNHURRIED
@given(
    width_px=st.integers(2, 4096),
    height_px=st.integers(2, 4096),
    shots=_shots(),
    segments=st.lists(st.tuples(st.floats(0, 29), st.floats(0.1, 30)), min_size=1, max_size=3),
)
def test_a_crop_stays_inside_the_picture(width_px, height_px, shots, segments):
    stretches = [(start_s, min(start_s + length_s, 30.0)) for start_s, length_s in segments]

    framing = _frame(_probe(width_px, height_px), shots, stretches)

    times = [key.at_s for key in framing.path]
    assert times[0] == 0
    assert all(a < b for a, b in pairwise(times))
    assert framing.width_px % 2 == framing.height_px % 2 == 0
    for key in framing.path:
        assert 0 <= key.x_px <= width_px - framing.width_px
        assert 0 <= key.y_px <= height_px - framing.height_px


@pytest.mark.parametrize("size", [(1920, 1080), (640, 360), (1280, 720), (300, 200), (200, 200)])
def test_a_crop_has_the_shape_of_the_frame_to_a_pixel(size):
    framing = _frame(_probe(*size), [Shot(start_s=0, end_s=30)])

    assert framing.width_px == pytest.approx(framing.height_px * 9 / 16, abs=1)
