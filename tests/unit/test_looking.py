from itertools import pairwise

import numpy as np
import pytest
from matplotlib import cbook
from PIL import Image

from tests.fakes.sight import FakeFinder
from viral_forge_resources.media._any_size import any_size
from viral_forge_resources.media._looking import FaceLooker
from viral_forge_resources.media._sight import Found, _face_weights, open_sight

_PICTURE = np.zeros((192, 320, 3), dtype=np.uint8)
_SMALL = np.zeros((3, 36, 64), dtype=np.int16)
_WHOLE, _SHRUNK = (192, 320, 3), (128, 224, 3)


def _face(height: float, certainty: float = 0.9) -> Found:
    return Found(x=0.4, y=0.2, width=0.1, height=height, certainty=certainty)


def _looks(finder: FakeFinder, count: int) -> list[float]:
    looker = FaceLooker(finder)
    looks = [looker(_PICTURE, number / 5, _SMALL) for number in range(count)]
    return [look.at_s for look in looks if look]


def test_a_large_face_is_followed_in_smaller_pictures_with_a_look_at_all_of_it_each_second():
    finder = FakeFinder(lambda _: [_face(0.3)])

    assert len(_looks(finder, 11)) == 11
    assert finder.shapes == [_WHOLE, *[_SHRUNK] * 4, _WHOLE, *[_SHRUNK] * 4, _WHOLE]


@pytest.mark.parametrize("found", [[_face(0.1)], [_face(0.3, 0.6)], [_face(0.3), _face(0.3)]])
def test_small_and_faint_faces_and_several_are_looked_for_in_whole_pictures(found):
    finder = FakeFinder(lambda _: found)

    _looks(finder, 6)

    assert set(finder.shapes) == {_WHOLE}


def test_a_face_that_is_lost_in_a_smaller_picture_is_looked_for_in_the_whole_one():
    finder = FakeFinder(lambda picture: [_face(0.3)] if picture.shape == _WHOLE else [])
    looker = FaceLooker(finder)

    looks = [looker(_PICTURE, at_s, _SMALL) for at_s in (0.0, 0.2, 0.4)]

    assert all(look and look.found for look in looks)


def test_where_no_face_was_seen_for_a_second_every_second_picture_is_looked_at():
    at_s = _looks(FakeFinder(lambda _: []), 20)

    gaps = [later - earlier for earlier, later in pairwise(at_s)]
    assert gaps == pytest.approx([0.2] * 4 + [0.4] * 7)


def test_after_a_cut_every_picture_is_looked_at_in_whole():
    finder = FakeFinder(lambda _: [])
    looker = FaceLooker(finder)
    for number in range(6):
        looker(_PICTURE, number / 5, _SMALL)

    looks = [looker(_PICTURE, 2 + number / 5, _SMALL + 60) for number in range(5)]

    assert all(looks)


def test_a_large_face_lies_at_the_same_place_in_pictures_of_any_size():
    faces = open_sight().faces
    assert faces is not None
    room = Image.new("RGB", (640, 384), (120, 120, 120))
    portrait = Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))
    room.paste(portrait.convert("RGB").resize((200, 234)), (220, 100))

    found = [faces(np.asarray(room.resize(size))) for size in ((640, 384), (320, 192), (224, 128))]

    (large,), (usual,), (small,) = found
    for other in (large, small):
        assert (other.x, other.y) == pytest.approx((usual.x, usual.y), abs=0.02)
        assert other.certainty > 0.75


def test_weights_that_take_any_size_stay_as_they_are():
    once = any_size(_face_weights()[0].read_bytes())

    assert any_size(once) == once
