"""Pictures of the demo's sample video: five scenes, each with something that crosses it."""

from collections.abc import Callable, Iterator
from functools import partial
from math import cos, pi, sin

import numpy as np

from viral_forge_resources.media._canvas import (
    WIDTH_PX,
    Colour,
    Picture,
    Point,
    area,
    blend,
    cloud,
    disc,
    glow,
    gradient,
    hills,
    lettering,
    line,
    oval,
    turned,
)

Paint = Callable[[Picture, float, float], None]
"""Draws what moves on a copy of the background, at a second of the scene and a share of it."""
Scene = tuple[Picture, Paint]
_SEED = 7
_SUNLIGHT = (140, 205, 255)
_MOUNTAIN = (104, 58, 76)
_RIDGE = (92, 52, 66)
_FALL = 0.75  # share of a beat at which the hammer is down again
_BEATS_PER_S = 1.25
_WHITE = (248, 250, 252)
_LIT = 0.42  # share of windows with light


def scenes() -> tuple[Scene, ...]:
    """Background and moving part of each scene, in order."""
    return (_lake(), _forge(), _balloon(), _city(), _reframing())


def pictures(scene: Scene, *, count: int, fps: int) -> Iterator[Picture]:
    """Yield ``count`` pictures of a scene, 8-bit BGR, shape (height, width, 3)."""
    background, paint = scene
    for number in range(count):
        picture = background.copy()
        paint(picture, number / fps, number / count)
        yield picture


def _lake() -> Scene:
    """Sunrise: a sailing boat crosses a lake from left to right."""
    sky = glow(gradient((96, 44, 58), (120, 150, 250), height_px=450), (820, 440), _SUNLIGHT, 420)
    water = glow(gradient((120, 130, 215), (84, 40, 34), height_px=270), (820, 0), _SUNLIGHT, 260)
    disc(sky, (820, 452), 92, (190, 235, 255))
    area(sky, ((-40, 452), (0, 350), (210, 272), (420, 392), (600, 430), (690, 452)), _MOUNTAIN)
    area(sky, ((660, 452), (760, 430), (980, 357), (1150, 302), (1280, 342), (1330, 452)), _RIDGE)
    picture = np.concatenate((sky, water))

    def paint(picture: Picture, at_s: float, share: float) -> None:
        for row in range(9):
            y = 470 + row * row * 3.2
            for wave in range(6):
                x = (wave * 260 + row * 97 + sin(at_s * 1.6 + row) * 26) % 1400 - 60
                line(picture, (x, y), (x + 46 + 9 * row, y), (150, 140, 226), 1 + row // 4)
        x, y = -150 + 1560 * share, 560 + 5 * sin(at_s * 2.4)
        tilt = 5 * sin(at_s * 1.7)
        area(picture, ((x + tilt, y - 205), (x + 8, y - 22), (x + 122, y - 34)), (246, 248, 255))
        area(picture, ((x - 8 + tilt, y - 175), (x - 8, y - 22), (x - 82, y - 30)), (84, 96, 240))
        area(
            picture,
            ((x - 112, y - 16), (x + 128, y - 16), (x + 86, y + 30), (x - 78, y + 30)),
            (58, 38, 44),
        )

    return picture, paint


def _forge() -> Scene:
    """A hammer strikes an anvil, sparks fly, and the name stands above, all in a tall middle."""
    picture = glow(gradient((30, 20, 16), (22, 16, 30)), (640, 600), (26, 84, 214), 480)
    anvil = ((446, 536), (540, 530), (826, 530), (790, 566), (720, 582), (590, 582), (520, 560))
    area(picture, anvil, (92, 82, 78))
    area(picture, ((598, 582), (710, 582), (738, 652), (570, 652)), (70, 62, 60))
    area(picture, ((530, 652), (778, 652), (800, 690), (508, 690)), (58, 50, 48))
    area(picture, ((570, 516), (700, 516), (700, 530), (570, 530)), (40, 140, 255))
    for row, half in enumerate(("viral_", "forge")):
        blend(picture, lettering(half, 104), (640, 96 + 116 * row), (150, 214, 255), 1.0)
    dice = np.random.default_rng(_SEED)
    sparks = [
        (float(angle), float(speed))
        for angle, speed in zip(
            dice.uniform(0.3, pi - 0.3, 46), dice.uniform(200, 520, 46), strict=True
        )
    ]

    def paint(picture: Picture, at_s: float, _share: float) -> None:
        beat = (at_s * _BEATS_PER_S) % 1.0
        lift = sin(min(beat / _FALL, 1.0) * pi)
        angle = 0.06 + 0.5 * lift
        turn = partial(turned, pivot=(900.0, 520.0), angle=angle)
        area(picture, turn(((640, 488), (900, 488), (900, 508), (640, 508))), (60, 100, 150))
        area(picture, turn(((588, 444), (664, 444), (664, 514), (588, 514))), (196, 186, 180))
        since_s = ((beat - _FALL) % 1.0) / _BEATS_PER_S
        for direction, speed in sparks:
            fade = max(0.0, 1 - since_s / 0.62)
            start, end = (_thrown(direction, speed, max(0, since_s - lag)) for lag in (0.025, 0))
            line(picture, start, end, (int(60 * fade), int(90 + 130 * fade), 255), 2)

    return picture, paint


def _thrown(direction: float, speed: float, after_s: float) -> Point:
    x = 630 + cos(direction) * speed * after_s
    return x, 512 - sin(direction) * speed * after_s + 900 * after_s * after_s


def _balloon() -> Scene:
    """A hot-air balloon crosses green hills from right to left."""
    picture = gradient((236, 182, 96), (250, 236, 206))
    picture = glow(picture, (210, 120), (214, 246, 255), 330)

    def paint(picture: Picture, at_s: float, share: float) -> None:
        for number, (start, height) in enumerate(((150, 150), (620, 92), (1060, 210))):
            cloud(picture, ((start + at_s * (14 + 6 * number)) % 1500 - 110, height))
        hills(picture, 500, 70, 0.0052, at_s * 22, (150, 176, 120))
        hills(picture, 565, 60, 0.0068, at_s * 46 + 400, (104, 158, 84))
        x, y = 1420 - 1560 * share, 300 + 26 * sin(at_s * 1.1)
        for side in (-34, 34):
            line(picture, (x + side * 1.7, y + 84), (x + side * 0.7, y + 178), (60, 70, 92), 3)
        for number, half_px in enumerate((126, 100, 64, 34, 8)):
            oval(picture, (x, y), (half_px, 130), ((60, 76, 226), (80, 190, 250))[number % 2])
        area(
            picture,
            ((x - 78, y + 92), (x + 78, y + 92), (x + 30, y + 142), (x - 30, y + 142)),
            (48, 58, 190),
        )
        area(
            picture,
            ((x - 30, y + 176), (x + 30, y + 176), (x + 24, y + 218), (x - 24, y + 218)),
            (58, 92, 140),
        )
        hills(picture, 640, 44, 0.009, at_s * 90 + 150, (70, 128, 58))

    return picture, paint


def _city() -> Scene:
    """Night: a tram with lit windows crosses a city from left to right."""
    picture = glow(gradient((62, 30, 16), (112, 60, 60)), (1000, 150), (120, 100, 90), 330)
    dice = np.random.default_rng(_SEED)
    for x, y in zip(dice.integers(0, WIDTH_PX, 90), dice.integers(0, 330, 90), strict=True):
        disc(picture, (float(x), float(y)), 1.3, (220, 214, 206))
    blue, green, red = (int(shade) for shade in picture[138, 976])
    disc(picture, (1000, 150), 58, (222, 244, 252))
    disc(picture, (976, 138), 50, (blue, green, red))
    _houses(picture, dice, (84, 48, 44), (92, 150, 190), highest_px=330)
    _houses(picture, dice, (56, 30, 28), (110, 200, 250), highest_px=270)
    picture[600:] = (40, 30, 32)
    picture[612:616] = picture[676:680] = (78, 68, 70)

    def paint(picture: Picture, _at_s: float, share: float) -> None:
        x = -440 + 1640 * share
        area(
            picture, ((x + 430, 600), (x + 900, 640), (x + 900, 690), (x + 430, 640)), (58, 60, 70)
        )
        area(
            picture,
            ((x, 520), (x + 420, 520), (x + 446, 596), (x + 440, 662), (x, 662)),
            (62, 60, 214),
        )
        area(picture, ((x, 600), (x + 446, 600), (x + 444, 614), (x, 614)), (240, 240, 246))
        for number in range(6):
            left = x + 22 + number * 66
            area(
                picture,
                ((left, 538), (left + 50, 538), (left + 50, 588), (left, 588)),
                (168, 232, 255),
            )
        for wheel in (70, 150, 300, 380):
            disc(picture, (x + wheel, 666), 20, (24, 20, 22))
            disc(picture, (x + wheel, 666), 8, (120, 116, 118))
        disc(picture, (x + 440, 636), 9, (190, 250, 255))

    return picture, paint


def _houses(
    picture: Picture, dice: np.random.Generator, wall: Colour, window: Colour, *, highest_px: int
) -> None:
    left = 0
    while left < WIDTH_PX:
        width, top = (
            int(dice.integers(86, 150)),
            600 - int(dice.integers(highest_px // 2, highest_px)),
        )
        picture[top:600, left : left + width] = wall
        lit = dice.random((20, 6)) < _LIT
        for row, y in enumerate(range(top + 18, 570, 30)):
            for column, x in enumerate(range(left + 14, left + width - 22, 28)):
                if lit[row, column]:
                    picture[y : y + 14, x : x + 12] = window
        left += width + int(dice.integers(4, 26))


def _reframing() -> Scene:
    """A tall frame keeps a bouncing ball inside a wide picture."""
    picture = gradient((150, 84, 50), (70, 150, 84))
    wide, tall = lettering("16:9", 44), lettering("9:16", 44)

    def paint(picture: Picture, at_s: float, share: float) -> None:
        x = 700 + 350 * sin(share * 2 * pi - pi / 2)
        y = 560 - 330 * abs(sin(at_s * 2.6))
        left, right = round(x) - 182, round(x) + 182
        picture[:, :left] //= 2
        picture[:, right:] //= 2
        oval(picture, (x, 628), (30 + (560 - y) * 0.1, 9), (58, 66, 40))
        disc(picture, (x, y), 58, (56, 110, 250))
        disc(picture, (x - 18, y - 20), 17, (150, 190, 255))
        area(picture, ((left, 18), (right, 18), (right, 23), (left, 23)), _WHITE)
        area(picture, ((left, 697), (right, 697), (right, 702), (left, 702)), _WHITE)
        area(picture, ((left, 18), (left + 5, 18), (left + 5, 702), (left, 702)), _WHITE)
        area(picture, ((right - 5, 18), (right, 18), (right, 702), (right - 5, 702)), _WHITE)
        blend(picture, wide, (84, 62), (190, 190, 190), 1.0)
        blend(picture, tall, (round(x), 62), _WHITE, 1.0)

    return picture, paint
