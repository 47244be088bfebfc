"""What a creative filter is, and what it is told of the clip that it works on."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Annotated, ClassVar, Literal, Protocol, Self, runtime_checkable

from pydantic import ConfigDict, Field

from viral_forge_resources.contracts.draws import between
from viral_forge_resources.contracts.media import Stretch

Place = Literal["source", "frame"]
Cost = Literal["light", "medium", "heavy"]

FILTER_RULES = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
"""Of every filter's parameters: they are written by people."""

Seed = Annotated[int, Field(ge=0, le=999_999)]
HexColour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Strength = Annotated[float, Field(ge=0, le=1)]

_MOST_ACCENTS = 80
"""FFmpeg 9 takes no expression with more than some 92 terms; more would be no accents."""

_EDGE_S = 0.25
"""The first and the last moment of a clip stay as they are."""

_JITTER = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterContext:
    """The clip that a filter works on.

    Attributes:
        width_px: of the finished frame, as ``height_px``.
        source_width_px: of the part of the source that becomes the frame, before it is scaled.
        cuts_s: moments of the clip at which the picture jumps, in order.
        texts: when the source's picture may show text; None: nobody looked for it.
        speech: when somebody speaks, in order; None: nobody listened.
        number: tells the filters of a clip apart.
        of: what they work on, where that is not the clip itself: tells its filters from the clip's.
    """

    width_px: int
    height_px: int
    fps: Fraction
    frames: int
    source_width_px: int
    cuts_s: tuple[float, ...] = ()
    texts: tuple[Stretch, ...] | None = None
    speech: tuple[Stretch, ...] | None = None
    number: int = 0
    of: str = ""

    @property
    def duration_s(self) -> float:
        """Length of the clip in seconds."""
        return float(self.frames / self.fps)

    def wide(self, share: float) -> int:
        """A share of the frame's width in whole pixels; at least one, where it is above 0."""
        return max(1, round(self.width_px * share)) if share > 0 else 0

    def label(self, name: str) -> str:
        """A link label that no other filter of the clip has."""
        return f"[{self.of}{name}{self.number}]"

    def merged(self, picture: str, how: str) -> str:
        """Chain that merges what ``picture`` draws into the clip by the FFmpeg filter ``how``.

        The clip's format is held: ``overlay`` wants transparency of what it lays on top, and left
        to itself FFmpeg gives it to the clip as well, which other filters then leave unset.
        """
        clip, drawn = self.label("clip"), self.label("drawn")
        return f"format=yuv420p{clip};{picture}{drawn};{clip}{drawn}{how}"

    def still(self, colour: str, width_px: int, height_px: int, pixels: str = "yuv420p") -> str:
        """Chain that draws a single picture; FFmpeg's merging filters hold it to the end."""
        rate = f"{self.fps.numerator}/{self.fps.denominator}"
        size = f"{width_px}x{height_px}"
        return f"color=c={colour}:s={size}:r={rate},trim=end_frame=1,format={pixels}"

    def accents(self, *, every_s: float, seed: int) -> tuple[float, ...]:
        """Moments for short effects, on frames: cuts, and some where cuts are far apart.

        Always one at least, in order, and never two within half of ``every_s``.
        """
        anchors = [0.0]
        for cut_s in self.cuts_s:
            if cut_s - max(anchors[-1], _EDGE_S) >= every_s / 2:
                anchors.append(cut_s)
        found = anchors[1:]
        for start_s, end_s in pairwise([*anchors, self.duration_s]):
            found += _spread(start_s, end_s, every_s, seed)
        inside = sorted(at_s for at_s in found if at_s < self.duration_s - _EDGE_S)
        chosen = inside[:: ceil(len(inside) / _MOST_ACCENTS) or 1] or [self.duration_s / 2]
        return tuple(round(at_s * self.fps) / float(self.fps) for at_s in chosen)

    def during(self, moments_s: tuple[float, ...], length_s: float) -> str:
        """FFmpeg expression: above 0 for ``length_s`` from each moment on, to the frame."""
        half_frame_s = 0.5 / float(self.fps)
        return "+".join(
            f"between(t,{at_s - half_frame_s:.4f},{at_s + length_s - half_frame_s:.4f})"
            for at_s in moments_s
        )

    def turning(self, moments_s: tuple[float, ...], length_s: float) -> str:
        """FFmpeg expression: evenly from 0 up to 1 before each moment, from -1 to 0 from it on.

        It takes ``length_s`` either way.
        """
        half_frame_s = 0.5 / float(self.fps)
        return "+".join(
            f"clip(1-abs(t-{at_s:.4f})/{length_s:.4f},0,1)*(1-2*gte(t,{at_s - half_frame_s:.4f}))"
            for at_s in moments_s
        )

    def falling(self, moments_s: tuple[float, ...], length_s: float) -> str:
        """FFmpeg expression: 1 at each moment, evenly down to 0 ``length_s`` later, 0 elsewhere."""
        half_frame_s = 0.5 / float(self.fps)
        return "+".join(
            f"between(t,{at_s - half_frame_s:.4f},{at_s + length_s:.4f})"
            f"*clip(1-(t-{at_s:.4f})/{length_s:.4f},0,1)"
            for at_s in moments_s
        )


def _spread(start_s: float, end_s: float, every_s: float, seed: int) -> list[float]:
    """Moments between two anchors, roughly ``every_s`` apart."""
    count = int((end_s - start_s) / every_s - 0.5)
    step_s = (end_s - start_s) / (count + 1) if count > 0 else 0.0
    return [
        start_s + step_s * (number + between(-_JITTER, _JITTER, seed, start_s, number))
        for number in range(1, count + 1)
    ]


def yuv_of(colour: HexColour) -> tuple[float, float, float]:
    """Luma 16 to 235 and both colour differences around 128 of ``#rrggbb``, by BT.709."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return 16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748


@runtime_checkable
class Accented(Protocol):
    """A filter that does something at moments: sound effects may go with it."""

    def moments(self, clip: FilterContext) -> tuple[float, ...]:
        """When, in seconds of the clip, in order; none where it does nothing."""


class Filter(Protocol):
    """One creative operation on the picture: a frozen value whose fields are its parameters.

    Attributes:
        place: ``source`` works on the picture before it is scaled, where it is cheaper, and may
            not move it; ``frame`` on the finished frame, under the captions.
        cost: CPU for a frame of 1080x1920: ``light`` below 1.2 ms, ``medium`` up to 10 ms,
            ``heavy`` above.
    """

    place: ClassVar[Place]
    cost: ClassVar[Cost]

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count; ``null`` for nothing to do."""
