from dataclasses import replace
from fractions import Fraction

import pytest

from tests.captions import STYLES, placed, said
from viral_forge_assets.domain.obstacles import obstacles_of
from viral_forge_assets.domain.placement import Obstacle, ObstacleKind
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_resources.contracts.media import (
    CropKey,
    Framing,
    FramingMode,
    Layout,
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
)
from viral_forge_resources.contracts.sight import Box, Face, FaceSight, WrittenText

_FRAME = Frame(width_px=1080, height_px=1920)
_PROBE = MediaProbe(
    container="mp4",
    duration_s=10.0,
    width_px=1600,
    height_px=900,
    rotation_deg=0,
    pixel_aspect=Fraction(1),
    fps=Fraction(25),
    is_variable_rate=False,
    is_hdr=False,
    video_codec="h264",
    pixel_format="yuv420p",
    start_s=0.0,
)
_CROP = Framing(
    mode=FramingMode.CROP,
    width_px=500,
    height_px=900,
    path=(CropKey(at_s=0.0, x_px=400, y_px=0),),
)
_BOX = Box(x_px=500, y_px=90, width_px=100, height_px=180)


def _text(box: Box = _BOX, start_s: float = 0.0, end_s: float = 10.0) -> Shot:
    text = WrittenText(start_s=start_s, end_s=end_s, box=box, text="NEWS")
    return Shot(start_s=0, end_s=10, texts=(text,))


def _face(start_s: float, end_s: float) -> Shot:
    times = [n / 5 for n in range(round(start_s * 5), round(end_s * 5) + 1)]
    face = Face(sights=tuple(FaceSight(at_s=at_s, box=_BOX) for at_s in times))
    return Shot(start_s=0, end_s=10, faces=(face,))


def _found(
    shot: Shot,
    framing: Framing = _CROP,
    segments: tuple[tuple[float, float], ...] = ((0.0, 10.0),),
    *,
    is_mirrored: bool = False,
) -> tuple[Obstacle, ...]:
    return obstacles_of(
        SceneMap(duration_s=10.0, shots=(shot,), silences=()),
        [Stretch(start_s=start_s, end_s=end_s) for start_s, end_s in segments],
        framing,
        probe=_PROBE,
        frame=_FRAME,
        is_mirrored=is_mirrored,
    )


def _sides(obstacle: Obstacle) -> tuple[float, ...]:
    box = obstacle.box
    return tuple(round(side, 4) for side in (box.left, box.top, box.right, box.bottom))


def test_a_text_stands_on_the_frame_where_the_crop_shows_it():
    assert {_sides(each) for each in _found(_text())} == {(0.2, 0.1, 0.4, 0.3)}


def test_a_mirror_puts_it_on_the_other_side():
    assert {_sides(each) for each in _found(_text(), is_mirrored=True)} == {(0.6, 0.1, 0.8, 0.3)}


def test_what_the_crop_does_not_show_is_in_nobodys_way():
    assert _found(_text(replace(_BOX, x_px=1000))) == ()


def test_the_whole_picture_shows_it_smaller_and_in_the_middle():
    fit = Framing(mode=FramingMode.FIT, width_px=1600, height_px=900)

    texts = [each for each in _found(_text(), fit) if each.kind is ObstacleKind.TEXT]
    (sides,) = {_sides(each) for each in texts}

    assert sides[:1] + sides[2:3] == (0.3125, 0.375)
    assert 0.34 < sides[1] < sides[3] < 0.66


def test_in_a_stretch_with_panes_it_stands_in_the_pane_that_shows_it():
    panes = (
        Box(x_px=900, y_px=0, width_px=600, height_px=900),
        Box(x_px=400, y_px=0, width_px=500, height_px=900),
    )
    layout = Layout(stretch=Stretch(start_s=5.0, end_s=10.0), panes=panes)

    found = _found(_text(), replace(_CROP, layouts=(layout,)))

    early, late = (
        [each for each in found if (each.start_s < 5) == is_early] for is_early in (1, 0)
    )
    assert {_sides(each) for each in early} == {(0.2, 0.1, 0.4, 0.3)}
    assert {_sides(each) for each in late} == {(0.2, 0.55, 0.4, 0.65)}


def test_a_crop_that_moves_moves_it_the_other_way():
    path = tuple(CropKey(at_s=n / 25, x_px=n, y_px=0) for n in range(250))

    found = _found(_text(), replace(_CROP, path=path))

    lefts = [each.box.left for each in found]
    assert lefts == sorted(lefts, reverse=True)
    assert lefts[0] == pytest.approx(0.97, abs=0.02)


def test_times_are_those_of_the_clip():
    found = _found(_text(start_s=4.0, end_s=6.0), segments=((8.0, 9.0), (3.0, 7.0)))

    assert found[0].start_s == pytest.approx(2.0)
    assert found[-1].end_s == pytest.approx(4.0)


def test_a_face_is_in_the_way_while_it_is_there_and_a_little_larger_than_it_is():
    found = _found(_face(2.0, 4.0))

    assert {each.kind for each in found} == {ObstacleKind.FACE}
    assert 1.4 < found[0].start_s <= 2.0
    assert 4.0 <= found[-1].end_s < 4.6
    assert found[0].box.left < 0.2
    assert found[0].box.bottom > 0.3


def test_captions_keep_clear_of_the_hair_above_a_face():
    face = Face(sights=tuple(FaceSight(at_s=n / 5, box=_BOX) for n in range(50)))
    (sides,) = {_sides(each) for each in _found(Shot(start_s=0.0, end_s=10.0, faces=(face,)))}
    (own,) = {_sides(each) for each in _found(_text())}
    tall = own[3] - own[1]
    assert sides[1] == pytest.approx(max(own[1] - 0.3 * tall, 0.0), abs=0.001)
    assert own[3] < sides[3] < own[3] + 0.1 * tall


def test_an_empty_picture_has_no_obstacles():
    assert _found(Shot(start_s=0, end_s=10)) == ()


_NOTHING = Shot(start_s=0, end_s=10)


def test_captions_stand_beside_a_whole_picture_that_leaves_room_for_them():
    fit = Framing(mode=FramingMode.FIT, width_px=1600, height_px=900)
    (picture,) = _found(_NOTHING, fit, ((0.0, 4.0), (6.0, 9.0)))
    assert (picture.start_s, picture.end_s, picture.kind) == (0.0, 7.0, ObstacleKind.OTHER)
    words = said("Why does nobody tell you this")
    captions = placed(words, STYLES["boxed"], _FRAME, (picture,))
    assert all(each.box.bottom <= picture.box.top for each in captions)


def test_only_a_shot_that_is_shown_whole_is_in_the_way():
    shown_whole = Layout(stretch=Stretch(start_s=2.0, end_s=5.0))
    (picture,) = _found(_NOTHING, replace(_CROP, layouts=(shown_whole,)))
    assert (picture.start_s, picture.end_s) == (2.0, 5.0)


def test_a_whole_picture_that_leaves_no_room_holds_its_captions():
    square = replace(_PROBE, width_px=900)
    fit = Framing(mode=FramingMode.FIT, width_px=900, height_px=900)
    assert (
        obstacles_of(
            SceneMap(duration_s=10.0, shots=(_NOTHING,), silences=()),
            [Stretch(start_s=0, end_s=10)],
            fit,
            probe=square,
            frame=_FRAME,
        )
        == ()
    )
