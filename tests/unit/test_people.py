import numpy as np
import pytest

from viral_forge_resources.media._people import FaceLook, people
from viral_forge_resources.media._sight import Found

_SIZE_PX = (1000, 500)
_STILL = np.zeros((12, 12), dtype=np.int16)


def _found(x: float, *, certainty: float = 0.8, width: float = 0.1) -> Found:
    return Found(x=x, y=0.2, width=width, height=2.4 * width, certainty=certainty)


def _looks(*rows: list[Found]) -> list[FaceLook]:
    return [
        FaceLook(at_s=number / 5, found=tuple((found, _STILL) for found in row))
        for number, row in enumerate(rows)
    ]


def test_two_who_stand_apart_are_two_faces_with_a_box_each():
    left, right = people(
        _looks(*[[_found(0.6, width=0.08), _found(0.1)] for _ in range(6)]), size_px=_SIZE_PX
    )

    assert [sight.at_s for sight in left.sights] == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert {sight.box.x_px for sight in left.sights} == {100.0}
    assert {sight.box.x_px for sight in right.sights} == {600.0}
    assert left.sights[0].box.height_px == pytest.approx(120)


def test_someone_who_walks_stays_the_same_one():
    (walker,) = people(
        _looks(*[[_found(0.1 + 0.04 * number)] for number in range(15)]), size_px=_SIZE_PX
    )

    assert len(walker.sights) == 15
    assert walker.sights[7].box.x_px == pytest.approx(380, abs=1)


def test_who_turns_away_for_a_moment_is_still_the_same_one_without_a_gap():
    rows = [[_found(0.3)]] * 4 + [[]] * 5 + [[_found(0.4)]] * 4
    (face,) = people(_looks(*rows), size_px=_SIZE_PX)

    places = [sight.box.x_px for sight in face.sights]
    assert len(places) == 13
    assert places == sorted(places)


def test_a_face_goes_on_where_it_is_seen_faintly():
    rows = [[_found(0.3)], *[[_found(0.3, certainty=0.3)]] * 2, [_found(0.3)]]
    (face,) = people(_looks(*rows), size_px=_SIZE_PX)

    assert len(face.sights) == 4


@pytest.mark.parametrize(
    "rows",
    [[[_found(0.3, certainty=0.4)]] * 9, [[], [], [_found(0.3)], [], [], []]],
    ids=["always faint", "seen once"],
)
def test_what_only_looks_like_a_face_now_and_then_is_none(rows):
    assert people(_looks(*rows), size_px=_SIZE_PX) == ()


def test_one_wrong_box_does_not_move_a_face():
    rows = [[_found(0.3)]] * 5 + [[_found(0.34)]] + [[_found(0.3)]] * 5
    (face,) = people(_looks(*rows), size_px=_SIZE_PX)

    assert {sight.box.x_px for sight in face.sights} == {300.0}


def test_who_moves_the_mouth_speaks_and_who_turns_the_head_does_not():
    mouth, head = _STILL.copy(), _STILL.copy()
    mouth[8:, 3:9] = 60
    head[:, 6:] = 60
    looks = [
        FaceLook(
            at_s=number / 5,
            found=(
                (_found(0.1), mouth if number % 2 else _STILL),
                (_found(0.7), head if number % 2 else _STILL),
            ),
        )
        for number in range(6)
    ]
    speaker, other = sorted(
        people(looks, size_px=_SIZE_PX), key=lambda face: face.sights[0].box.x_px
    )

    assert min(sight.speaking for sight in speaker.sights[1:]) > 0.2
    assert max(sight.speaking for sight in other.sights) == 0
