"""From a video to its clip: what moves stays in the picture, and nothing else moves the crop."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.clips import HEIGHT_PX, QUICK, WIDTH_PX, lavfi, make, pictures, render, spec_of
from tests.fakes.sight import BLIND
from viral_forge_assets.domain.reframing import ClipFormat, Reframing, frame_for
from viral_forge_resources.contracts.media import Framing, FramingMode, SceneMap, Stretch
from viral_forge_resources.media.reader import AvReader

_FPS = 25
_SHOT_S = 4
_SQUARE_PX = 26

# Still, but not plain: a crop that moves over it shows.
_ROOM = f"mandelbrot=s=320x180:r={_FPS}:end_scale=1,loop=-1:1:0,trim=duration={_SHOT_S},hue=s=0"
_SQUARE = f"color=red:s={_SQUARE_PX}x{_SQUARE_PX}:r={_FPS}:d={_SHOT_S}"
_CROSSING = f"overlay=x='20+254*t/{_SHOT_S}':y=70:shortest=1"
_BARS = f"smptebars=s=320x180:r={_FPS}:d={_SHOT_S}"
_SHAKEN = (
    f"smptehdbars=s=400x220:r={_FPS}:d={_SHOT_S},negate,"
    "crop=320:180:x='40+14*sin(23*t)+9*sin(37*t)':y='20+9*sin(29*t)'"
)


@pytest.fixture(scope="module")
def three_shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Something crosses a room; a still picture; a camera that shakes."""
    one = f"{_ROOM}[room];{_SQUARE}[square];[room][square]{_CROSSING}"
    graph = ";".join(
        f"{each},format=yuv420p,setsar=1,setpts=PTS-STARTPTS[{name}]"
        for each, name in ((one, "a"), (_BARS, "b"), (_SHAKEN, "c"))
    )
    target = tmp_path_factory.mktemp("source") / "three.mp4"
    return make(target, *lavfi(f"{graph};[a][b][c]concat=n=3"), *QUICK)


@pytest.fixture(scope="module")
def seen(three_shots: Path) -> SceneMap:
    reader = AvReader(BLIND)
    probe = reader.probe(three_shots, name="three")
    return reader.analyse(three_shots, probe, on_progress=lambda _share: None)


def _reframed(source: Path, scenes: SceneMap, start_s: float, end_s: float) -> Reframing:
    clip = ClipFormat(width_px=WIDTH_PX, height_px=HEIGHT_PX, fps=Fraction(_FPS))
    return frame_for(
        AvReader().probe(source, name="three"),
        scenes,
        [Stretch(start_s=start_s, end_s=end_s)],
        clip=clip,
        mode=FramingMode.CROP,
    )


def _middle_of_red(picture: np.ndarray) -> float | None:
    """Share of the width; None where too little of the square is seen."""
    red, green, blue = (picture[..., channel].astype(int) for channel in range(3))
    across = np.flatnonzero(((red > 150) & (green < 90) & (blue < 90)).sum(axis=0) > 2)
    return float(across.mean()) / picture.shape[1] if len(across) else None


def test_what_crosses_the_picture_stays_in_the_middle_of_the_clip(three_shots, seen, tmp_path):
    made = _reframed(three_shots, seen, 0.0, _SHOT_S)
    spec = spec_of((0.0, float(_SHOT_S)), framing=made.framing, fps=Fraction(_FPS))
    render(three_shots, tmp_path / "clip.mp4", spec)

    half = _SQUARE_PX / 2 / made.framing.width_px
    middles = [_middle_of_red(picture) for picture in pictures(tmp_path / "clip.mp4")]
    held = [each is not None and each - half >= 0.1 and each + half <= 0.9 for each in middles]
    assert made.reasons == ("shots: 1 pan",)
    assert len(middles) == _FPS * _SHOT_S
    assert sum(held) >= 0.9 * len(middles)


def test_the_picture_glides_where_the_crop_moves(three_shots, seen, tmp_path):
    framing = _reframed(three_shots, seen, 0.0, _SHOT_S).framing
    spec = spec_of((0.0, float(_SHOT_S)), framing=framing, fps=Fraction(_FPS))
    render(three_shots, tmp_path / "clip.mp4", spec)

    middles = [_middle_of_red(picture) for picture in pictures(tmp_path / "clip.mp4")]
    inner = [each * WIDTH_PX for each in middles[_FPS:-_FPS] if each is not None]
    assert len(inner) == _FPS * (_SHOT_S - 2)
    assert np.abs(np.diff(inner)).max() < 2.5


@pytest.mark.parametrize("shot", [1, 2], ids=["still picture", "shaking camera"])
def test_without_one_thing_that_moves_the_crop_stands_still(three_shots, seen, shot):
    made = _reframed(three_shots, seen, shot * _SHOT_S, (shot + 1) * _SHOT_S)

    assert made.reasons == ("shots: 1 static",)
    assert len(made.framing.path) == 1


def test_a_pan_ends_with_its_shot(three_shots, seen):
    made = _reframed(three_shots, seen, 0.0, 3 * _SHOT_S)

    assert len(seen.shots) == 3
    assert made.reasons == ("shots: 1 pan, 2 static",)
    assert len([key for key in made.framing.path if key.at_s >= _SHOT_S]) <= 2


_DOT_PX, _DOT_STEP_PX = 24, 4
_DOT_FRAMES = 110
_CLIP_PX = (360, 640)


def _dot_px(frame: int) -> int:
    """Left edge of the dot: it stands, goes to the right and stands."""
    return 80 + _DOT_STEP_PX * min(max(frame - 15, 0), 80)


def test_the_crop_of_a_dot_with_a_known_path_is_where_it_should_be_without_jerks(tmp_path):
    dot = f"color=red:s={_DOT_PX}x{_DOT_PX}:r={_FPS}"
    room = f"color=gray:s=640x360:r={_FPS}:d={_DOT_FRAMES / _FPS}"
    place = f"x='80+{_DOT_STEP_PX}*clip(round(t*{_FPS})-15,0,80)':y=160:shortest=1"
    graph = f"{room}[room];{dot}[dot];[room][dot]overlay={place},format=yuv420p"
    source = make(tmp_path / "dot.mp4", *lavfi(graph), *QUICK)
    reader = AvReader(BLIND)
    scenes = reader.analyse(
        source, reader.probe(source, name="dot"), on_progress=lambda _share: None
    )
    duration_s = _DOT_FRAMES / _FPS
    clip = ClipFormat(width_px=_CLIP_PX[0], height_px=_CLIP_PX[1], fps=Fraction(_FPS))
    framing = frame_for(
        reader.probe(source, name="dot"),
        scenes,
        [Stretch(start_s=0.0, end_s=duration_s)],
        clip=clip,
        mode=FramingMode.CROP,
    ).framing
    spec = replace(
        spec_of((0.0, duration_s), framing=framing, fps=Fraction(_FPS)),
        width_px=_CLIP_PX[0],
        height_px=_CLIP_PX[1],
    )
    render(source, tmp_path / "clip.mp4", spec)

    scale = _CLIP_PX[0] / framing.width_px
    found = [_middle_of_red(picture) for picture in pictures(tmp_path / "clip.mp4")]
    seen_px = np.array([each * _CLIP_PX[0] for each in found if each is not None])
    dot_px = np.array([_dot_px(n) + _DOT_PX / 2 for n in range(_DOT_FRAMES)]) * scale - 0.5
    planned_px = np.array([_crop_px(framing, n) for n in range(_DOT_FRAMES)]) * scale
    crop_px = dot_px - seen_px
    jerks = np.diff(crop_px - planned_px)
    assert len(seen_px) == _DOT_FRAMES
    assert np.abs(crop_px - planned_px).max() <= 2
    assert np.sqrt(np.mean(jerks**2)) <= 0.6
    assert np.abs(seen_px - _CLIP_PX[0] / 2).max() <= 0.3 * _CLIP_PX[0]


def _crop_px(framing: Framing, frame: int) -> float:
    """Left edge of the planned crop in source pixels."""
    return next(key.x_px for key in reversed(framing.path) if key.at_s <= frame / _FPS + 1e-6)
