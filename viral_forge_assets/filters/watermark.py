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
_MARGIN = 0.045
_TOP, _BOTTOM = 0.085, 0.3
"""As shares of the height: clear of what platforms draw at the top, and of the captions."""


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Watermark:
    """A name or a handle on the picture, in DejaVu Sans.

    Attributes:
        text: letters of Latin, Greek and Cyrillic, digits, blanks and ``@ . , ! ? # & + _ / -``.
        size: height of the letters, as a share of the frame's width.
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
        if self.opacity == 0 or not self.text.strip():
            return "null"
        x, y = {
            "top_left": (f"w*{_MARGIN}", f"h*{_TOP}"),
            "top_right": (f"w-tw-w*{_MARGIN}", f"h*{_TOP}"),
            "bottom_left": (f"w*{_MARGIN}", f"h*{1 - _BOTTOM}-th"),
            "centre": ("(w-tw)/2", "(h-th)/2"),
        }[self.corner]
        return (
            f"drawtext=font='DejaVu Sans':text='{self.text}':expansion=none"
            f":fontsize={max(6, clip.wide(self.size))}:x='{x}':y='{y}'"
            f":fontcolor={self.colour}@{self.opacity:.3f}"
            f":borderw={clip.wide(0.003)}:bordercolor=black@{0.6 * self.opacity:.3f}"
        )


FILTER = Watermark
