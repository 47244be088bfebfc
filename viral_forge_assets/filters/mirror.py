"""Mirror: left becomes right."""

from typing import Annotated, ClassVar, Self

from pydantic import Field
from pydantic.dataclasses import dataclass

from viral_forge_resources.contracts.filters import FILTER_RULES, Cost, FilterContext, Place


@dataclass(frozen=True, slots=True, kw_only=True, config=FILTER_RULES)
class Mirror:
    """The picture seen in a mirror, where the clip shows no text: that would come out reversed.

    A clip in which nobody looked for text stays as it is, and so does one with text in a single
    shot: left and right would change places from shot to shot.
    It works on the finished frame: ahead of the crop, the crop would follow the wrong side.

    Attributes:
        enabled: false leaves the picture as it is.
    """

    place: ClassVar[Place] = "frame"
    cost: ClassVar[Cost] = "light"

    enabled: Annotated[bool, Field(description="Mirror the picture.")] = True

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""
        return cls(enabled=False)

    def filtergraph(self, clip: FilterContext) -> str:
        """FFmpeg chain that keeps frame size, rate and count.

        Source: https://ffmpeg.org/ffmpeg-filters.html#hflip
        """
        has_no_text = clip.texts == ()
        return "hflip" if self.enabled and has_no_text else "null"


FILTER = Mirror
