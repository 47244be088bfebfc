import numpy as np
import pytest

from viral_forge_resources.contracts.media import FocusPoint
from viral_forge_resources.media._track import FocusTracker, Luma

ROWS, COLUMNS = 36, 64
PICTURES = 50  # two seconds
_DICE = np.random.default_rng(5)
_FOREST = _DICE.integers(40, 200, (ROWS, COLUMNS + 40)).astype(np.int16)


def _tracked(pictures: list[Luma]) -> tuple[FocusPoint, ...]:
    tracker = FocusTracker()
    for number, picture in enumerate(pictures):
        tracker.add(number / 25, picture)
    return tracker.track()


def _room(shift: int = 0) -> Luma:
    return _FOREST[:, shift : shift + COLUMNS].copy()


def _with_box(picture: Luma, x: float, y: int = 18) -> Luma:
    column = round(x * COLUMNS)
    picture[y - 3 : y + 3, max(column - 3, 0) : column + 3] = 255
    return picture


def test_a_thing_that_crosses_the_picture_is_seen_where_it_is():
    points = _tracked([_with_box(_room(), 0.1 + 0.8 * n / PICTURES) for n in range(PICTURES)])

    assert 8 <= len(points) <= 10
    for point in points:
        assert point.x == pytest.approx(0.1 + 0.8 * point.at_s / 2, abs=0.03)
        assert point.y == pytest.approx(0.5, abs=0.03)


def test_a_tall_thing_is_one_thing():
    pictures = []
    for n in range(PICTURES):
        picture = _room()
        picture[4:32, 10 + n // 2 : 16 + n // 2] = 255
        pictures.append(picture)

    assert len(_tracked(pictures)) >= 8


def test_a_camera_that_shakes_or_turns_shows_no_one_thing():
    shaken = [_room(int(20 + 4 * np.sin(3 * n))) for n in range(PICTURES)]
    turned = [_room(n * 40 // PICTURES) for n in range(PICTURES)]

    assert _tracked(shaken) == ()
    assert _tracked(turned) == ()


def test_noise_is_no_movement():
    noisy = [_room() + _DICE.integers(-4, 5, (ROWS, COLUMNS)) for _ in range(PICTURES)]

    assert _tracked([picture.astype(np.int16) for picture in noisy]) == ()


def test_a_flash_is_no_movement():
    pictures = [_room() for _ in range(PICTURES)]
    for n in range(20, 27):
        pictures[n][:] = 250

    assert _tracked(pictures) == ()


def test_two_things_far_apart_are_no_one_thing():
    pictures = [
        _with_box(_with_box(_room(), 0.1 + 0.1 * n / PICTURES), 0.9 - 0.1 * n / PICTURES)
        for n in range(PICTURES)
    ]

    assert _tracked(pictures) == ()


def test_where_nothing_moves_there_is_no_point():
    assert _tracked([_room()] * PICTURES) == ()
