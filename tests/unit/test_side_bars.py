"""Bars that are burned into a picture's sides are no part of it."""

from fractions import Fraction

import pytest

from tests.clips import QUICK, lavfi, make
from tests.fakes.sight import BLIND
from viral_forge_assets.domain.reframing import ClipFormat
from viral_forge_assets.domain.side_bars import between_bars, frame_between_bars
from viral_forge_resources.contracts.media import (
    Framing,
    FramingMode,
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
)
from viral_forge_resources.contracts.sight import Box, Face, FaceSight
from viral_forge_resources.media.reader import AvReader

_WIDE_PX, _TALL_PX = 1280, 720
_SQUARE, _UPRIGHT = (1080, 1080), (1080, 1920)
_BARS = (0.34375, 0.34375)  # 440 px, around a picture of 400 px


def _probe() -> MediaProbe:
    return MediaProbe(
        container="mp4",
        duration_s=4.0,
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


def _framing(*shots: Shot, size: tuple[int, int], mode: FramingMode = FramingMode.CROP) -> Framing:
    return frame_between_bars(
        _probe(),
        SceneMap(duration_s=4.0, shots=shots, silences=()),
        [Stretch(start_s=0.0, end_s=4.0)],
        clip=ClipFormat(width_px=size[0], height_px=size[1], fps=Fraction(25)),
        mode=mode,
    ).framing


@pytest.mark.parametrize("size", [_SQUARE, _UPRIGHT])
@pytest.mark.parametrize("focus_x", [0.36, 0.5, 0.64])
def test_a_crop_shows_nothing_of_burned_in_side_bars(size, focus_x):
    shot = Shot(start_s=0.0, end_s=4.0, focus_x=focus_x, focus_y=0.5, side_bars=_BARS)
    framing = _framing(shot, size=size)
    assert framing.mode is FramingMode.CROP
    assert all(440 <= key.x_px <= key.x_px + framing.width_px <= 840 for key in framing.path)


def test_a_face_between_bars_stays_in_the_middle_of_the_crop():
    boxes = (Box(x_px=620, y_px=200, width_px=100, height_px=120) for _ in range(20))
    face = Face(sights=tuple(FaceSight(at_s=n / 5, box=box) for n, box in enumerate(boxes)))
    shot = Shot(start_s=0.0, end_s=4.0, faces=(face,), side_bars=(0.2, 0.2))
    framing = _framing(shot, size=_UPRIGHT)
    (key,) = framing.path
    assert key.x_px + framing.width_px / 2 == pytest.approx(670, abs=2)


def test_the_whole_picture_is_shown_with_its_bars():
    shot = Shot(start_s=0.0, end_s=4.0, side_bars=_BARS)
    framing = _framing(shot, size=_UPRIGHT, mode=FramingMode.FIT)
    assert (framing.mode, framing.width_px) == (FramingMode.FIT, _WIDE_PX)


@pytest.mark.parametrize(
    "bars",
    [
        [(0.0, 0.0)],
        [(0.03, 0.03)],
        [(0.3, 0.0)],
        [(0.3, 0.2)],
        [(0.45, 0.45)],
        [(1.0, 1.0)],
        [_BARS, (0.0, 0.0)],
    ],
)
def test_dark_sides_of_a_scene_are_no_bars(bars):
    shots = [Shot(start_s=n, end_s=n + 1.0, side_bars=each) for n, each in enumerate(bars)]
    assert between_bars(shots, _probe()) is None


def test_a_black_shot_hides_no_bars():
    black = Shot(start_s=0.0, end_s=1.0, side_bars=(1.0, 1.0))
    found = between_bars([black, Shot(start_s=1.0, end_s=4.0, side_bars=_BARS)], _probe())
    assert found is not None
    assert (found.left_px, found.width_px) == (460, 360)


def test_bars_are_seen_and_night_is_not_taken_for_them(tmp_path):
    reader = AvReader(BLIND)
    for name, graph, expected in (
        ("bars", "testsrc2=s=240x360:r=25:d=2,pad=640:360:200:0:black", (0.3125, 0.3125)),
        ("night", "gradients=s=640x360:c0=0x101010:c1=0x404040:r=25:d=2", (0.0, 0.0)),
    ):
        path = make(tmp_path / f"{name}.mp4", *lavfi(graph), *QUICK)
        facts = reader.probe(path, name=name)
        (shot,) = reader.analyse(path, facts, on_progress=lambda _share: None).shots
        assert shot.side_bars == pytest.approx(expected, abs=0.016)
