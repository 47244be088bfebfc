from fractions import Fraction

import pytest

from viral_forge_assets.domain.face_checks import check_hidden
from viral_forge_assets.domain.face_tracks import FaceTrack, face_tracks
from viral_forge_assets.domain.hiding import (
    FaceRule,
    Hide,
    NumberedFace,
    cell_px,
    hidden_boxes,
    hidden_tracks,
    most_at_once,
    numbered_faces,
    spared_faces,
)
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.hiding import FaceLook, Hiding, SeenFace, Veil
from viral_forge_resources.contracts.media import SceneMap, Shot, Stretch
from viral_forge_resources.contracts.sight import Box, Face, FaceSight

_FPS = 25
_ALL_BUT = FaceRule(hide=Hide.ALL_BUT)


def _box(x_px: float) -> Box:
    return Box(x_px=x_px, y_px=50, width_px=80, height_px=100)


def _known(
    number: int, x_px: float, *, shot: int = 0, last_px: float | None = None
) -> NumberedFace:
    last_px = x_px if last_px is None else last_px
    sights = tuple(
        FaceSight(at_s=n / 5, box=_box(x_px + (last_px - x_px) * n / 20)) for n in range(21)
    )
    return NumberedFace(number=number, shot=0, face=Face(sights=sights))


def _tracks(*ways_px: tuple[float, float], unseen: range = range(0)) -> tuple[FaceTrack, ...]:
    """Of faces that go evenly from place to place, for four seconds."""
    looks = []
    for n in range(101):
        places = [first + (last - first) * n / 100 for first, last in ways_px]
        faces = tuple(SeenFace(box=_box(x_px), certainty=0.9) for x_px in places)
        looks.append(FaceLook(at_s=n / _FPS, faces=() if n in unseen else faces))
    return face_tracks(looks, (Shot(start_s=0, end_s=4.1),))


def test_all_faces_are_hidden_where_none_is_named():
    tracks = _tracks((100, 100), (500, 500))

    assert hidden_tracks(tracks, (), (_known(1, 100),)) == tracks


def test_a_named_face_is_spared_and_the_other_one_is_not():
    tracks = _tracks((100, 140), (500, 500))
    one, other = _known(1, 100, last_px=140), _known(2, 500)

    (hidden,) = hidden_tracks(tracks, (one,), (one, other))

    assert hidden.places[0][1].x_px == 500


def test_a_face_that_nobody_numbered_is_hidden():
    one = _known(1, 100)

    (hidden,) = hidden_tracks(_tracks((100, 100), (500, 500)), (one,), (one,))

    assert hidden.places[0][1].x_px == 500


def test_from_where_two_faces_touch_nobody_can_tell_who_is_who():
    one, other = _known(1, 100), _known(2, 500, last_px=150)
    tracks = _tracks((100, 100), (500, 150))

    hidden = hidden_tracks(tracks, (one,), (one, other))

    (doubted,) = (track for track in hidden if track.places[0][1].x_px < 150)
    assert 3.0 < doubted.places[0][0] < 4.0
    assert doubted.places[-1][0] == 4.0


def test_who_comes_back_after_a_while_may_be_someone_else():
    one = _known(1, 100)

    (hidden,) = hidden_tracks(_tracks((100, 100), unseen=range(40, 60)), (one,), (one,))

    assert hidden.places[0][0] == 60 / _FPS


def test_faces_are_numbered_through_all_shots():
    face = _known(1, 100).face
    shots = (
        Shot(start_s=0, end_s=4, faces=(face, face)),
        Shot(start_s=4, end_s=5),
        Shot(start_s=5, end_s=9, faces=(face,)),
    )
    known = numbered_faces(SceneMap(duration_s=9, shots=shots, silences=()))

    assert [(each.number, each.shot) for each in known] == [(1, 0), (2, 0), (3, 2)]
    assert most_at_once(known) == 2
    assert most_at_once(()) == 0


def test_only_faces_that_there_are_can_be_spared():
    known = (_known(1, 100), _known(2, 500))

    assert spared_faces(_ALL_BUT, [2], known) == known[1:]
    with pytest.raises(BadInput, match="'face 3': is none of the 2 faces"):
        spared_faces(_ALL_BUT, [3], known)
    with pytest.raises(BadInput, match="'face 1': cannot be shown"):
        spared_faces(FaceRule(hide=Hide.ALL), [1], known)


def test_every_picture_of_a_clip_of_several_stretches_has_its_own_veils():
    tracks = _tracks((100, 500))
    segments = (Stretch(start_s=3.0, end_s=3.4), Stretch(start_s=1.0, end_s=1.2))

    masks = hidden_boxes(tracks, segments, Fraction(_FPS))

    middles = [boxes[0].middle_px[0] for boxes in masks]
    assert len(masks) == 15
    assert middles[0] == pytest.approx(100 + 400 * 0.75 + 40, abs=8)
    assert middles[10] == pytest.approx(100 + 400 * 0.25 + 40, abs=8)
    assert all(boxes[0].width_px >= 1.5 * 80 for boxes in masks)


def test_the_veil_is_as_coarse_as_the_largest_face_wants_it():
    assert cell_px(_tracks((100, 100))) == round(100 / 3.5)
    assert cell_px(()) == 8


def _looks(*faces: tuple[float, ...]) -> tuple[FaceLook, ...]:
    return tuple(
        FaceLook(
            at_s=number / _FPS,
            faces=tuple(SeenFace(box=_box(0), certainty=each) for each in certainties),
        )
        for number, certainties in enumerate(faces)
    )


def _hiding(shown_at_once: int = 0) -> Hiding:
    return Hiding(veil=Veil.BLUR, cell_px=20, faces=2, shown_at_once=shown_at_once)


def test_one_picture_with_a_face_fails_the_clip_and_says_when():
    result = check_hidden(_hiding(), _looks((), (0.3,), (0.6,), ()))

    assert not result.passed
    assert result.message == "1 of 4 pictures show a face: at 0.08 s"


def test_spared_faces_may_be_seen_and_no_more_than_those():
    assert check_hidden(_hiding(1), _looks((0.9,), ())).passed
    assert not check_hidden(_hiding(1), _looks((0.9, 0.8), ())).passed


def test_a_clip_at_which_nobody_looked_is_not_known_to_hide_faces():
    assert not check_hidden(_hiding(), ()).passed
    assert check_hidden(None, ()).passed
