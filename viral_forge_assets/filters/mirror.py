"""Mirror: left becomes right."""

from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", strict=True))
class Mirror:
    """The picture seen in a mirror; only for pictures without text, which comes out reversed.

    It works on the finished frame: ahead of the crop, the crop would follow the wrong side.

    Attributes:
        enabled: false leaves the picture as it is.
    """

    place: ClassVar[Literal["source", "frame"]] = "frame"
    cost: ClassVar[Literal["light", "medium", "heavy"]] = "light"

    enabled: Annotated[bool, Field(description="Mirror the picture.")] = True

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(enabled=False)

    def filtergraph(self, *, width_px: int, height_px: int, fps: Fraction, frames: int) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#hflip
        """
        return "hflip" if self.enabled else "null"


FILTER = Mirror
