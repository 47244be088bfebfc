from collections.abc import Sequence
from fractions import Fraction

import pytest

from viral_forge_assets.domain.reframing import ClipFormat, Reframing, frame_for
from viral_forge_assets.domain.subjects import unheard
from viral_forge_resources.contracts.hearing import SoundMap
from viral_forge_resources.contracts.media import (
    FramingMode,
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
)
from viral_forge_resources.contracts.sight import Box, Face, FaceSight, WrittenText

_WIDE_PX, _TALL_PX = 1920, 1080
_CROP_PX = 608
_SHOT_S = 6.0


def _probe() -> MediaProbe:
    return MediaProbe(
        container="mp4",
        duration_s=_SHOT_S,
        width_px=_WIDE_PX,
        height_px=_TALL_PX,
        rotation_deg=0,
        pixel_aspect=Fraction(1),
        fps=Fraction(25),
        is_variable_rate=False,
        is_hdr=False,
        video_codec="h264",
        pixel_format="yuv420p",
        start_s=0.0,
    )


def _face(
    *middles_px: float,
    size_px: float = 200,
    speaking: float = 0.0,
    y_px: float = 300,
    times: Sequence[float] = (),
) -> Face:
    """A face that goes evenly from middle to middle."""
    times = times or [number / 5 for number in range(round(_SHOT_S * 5))]
    last = len(middles_px) - 1
    sights = []
    for at_s in times:
        place = at_s / _SHOT_S * last
        before = min(int(place), max(last - 1, 0))
        after = min(before + 1, last)
        middle = middles_px[before] + (middles_px[after] - middles_px[before]) * (place - before)
        box = Box(x_px=middle - size_px / 2, y_px=y_px, width_px=size_px, height_px=size_px * 1.2)
        sights.append(FaceSight(at_s=at_s, box=box, speaking=speaking))
    return Face(sights=tuple(sights))


def _text(x_px: float, width_px: float, *, height_px: float = 60, start_s: float = 0.0):
    box = Box(x_px=x_px, y_px=900, width_px=width_px, height_px=height_px)
    return WrittenText(start_s=start_s, end_s=_SHOT_S, box=box, text="NEWS")


def _framed(
    *faces: Face,
    texts: tuple[WrittenText, ...] = (),
    clip: tuple[int, int] = (1080, 1920),
    silences: tuple[Stretch, ...] = (),
) -> Reframing:
    shot = Shot(start_s=0, end_s=_SHOT_S, faces=faces, texts=texts)
    return frame_for(
        _probe(),
        SceneMap(duration_s=_SHOT_S, shots=(shot,), silences=silences),
        [Stretch(start_s=0.0, end_s=_SHOT_S)],
        clip=ClipFormat(width_px=clip[0], height_px=clip[1], fps=Fraction(25)),
        mode=FramingMode.CROP,
    )


def _places_in_crop(made: Reframing, face: Face) -> list[float]:
    """Of the face's middle, as a share of the crop's width, at each sight."""
    keys = made.framing.path
    found = []
    for sight in face.sights:
        key = [each for each in keys if each.at_s <= sight.at_s + 1e-6][-1]
        found.append((sight.box.middle_px[0] - key.x_px) / made.framing.width_px)
    return found


def test_a_face_that_sits_still_is_in_the_middle_of_a_crop_that_stands():
    face = _face(500)

    made = _framed(face)

    assert made.reasons == ("shots: 1 static",)
    assert _places_in_crop(made, face) == pytest.approx([0.5] * 30, abs=0.01)


def test_a_face_that_nods_and_sways_moves_no_crop():
    face = _face(500, 560, 480, 550, 500)

    made = _framed(face)

    assert made.reasons == ("shots: 1 static",)
    assert all(0.2 < place < 0.8 for place in _places_in_crop(made, face))


def test_someone_who_walks_is_followed_within_the_middle_of_the_crop():
    face = _face(320, 1500, 900)

    made = _framed(face)

    assert made.reasons == ("shots: 1 pan",)
    assert all(0.2 <= place <= 0.8 for place in _places_in_crop(made, face))


def test_faces_go_before_what_else_moves():
    shot = Shot(start_s=0, end_s=_SHOT_S, focus_x=0.95, faces=(_face(500),))
    made = frame_for(
        _probe(),
        SceneMap(duration_s=_SHOT_S, shots=(shot,), silences=()),
        [Stretch(start_s=0.0, end_s=_SHOT_S)],
        clip=ClipFormat(width_px=1080, height_px=1920, fps=Fraction(25)),
        mode=FramingMode.CROP,
    )

    assert made.framing.path[0].x_px == pytest.approx(500 - _CROP_PX / 2, abs=2)


def test_two_who_stand_together_are_both_shown():
    one, other = _face(800, size_px=150), _face(1050, size_px=150)

    made = _framed(one, other)

    assert made.reasons == ("shots: 1 static",)
    for face in (one, other):
        assert all(0.2 <= place <= 0.8 for place in _places_in_crop(made, face))


def test_two_who_sit_far_apart_and_both_speak_have_a_pane_each_the_left_one_above():
    made = _framed(_face(1500, speaking=0.1), _face(400, speaking=0.1))

    (layout,) = made.framing.layouts
    upper, lower = layout.panes
    assert made.reasons == ("shots: 1 two-up",)
    assert (layout.stretch.start_s, layout.stretch.end_s) == (0.0, _SHOT_S)
    assert upper.middle_px[0] == pytest.approx(400, abs=3)
    assert lower.middle_px[0] == pytest.approx(1500, abs=3)
    assert upper.width_px / upper.height_px == pytest.approx(1080 / 960, abs=0.01)
    assert upper.right_px <= lower.x_px


def test_of_two_people_the_one_farther_away_is_shown_as_large():
    made = _framed(_face(300, size_px=240), _face(1600, size_px=170))
    (layout,) = made.framing.layouts
    upper, lower = layout.panes
    assert 240 / upper.height_px == pytest.approx(170 / lower.height_px, rel=0.03)
    assert upper.width_px / upper.height_px == pytest.approx(lower.width_px / lower.height_px, 0.02)


def test_of_two_who_sit_far_apart_the_only_one_who_speaks_is_shown():
    listener, speaker = _face(400), _face(1500, speaking=0.1)

    made = _framed(listener, speaker)

    assert made.reasons == ("shots: 1 static",)
    assert all(0.2 <= place <= 0.8 for place in _places_in_crop(made, speaker))


def test_who_moves_the_mouth_in_silence_does_not_speak():
    silence = (Stretch(start_s=0.0, end_s=_SHOT_S),)

    made = _framed(_face(400), _face(1500, speaking=0.1), silences=silence)

    assert made.reasons == ("shots: 1 two-up",)


def test_three_who_sit_far_apart_are_shown_whole():
    made = _framed(_face(300), _face(900), _face(1600))

    assert made.reasons == ("shots: 1 fit",)
    assert made.framing.mode is FramingMode.FIT


def test_who_is_far_behind_moves_nothing():
    face = _face(500)

    made = _framed(face, _face(1700, size_px=60))

    assert made.reasons == ("shots: 1 static",)
    assert _places_in_crop(made, face) == pytest.approx([0.5] * 30, abs=0.01)


def test_somebody_far_behind_is_no_partner_of_who_is_in_front():
    made = _framed(_face(500, size_px=240), _face(1500, size_px=135))

    assert made.reasons == ("shots: 1 static",)
    assert made.framing.path[0].x_px <= 500 <= made.framing.path[0].x_px + _CROP_PX


def test_two_who_are_about_as_far_away_share_the_frame():
    assert _framed(_face(500, size_px=200), _face(1500, size_px=150)).reasons == (
        "shots: 1 two-up",
    )


def test_a_crop_moves_aside_for_a_text_that_it_can_show_with_the_face():
    face = _face(900)

    made = _framed(face, texts=(_text(950, 250),))

    crop_px = made.framing.path[0].x_px
    assert made.reasons == ("shots: 1 static",)
    assert crop_px <= 950
    assert crop_px + _CROP_PX >= 1195
    assert all(0.2 <= place <= 0.8 for place in _places_in_crop(made, face))


@pytest.mark.parametrize(
    ("x_px", "width_px"), [(300, 1300), (1500, 300)], ids=["too wide", "too far from the face"]
)
def test_a_text_that_no_crop_shows_with_the_face_shows_the_whole_picture(x_px, width_px):
    assert _framed(_face(500), texts=(_text(x_px, width_px),)).reasons == ("shots: 1 fit",)


def test_a_small_logo_in_a_corner_changes_nothing():
    made = _framed(_face(500), texts=(_text(1800, 80, height_px=24),))

    assert made.reasons == ("shots: 1 static",)


@pytest.mark.parametrize("filled", [0.99, 1.02])
def test_letters_do_not_touch_the_edge_of_a_crop(filled):
    width_px = filled * _CROP_PX
    wide = _text((_WIDE_PX - width_px) / 2, width_px)
    assert _framed(texts=(wide,)).reasons == ("shots: 1 fit",)


def test_letters_with_room_beside_them_keep_the_crop_and_their_room():
    made = _framed(texts=(_text(40, 0.9 * _CROP_PX),))
    assert made.reasons == ("shots: 1 static",)
    (place,) = made.framing.path
    rim_px = 0.02 * _CROP_PX
    assert place.x_px + rim_px <= 40 + 0.02 * 0.9 * _CROP_PX
    assert place.x_px + _CROP_PX - rim_px >= 40 + 0.88 * _CROP_PX


def test_a_text_at_the_edge_of_the_picture_needs_no_room_there():
    assert _framed(texts=(_text(0, 0.5 * _CROP_PX),)).reasons == ("shots: 1 static",)


def test_a_text_that_is_gone_before_anyone_has_read_it_changes_nothing():
    made = _framed(_face(500), texts=(_text(300, 1300, start_s=_SHOT_S - 0.3),))

    assert made.reasons == ("shots: 1 static",)


@pytest.mark.parametrize("clip", [(1080, 1080), (1080, 1350), (1920, 1080)])
def test_faces_are_kept_in_every_shape(clip):
    face = _face(500, 1300)

    made = _framed(face, clip=clip)

    assert made.framing.width_px / made.framing.height_px == pytest.approx(
        clip[0] / clip[1], abs=0.01
    )
    if clip != (1920, 1080):
        assert all(0.2 <= place <= 0.8 for place in _places_in_crop(made, face))


def test_only_the_shot_with_the_wide_text_is_shown_whole():
    shots = (
        Shot(start_s=0, end_s=2, faces=(_face(500, times=[n / 5 for n in range(10)]),)),
        Shot(start_s=2, end_s=4, texts=(_text(100, 1700),)),
        Shot(start_s=4, end_s=6, texts=(_text(100, 1700),)),
    )
    made = frame_for(
        _probe(),
        SceneMap(duration_s=_SHOT_S, shots=shots, silences=()),
        [Stretch(start_s=0.0, end_s=_SHOT_S)],
        clip=ClipFormat(width_px=1080, height_px=1920, fps=Fraction(25)),
        mode=FramingMode.CROP,
    )

    (layout,) = made.framing.layouts
    assert made.reasons == ("shots: 1 static, 2 fit",)
    assert (layout.stretch.start_s, layout.stretch.end_s, layout.panes) == (2.0, 6.0, ())


def _sound(kinds: str) -> SoundMap:
    return SoundMap(step_s=1.0, levels_db=(-20,) * len(kinds), kinds=kinds)


@pytest.mark.parametrize(
    ("kinds", "unheard_s"),
    [
        ("mmssm-", [(0, 2), (4, 6)]),
        ("ssssss", []),
        ("mm??--", [(4.5, 6)]),  # nobody could tell speech: what is silent is known
    ],
)
def test_who_moves_his_mouth_while_no_one_speaks_is_not_the_speaker(kinds, unheard_s):
    scenes = SceneMap(
        duration_s=6, shots=(), silences=(Stretch(start_s=4.5, end_s=6),), sound=_sound(kinds)
    )

    assert [(each.start_s, each.end_s) for each in unheard(scenes)] == unheard_s
