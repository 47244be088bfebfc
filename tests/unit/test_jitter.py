from fractions import Fraction
from math import sin

import pytest

from viral_forge_assets.domain.jitter import jitter_px
from viral_forge_resources.contracts.media import CropKey, Framing, FramingMode, Layout, Stretch

_FPS = Fraction(25)
_FRAMES = 100


def _jitter(*places_px: float, cuts_s: tuple[float, ...] = (), layouts: tuple[Layout, ...] = ()):
    path = tuple(
        CropKey(at_s=n / 25, x_px=place_px, y_px=0) for n, place_px in enumerate(places_px)
    )
    framing = Framing(
        mode=FramingMode.CROP, width_px=540, height_px=960, path=path, layouts=layouts
    )
    return jitter_px(framing, cuts_s=cuts_s, frames=_FRAMES, fps=_FPS, size_px=(1080, 1920))


def test_a_crop_that_stands_has_none():
    assert _jitter(40.0) == (0.0,)


def test_a_clip_that_shows_the_whole_picture_has_none():
    whole = Framing(mode=FramingMode.FIT, width_px=1920, height_px=1080)

    assert jitter_px(whole, cuts_s=(1.0,), frames=_FRAMES, fps=_FPS, size_px=(1080, 1920)) == (0.0,)


def test_a_steady_pan_has_next_to_none():
    assert max(_jitter(*(3.0 * n for n in range(_FRAMES)))) < 1e-6


def test_a_gentle_swing_is_calm_and_a_tremble_is_not():
    assert max(_jitter(*(80 * sin(n / 15) for n in range(_FRAMES)))) < 0.1
    # Half a source pixel to and fro: eight times that, twice as large in the clip.
    assert max(_jitter(*(0.5 * (n % 2) for n in range(_FRAMES)))) == pytest.approx(4.0, rel=0.01)


def test_a_jump_at_a_cut_is_no_movement():
    places = [0.0] * 50 + [300.0] * 50

    assert max(_jitter(*places)) > 10
    assert _jitter(*places, cuts_s=(2.0,)) == (0.0, 0.0)
    whole = Layout(stretch=Stretch(start_s=1.0, end_s=2.0))
    assert max(_jitter(*places, layouts=(whole,))) == 0


def test_each_shot_is_told_apart():
    places = [0.0] * 50 + [0.5 * (n % 2) for n in range(50)]

    calm, trembling = _jitter(*places, cuts_s=(2.0,))

    assert calm == 0
    assert trembling > 3
