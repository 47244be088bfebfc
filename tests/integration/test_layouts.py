"""Clips that do not show one crop all the time, frame by frame."""

from dataclasses import replace
from pathlib import Path

from tests.clips import (
    QUICK,
    colour_at,
    colours,
    cropped,
    lavfi,
    make,
    pictures,
    render,
    spec_of,
    whole,
)
from viral_forge_resources.contracts.media import Layout, RenderSpec, Stretch
from viral_forge_resources.contracts.sight import Box

_LEFT = Box(x_px=0, y_px=0, width_px=80, height_px=90)
_RIGHT = Box(x_px=80, y_px=0, width_px=80, height_px=90)


def _halves(folder: Path) -> Path:
    """Three seconds: red on the left, blue on the right."""
    halves = "color=red:s=160x90:r=30:d=3,drawbox=x=iw/2:w=iw/2:h=ih:color=blue:t=fill"
    return make(folder / "halves.mp4", *lavfi(halves), *QUICK)


def _layout(start_s: float, end_s: float, *panes: Box) -> Layout:
    return Layout(stretch=Stretch(start_s=start_s, end_s=end_s), panes=panes)


def _spec(*layouts: Layout, path=((0.0, 0, 0),)) -> RenderSpec:
    framing = replace(cropped(50, 90, *path), layouts=layouts)
    return spec_of((0.0, 3.0), framing=framing)


def test_a_stretch_shows_the_whole_picture_and_the_crop_goes_on_behind_it(tmp_path):
    render(_halves(tmp_path), tmp_path / "clip.mp4", _spec(_layout(1.0, 2.0)))

    right = colours(tmp_path / "clip.mp4", x=0.95)
    assert right == ["red"] * 30 + ["blue"] * 30 + ["red"] * 30


def test_two_panes_stand_one_above_the_other(tmp_path):
    render(_halves(tmp_path), tmp_path / "clip.mp4", _spec(_layout(0.0, 1.0, _LEFT, _RIGHT)))

    shown = pictures(tmp_path / "clip.mp4")
    assert (colour_at(shown[15], y=0.2), colour_at(shown[15], y=0.8)) == ("red", "blue")
    assert [colour_at(picture, y=0.8) for picture in shown] == ["blue"] * 30 + ["red"] * 60


def test_a_crop_that_moves_is_at_its_place_after_another_layout(tmp_path):
    path = ((0.0, 0, 0), *((1.0 + frame / 30, 2 * frame, 0) for frame in range(1, 56)))

    render(_halves(tmp_path), tmp_path / "clip.mp4", _spec(_layout(0.5, 2.5), path=path))

    shown = pictures(tmp_path / "clip.mp4")
    assert len(shown) == 90
    assert (colour_at(shown[14]), colour_at(shown[76], x=0.1)) == ("red", "blue")


def test_a_clip_may_show_no_crop_at_all(tmp_path):
    layouts = (_layout(0.0, 1.5), _layout(1.5, 3.0, _RIGHT, _LEFT))

    render(_halves(tmp_path), tmp_path / "clip.mp4", _spec(*layouts))

    assert colours(tmp_path / "clip.mp4", y=0.9)[60:] == ["red"] * 30


def test_the_whole_picture_looks_the_same_in_a_stretch_as_in_a_whole_clip(tmp_path):
    source = _halves(tmp_path)
    render(source, tmp_path / "stretch.mp4", _spec(_layout(0.0, 2.0)))
    render(source, tmp_path / "whole.mp4", spec_of((0.0, 3.0), framing=whole(160, 90)))

    one, other = (pictures(tmp_path / name)[20] for name in ("stretch.mp4", "whole.mp4"))
    assert abs(one.astype(int) - other.astype(int)).mean() < 2


def test_hdr_is_toned_down_in_every_layout(tmp_path):
    codec = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")
    white = (
        "color=white:s=160x90:r=30:d=1,format=yuv420p10le,setparams=color_primaries=bt2020"
        ":color_trc=arib-std-b67:colorspace=bt2020nc"
    )
    source = make(tmp_path / "hdr.mp4", *lavfi(white), *codec)
    framing = replace(cropped(50, 90), layouts=(_layout(0.5, 1.0),))

    render(source, tmp_path / "clip.mp4", spec_of((0.0, 1.0), framing=framing, is_hdr=True))

    shown = pictures(tmp_path / "clip.mp4")
    assert abs(int(shown[5][80, 45, 1]) - int(shown[25][80, 45, 1])) < 4
