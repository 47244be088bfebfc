"""Faces in rendered clips, found there by another finder: where they stand, and whose they are."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests import people
from tests.clips import pictures
from viral_forge_assets.domain.jitter import jitter_px
from viral_forge_assets.domain.reframing import ClipFormat, Reframing, frame_for
from viral_forge_resources.contracts.media import (
    FramingMode,
    MediaProbe,
    RenderSpec,
    SceneMap,
    Stretch,
)
from viral_forge_resources.media.reader import AvReader
from viral_forge_resources.media.renderer import FfmpegRenderer

pytestmark = pytest.mark.slow

_LEAST_HELD = 0.98
_FPS = Fraction(people.FPS)
_SHAPES = [(360, 640), (480, 480), (400, 500)]

Looked = tuple[Path, MediaProbe, SceneMap]


def _looked_at(source: Path) -> Looked:
    reader = AvReader()
    probe = reader.probe(source, name=source.name)
    return source, probe, reader.analyse(source, probe, on_progress=lambda _share: None)


def _framed(looked: Looked, shape: tuple[int, int]) -> Reframing:
    _, probe, scenes = looked
    return frame_for(
        probe,
        scenes,
        [Stretch(start_s=0.0, end_s=scenes.duration_s)],
        clip=ClipFormat(width_px=shape[0], height_px=shape[1], fps=_FPS),
        mode=FramingMode.CROP,
    )


def _rendered(
    looked: Looked, made: Reframing, shape: tuple[int, int], target: Path
) -> list[np.ndarray]:
    source, _, scenes = looked
    spec = RenderSpec(
        segments=(Stretch(start_s=0.0, end_s=scenes.duration_s),),
        width_px=shape[0],
        height_px=shape[1],
        fps=_FPS,
        framing=made.framing,
        has_sound=False,
        preset="ultrafast",
    )
    FfmpegRenderer().render(
        source, target, spec=spec, captions=None, on_progress=lambda _share: None
    )
    return pictures(target)


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Looked:
    """She sways, leans in, trembles a little, walks to the other side and stays there."""
    graph = people.person(
        wide="230+20*sin(1.7*t)+3*sin(19*t)",
        x="20+18*sin(3*t)+3*sin(21*t)+330*clip((t-2)/2.5,0,1)",
        y="50+8*sin(5*t)+2*sin(17*t)",
    )
    return _looked_at(people.film(tmp_path_factory.mktemp("talk") / "talk.mp4", [(graph, 6.0)]))


@pytest.mark.parametrize("shape", _SHAPES)
def test_the_face_of_who_talks_stays_in_the_middle_of_the_rendered_clip(talk, shape, tmp_path):
    made = _framed(talk, shape)
    shown = _rendered(talk, made, shape, tmp_path / "clip.mp4")

    found = people.found_by_other(shown, closely=True)
    places = np.array([faces[0][0] for faces in found if len(faces) == 1])
    held = np.count_nonzero((places >= 0.2) & (places <= 0.8))
    assert len(places) >= 0.97 * len(found), "a finder that finds none proves nothing"
    assert held / len(places) >= _LEAST_HELD


@pytest.mark.parametrize("shape", _SHAPES)
def test_a_crop_that_follows_someone_is_calm(talk, shape):
    framing = _framed(talk, shape).framing
    frames = round(talk[2].duration_s * _FPS)

    jerks = jitter_px(framing, cuts_s=(), frames=frames, fps=_FPS, size_px=(1080, 1920))

    assert 0 < max(jerks) <= 0.6


@pytest.mark.parametrize(
    ("mouths", "kind", "middle"),
    [("r", "static", 0.81), ("l", "static", 0.2), ("lr", "two-up", None)],
)
def test_of_two_people_the_one_who_talks_is_shown_and_both_where_both_do(
    mouths, kind, middle, tmp_path
):
    graph = people.two_who_talk(wide=200, left_px=20, right_px=420, y_px=80, mouths=mouths)
    looked = _looked_at(people.film(tmp_path / "pair.mp4", [(graph, 4.0)]))
    made = _framed(looked, _SHAPES[0])

    assert made.reasons == (f"shots: 1 {kind}",)
    found = people.found_by_other(_rendered(looked, made, _SHAPES[0], tmp_path / "clip.mp4")[::10])
    assert {len(faces) for faces in found} == {2 if middle is None else 1}
    if middle is not None:
        crop = made.framing.path[0].x_px + made.framing.width_px / 2
        assert crop / people.SIZE_PX[0] == pytest.approx(middle, abs=0.05)
