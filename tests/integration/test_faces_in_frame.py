"""From footage to its crop: faces stay within the middle 60 % of the clip."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from matplotlib import cbook

from tests import samples
from tests.clips import QUICK, make
from viral_forge_assets.domain.reframing import ClipFormat, frame_for
from viral_forge_resources.contracts.media import CropKey, FramingMode, SceneMap, Stretch
from viral_forge_resources.contracts.sight import Face
from viral_forge_resources.media.reader import AvReader

_LEAST_HELD = 0.98
_FPS = 25


def _analyse(source: Path) -> SceneMap:
    reader = AvReader()
    probe = reader.probe(source, name=source.name)
    return reader.analyse(source, probe, on_progress=lambda _share: None)


def _held(source: Path, scenes: SceneMap, face: Face, clip: tuple[int, int]) -> float:
    """Share of the clip's frames that have the face's middle within their middle 60 %."""
    made = frame_for(
        AvReader().probe(source, name=source.name),
        scenes,
        [Stretch(start_s=0.0, end_s=scenes.duration_s)],
        clip=ClipFormat(width_px=clip[0], height_px=clip[1], fps=Fraction(_FPS)),
        mode=FramingMode.CROP,
    ).framing
    seen_s = [sight.at_s for sight in face.sights]
    frames = np.arange(seen_s[0], seen_s[-1], 1 / _FPS)
    across = np.interp(frames, seen_s, [sight.box.middle_px[0] for sight in face.sights])
    corners = [_corner(made.path, at_s) for at_s in frames]
    places = (across - corners) / made.width_px
    return float(np.mean((places >= 0.2) & (places <= 0.8)))


def _corner(path: tuple[CropKey, ...], at_s: float) -> float:
    return next(key.x_px for key in reversed(path) if key.at_s <= at_s + 1e-6)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real face that sways in its chair, walks to the other side and stays there."""
    portrait = cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)
    place = "150+25*sin(3*t)+650*clip((t-2.5)/2.5,0,1)"
    graph = (
        f"smptehdbars=s=1280x720:r={_FPS}:d=8,negate,hue=s=0.2,boxblur=20[room];"
        "[0]scale=300:-2[person];"
        f"[room][person]overlay=x='{place}':y='300+10*sin(5*t)':shortest=1,format=yuv420p"
    )
    return make(
        tmp_path_factory.mktemp("talk") / "talk.mp4",
        *("-loop", "1", "-i", str(portrait), "-filter_complex", graph, "-t", "8", *QUICK),
    )


@pytest.fixture(scope="module")
def seen(talk: Path) -> SceneMap:
    return _analyse(talk)


@pytest.mark.parametrize("clip", [(1080, 1920), (1080, 1080), (1080, 1350)])
def test_a_real_face_that_walks_stays_within_the_middle_of_the_clip(talk, seen, clip):
    ((face,),) = [shot.faces for shot in seen.shots]

    assert face.sights[0].at_s < 0.5
    assert face.sights[-1].at_s > 7.3
    assert _held(talk, seen, face, clip) >= _LEAST_HELD


@samples.needs_media
@pytest.mark.parametrize("name", ["mp_chaplin.mp4", "dec_pancake.mkv"])
def test_a_face_in_real_footage_stays_within_the_middle_of_the_clip(name):
    source = samples.shared_media(name)
    scenes = _analyse(source)

    face = scenes.shots[0].faces[0]
    assert len(face.sights) > 30
    assert _held(source, scenes, face, (1080, 1920)) >= _LEAST_HELD
