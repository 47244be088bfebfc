"""Faces that are not to be known: where they are on every picture, and how they are veiled."""

from dataclasses import dataclass
from enum import StrEnum

from viral_forge_resources.contracts.sight import Box

MASK = "faces"
"""What a render calls the further input that says where faces are."""


class Veil(StrEnum):
    """How a face is made unknown."""

    BLUR = "blur"
    PIXELATE = "pixelate"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFace:
    """A find in one picture.

    Attributes:
        certainty: 0.5 is a face, 0.25 may be one.
    """

    box: Box
    certainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceLook:
    """All that may be faces in one picture, at its time in seconds from the first one."""

    at_s: float
    faces: tuple[SeenFace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """How a clip's faces are hidden; where they are says its extra ``MASK``, frame by frame.

    Attributes:
        cell_px: of the source: no detail smaller than this is left of a face.
        faces: how many are hidden.
        shown: numbers of the faces that stay, as ``scene_map`` tells them.
        shown_at_once: how many of them may be in one picture.
    """

    veil: Veil
    cell_px: int
    faces: int
    shown: tuple[int, ...] = ()
    shown_at_once: int = 0
