"""Shapes for the demo's sample video. Loads OpenCV: import it where something is drawn."""

from collections.abc import Sequence
from math import cos, sin
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Picture = npt.NDArray[np.uint8]
"""8-bit BGR, shape (height, width, 3)."""
Colour = tuple[int, int, int]
"""Blue, green, red."""
Point = tuple[float, float]

WIDTH_PX = 1280
HEIGHT_PX = 720
_SUBPIXEL_BITS = 4  # OpenCV draws at sixteenths of a pixel: slow movement does not stutter
_ONE = 1 << _SUBPIXEL_BITS
_SEED = 7


def gradient(top: Colour, bottom: Colour, *, height_px: int = HEIGHT_PX) -> Picture:
    """A fresh picture from one colour to another."""
    share = np.linspace(0, 1, height_px)[:, None, None]
    # Noise of one step: without it the encoder makes visible bands of a smooth sky.
    noise = np.random.default_rng(_SEED).uniform(-0.7, 0.7, (height_px, WIDTH_PX, 1))
    shades = np.array(top) * (1 - share) + np.array(bottom) * share
    return np.clip(shades + noise, 0, 255).astype(np.uint8)


def glow(picture: Picture, centre: Point, colour: Colour, reach_px: float) -> Picture:
    """The picture with a soft light on it; 0.4 of it is left at ``reach_px``."""
    y, x = np.ogrid[: picture.shape[0], : picture.shape[1]]
    distance = np.hypot(x - centre[0], y - centre[1]) / reach_px
    light = np.exp(-2.2 * distance**2)[..., None] * 0.85
    return (picture * (1 - light) + np.array(colour) * light).astype(np.uint8)


def hills(
    picture: Picture, level: float, tall: float, pace: float, shift: float, colour: Colour
) -> None:
    """Draw rolling hills from ``level`` down; a growing ``shift`` moves them to the left."""
    outline = [
        (x, level + tall * (sin((x + shift) * pace) + 0.4 * sin((x + shift) * pace * 2.3)))
        for x in range(0, WIDTH_PX + 20, 20)
    ]
    area(picture, [(0, HEIGHT_PX), *outline, (WIDTH_PX, HEIGHT_PX)], colour)


def cloud(picture: Picture, centre: Point) -> None:
    """Draw a white cloud."""
    x, y = centre
    for across, up, size in ((-52, 6, 30), (-14, -12, 42), (34, -2, 36), (66, 10, 24)):
        disc(picture, (x + across, y + up), size, (252, 250, 246))


def disc(picture: Picture, centre: Point, radius: float, colour: Colour) -> None:
    """Draw a filled circle."""
    cv2.circle(
        picture, _fixed(centre), round(radius * _ONE), colour, -1, cv2.LINE_AA, _SUBPIXEL_BITS
    )


def oval(picture: Picture, centre: Point, halves: Point, colour: Colour) -> None:
    """Draw a filled ellipse with half axes ``halves``."""
    cv2.ellipse(
        picture, _fixed(centre), _fixed(halves), 0, 0, 360, colour, -1, cv2.LINE_AA, _SUBPIXEL_BITS
    )


def area(picture: Picture, corners: Sequence[Point], colour: Colour) -> None:
    """Draw a filled polygon."""
    outline = np.array([_fixed(corner) for corner in corners], dtype=np.int32)
    cv2.fillPoly(picture, [outline], colour, cv2.LINE_AA, _SUBPIXEL_BITS)


def line(picture: Picture, start: Point, end: Point, colour: Colour, width_px: int) -> None:
    """Draw a line."""
    cv2.line(picture, _fixed(start), _fixed(end), colour, width_px, cv2.LINE_AA, _SUBPIXEL_BITS)


def _fixed(point: Point) -> tuple[int, int]:
    return round(point[0] * _ONE), round(point[1] * _ONE)


def turned(corners: Sequence[Point], *, pivot: Point, angle: float) -> list[Point]:
    """The corners turned clockwise about ``pivot`` by ``angle`` in radians."""
    return [
        (
            pivot[0] + (x - pivot[0]) * cos(angle) - (y - pivot[1]) * sin(angle),
            pivot[1] + (x - pivot[0]) * sin(angle) + (y - pivot[1]) * cos(angle),
        )
        for x, y in corners
    ]


def lettering(words: str, size_px: int) -> npt.NDArray[np.float64]:
    """How much of each pixel the words cover, 0 to 1."""
    file = Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans-Bold.ttf")
    font = ImageFont.truetype(str(file), size_px)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(words))
    image = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(image).text((-left, -top), words, fill=255, font=font)
    return np.asarray(image) / 255


def blend(
    picture: Picture,
    cover: npt.NDArray[np.float64],
    centre: tuple[int, int],
    colour: Colour,
    strength: float,
) -> None:
    """Draw lettering in the middle of ``centre``; ``strength`` 0 is invisible."""
    height, width = cover.shape
    left, top = centre[0] - width // 2, centre[1] - height // 2
    part = picture[top : top + height, left : left + width]
    light = cover[..., None] * strength
    part[:] = (part * (1 - light) + np.array(colour) * light).astype(np.uint8)
