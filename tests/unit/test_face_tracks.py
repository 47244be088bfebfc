import pytest

from viral_forge_assets.domain.face_tracks import FaceTrack, face_tracks
from viral_forge_resources.contracts.hiding import FaceLook, SeenFace
from viral_forge_resources.contracts.media import Shot
from viral_forge_resources.contracts.sight import Box

_FPS = 25
_ONE_SHOT = (Shot(start_s=0.0, end_s=4.0),)


def _face(x_px: float = 100, *, certainty: float = 0.9, size_px: float = 80) -> SeenFace:
    box = Box(x_px=x_px, y_px=50, width_px=size_px, height_px=size_px)
    return SeenFace(box=box, certainty=certainty)


def _looks(faces: dict[int, tuple[SeenFace, ...]], *, pictures: int = 100) -> list[FaceLook]:
    return [FaceLook(at_s=n / _FPS, faces=faces.get(n, ())) for n in range(pictures)]


def _covered(tracks: tuple[FaceTrack, ...], *, pictures: int = 100) -> list[int]:
    """Numbers of the pictures on which something is hidden."""
    return [n for n in range(pictures) if any(t.around(n / _FPS, 0.0) for t in tracks)]


def test_a_face_that_one_picture_in_two_shows_is_on_every_one_of_them():
    tracks = face_tracks(_looks({n: (_face(),) for n in range(20, 61, 2)}), _ONE_SHOT)

    assert len(tracks) == 1
    assert set(range(20, 61)) <= set(_covered(tracks))


def test_one_sure_find_is_hidden_half_a_second_before_and_after():
    (track,) = face_tracks(_looks({50: (_face(),)}), _ONE_SHOT)

    assert (_covered((track,))[0], _covered((track,))[-1]) == (38, 62)
    assert track.places[0][1].width_px == pytest.approx(120)  # where it is then is less sure
    assert track.tallest_px == 80


def test_no_face_is_hidden_across_a_cut():
    shots = (Shot(start_s=0.0, end_s=2.0), Shot(start_s=2.0, end_s=4.0))
    tracks = face_tracks(_looks({n: (_face(),) for n in range(30, 49)}), shots)

    assert _covered(tracks)[-1] == 49


def test_who_turns_away_for_a_second_is_hidden_all_the_while():
    seen = [*range(10, 30), *range(55, 70)]
    tracks = face_tracks(_looks({n: (_face(100 + n),) for n in seen}), _ONE_SHOT)

    (track,) = tracks
    assert set(range(10, 70)) <= set(_covered(tracks))
    place = track.at(42 / _FPS)
    assert place is not None
    assert (round(place.x_px, 6), place.width_px) == (142, 80)


def test_a_faint_face_that_lasts_is_hidden_and_a_flicker_is_not():
    faint = _face(certainty=0.3)

    assert len(face_tracks(_looks(dict.fromkeys(range(20, 30), (faint,))), _ONE_SHOT)) == 1
    assert face_tracks(_looks({20: (faint,), 21: (faint,)}), _ONE_SHOT) == ()


def test_two_who_stand_apart_are_two():
    tracks = face_tracks(_looks({n: (_face(100), _face(400)) for n in range(10)}), _ONE_SHOT)

    assert sorted(track.places[0][1].x_px for track in tracks) == [100, 400]


def test_a_picture_that_stays_on_for_long_is_hidden_for_as_long():
    looks = [
        FaceLook(at_s=0.0, faces=(_face(),)),
        FaceLook(at_s=0.9, faces=()),
        FaceLook(at_s=0.94, faces=()),
    ]
    (track,) = face_tracks(looks, _ONE_SHOT)

    assert track.around(0.85, 0.02) is not None
    assert track.around(0.95, 0.02) is None
