"""Videos of a real face, made in code, and a finder of faces that has nothing to do with ours.

The portrait (Grace Hopper, public domain) lies inside matplotlib.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from matplotlib import cbook

from tests.clips import QUICK, make

FPS = 25
SIZE_PX = (640, 360)

_ROOM = f"smptehdbars=s={SIZE_PX[0]}x{SIZE_PX[1]}:r={FPS},negate,hue=s=0.2,boxblur=20"


def portrait() -> str:
    """Path of the photograph: 512 x 600, the face's middle at 0.53, 0.39 of it."""
    return str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))


def person(*, wide: str, x: str, y: str, filters: str = "null") -> str:
    """The photograph, ``wide`` pixels wide, in a room; expressions of the time ``t``."""
    scaled = f"scale=w='{wide}':h=-2:eval=frame,{filters}"
    return f"{{portrait}}{scaled}[person];{_ROOM}[room];[room][person]overlay=x='{x}':y='{y}'"


def two_people(*, wide: int, left_px: int, right_px: int, y_px: int) -> str:
    """Two of the photograph, the right one as in a mirror."""
    return (
        f"{{portrait}}scale=w={wide}:h=-2,split[person][other];[other]hflip[twin];{_ROOM}[room];"
        f"[room][person]overlay=x={left_px}:y={y_px}[both];[both][twin]overlay=x={right_px}:y={y_px}"
    )


def two_who_talk(*, wide: int, left_px: int, right_px: int, y_px: int, mouths: str) -> str:
    """As ``two_people``; the lower part of the faces of ``mouths`` moves, as in speech.

    ``mouths`` holds ``l``, ``r`` or both.
    """
    tall = wide * 600 / 512
    # The mouth's strip of the photograph, stretched downwards by up to a third.
    strip = (
        f"crop=w={round(wide * 0.2)}:h={round(tall * 0.1)}:x={round(wide * 0.43)}:"
        f"y={round(tall * 0.42)},scale=w=iw:h='ih*(1.05+0.3*abs(sin(23*t)))':eval=frame"
    )
    place = f"x={round(wide * 0.43)}:y={round(tall * 0.42)}"
    talk = f"split[bare][face];[face]{strip}[mouth];[bare][mouth]overlay={place}:eval=frame"
    left = talk if "l" in mouths else "null"
    right = talk.replace("]", "2]") if "r" in mouths else "null"
    return (
        f"{{portrait}}scale=w={wide}:h=-2,split[one][other];[one]{left}[person];"
        f"[other]{right},hflip[twin];{_ROOM}[room];"
        f"[room][person]overlay=x={left_px}:y={y_px}[both];[both][twin]overlay=x={right_px}:y={y_px}"
    )


def film(target: Path, shots: Sequence[tuple[str, float]]) -> Path:
    """A silent video of graphs as ``person`` makes them, each for so many seconds."""
    inputs: list[str] = []
    parts = []
    for number, (graph, lasts_s) in enumerate(shots):
        inputs += ["-loop", "1", "-framerate", str(FPS), "-t", str(lasts_s), "-i", portrait()]
        own = graph.replace("{portrait}", f"[{number}]")
        own = re.sub(r"\[([a-z]+\d?)\]", rf"[\1_{number}]", own)
        parts.append(f"{own}:shortest=1,format=yuv420p,setsar=1,trim=duration={lasts_s}[s{number}]")
    joined = "".join(f"[s{number}]" for number in range(len(shots)))
    parts.append(f"{joined}concat=n={len(shots)}")
    return make(target, *inputs, "-filter_complex", ";".join(parts), *QUICK)


def other_finder(pictures: Sequence[np.ndarray], *, closely: bool = False) -> list[int]:
    """How many faces dlib finds on each picture: gradients and a linear classifier, no network."""
    return [len(boxes) for boxes in found_by_other(pictures, closely=closely)]


def found_by_other(
    pictures: Sequence[np.ndarray], *, closely: bool = False
) -> list[list[tuple[float, float]]]:
    """The middles of the faces that dlib finds on each picture, as shares of its size."""
    found = []
    for picture in pictures:
        tall, wide, _ = picture.shape
        # Of rows with padding between them dlib reads something else, now and then.
        boxes = _dlib()(np.ascontiguousarray(picture), int(closely))
        middles = ((box.left() + box.right(), box.top() + box.bottom()) for box in boxes)
        found.append([(x / 2 / wide, y / 2 / tall) for x, y in middles])
    return found


@cache
def _dlib():
    import dlib

    return dlib.get_frontal_face_detector()
