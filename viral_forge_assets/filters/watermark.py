"""Watermark: a name on the picture."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field
from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import (
    FILTER_RULES,
    Cost,
    FilterContext,
    HexColour,
    Place,
    Strength,
)

_LETTERS = r"^[0-9A-Za-z\u00C0-\u024F\u0370-\u03FF\u0400-\u052F @.,!?#&+_/-]*$"
_UPRIGHT = 1.6
"""Height over width from which on platforms lay their controls over the picture."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 0.065, 0.125, 0.145, 0.255
"""As shares of an upright frame: within what every platform leaves free. Captions end higher."""

_SIDE_OF_PLAYER, _TOP_OF_PLAYER, _BOTTOM_OF_PLAYER = 0.055, 0.055, 0.105
"""The same of other frames, which stand in a player with a bar along the bottom."""

_ROW = 1.2
"""In heights of a letter, with what reaches below the line."""

_WIDEST_LETTER = 0.75
"""In heights of a letter, on average over any name; most are narrower."""


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Watermark:
    """A name or a handle on the picture, in DejaVu Sans.

    Attributes:
        text: letters of Latin, Greek and Cyrillic, digits, blanks and ``@ . , ! ? # & + _ / -``.
        size: height of the letters, as a share of the width of an upright frame; less where the
            name would not fit.
        opacity: 0 shows nothing.
        corner: where it stands.
        colour: of the letters; their outline is black.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "light"

    text: Annotated[str, Field(pattern=_LETTERS, max_length=40)] = "@viral_forge"
    size: Annotated[float, Field(ge=0.02, le=0.12)] = 0.055
    opacity: Strength = 0.85
    corner: Literal["top_left", "top_right", "bottom_left", "centre"] = "top_left"
    colour: HexColour = "#ffffff"

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(opacity=0.0)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Nothing in the text can end the quotes or be read as an expansion.

        Source: https://ffmpeg.org/ffmpeg-filters.html#drawtext-1
        """
        if not self.is_seen:
            return "null"
        left, top, right, bottom = _free_area(clip)
        x, y = {
            "top_left": (f"{left}", f"{top}"),
            "top_right": (f"{right}-tw", f"{top}"),
            "bottom_left": (f"{left}", f"{bottom}-th"),
            "centre": ("(w-tw)/2", "(h-th)/2"),
        }[self.corner]
        size_px = self._size_px(clip)
        return (
            f"drawtext=font='DejaVu Sans':text='{self.text}':expansion=none"
            f":fontsize={size_px}:x='{x}':y='{y}'"
            f":fontcolor={self.colour}@{self.opacity:.3f}"
            f":borderw={max(1, round(size_px / 11))}:bordercolor=black@{self.opacity:.3f}"
        )

    @property
    def is_seen(self) -> bool:
        """Whether it writes anything."""
        return self.opacity > 0 and bool(self.text.strip())

    def covers(self, clip: FilterContext) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what it takes at most, as shares of the frame."""
        left, top, right, bottom = _free_area(clip)
        size_px = self._size_px(clip)
        wide_px = min(_WIDEST_LETTER * size_px * len(self.text), right - left)
        tall_px = _ROW * size_px
        x_px, y_px = {
            "top_left": (left, top),
            "top_right": (right - wide_px, top),
            "bottom_left": (left, bottom - tall_px),
            "centre": ((clip.width_px - wide_px) / 2, (clip.height_px - tall_px) / 2),
        }[self.corner]
        return (
            x_px / clip.width_px,
            y_px / clip.height_px,
            (x_px + wide_px) / clip.width_px,
            (y_px + tall_px) / clip.height_px,
        )

    def _size_px(self, clip: FilterContext) -> int:
        """Height of the letters: smaller than wanted where the name would not fit."""
        left, _, right, _ = _free_area(clip)
        wanted_px = self.size * min(clip.width_px, 0.75 * clip.height_px)
        room_px = (right - left) / (_WIDEST_LETTER * len(self.text))
        return max(6, round(min(wanted_px, room_px)))


def _free_area(clip: FilterContext) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what no platform covers, in pixels."""
    left, top, right, bottom = _LEFT, _TOP, _RIGHT, _BOTTOM
    if clip.height_px < _UPRIGHT * clip.width_px:
        left = right = _SIDE_OF_PLAYER
        top, bottom = _TOP_OF_PLAYER, _BOTTOM_OF_PLAYER
    return (
        round(left * clip.width_px),
        round(top * clip.height_px),
        round((1 - right) * clip.width_px),
        round((1 - bottom) * clip.height_px),
    )


FILTER = Watermark
