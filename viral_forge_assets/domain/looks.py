"""What a look is: a grade and a colour of captions, and what a recipe permits of them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from viral_forge_assets.domain.caption_styles import Colour
from viral_forge_assets.domain.variation import WRITTEN_BY_PEOPLE, ParameterValue, PlannedFilter


class Grade(StrEnum):
    """How the picture is graded; ``natural`` leaves it."""

    NATURAL = "natural"
    WARM = "warm"
    COOL = "cool"
    VIVID = "vivid"
    SOFT = "soft"
    MOODY = "moody"
    BRIGHT = "bright"


_AT_FULL_STRENGTH: dict[Grade, dict[str, float]] = {
    Grade.NATURAL: {},
    Grade.WARM: {"warmth": 0.8, "saturation": 1.12},
    Grade.COOL: {"warmth": -0.8, "saturation": 1.0, "contrast": 1.04},
    Grade.VIVID: {"saturation": 1.4, "contrast": 1.1},
    Grade.SOFT: {"saturation": 0.88, "contrast": 0.9, "brightness": 0.03, "warmth": 0.15},
    Grade.MOODY: {"saturation": 0.8, "contrast": 1.16, "brightness": -0.06, "warmth": -0.15},
    Grade.BRIGHT: {"saturation": 1.1, "contrast": 1.06, "brightness": 0.08},
}
_UNTOUCHED = {"saturation": 1.0, "contrast": 1.0, "brightness": 0.0, "warmth": 0.0}
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LookWish:
    """What pictures may decide of a clip's look.

    Attributes:
        strength: of the grade; 0 leaves the colours.
        grades: those that may be chosen; ``natural`` always may.
        accents: colours that captions' spoken words may take; none: as their style says.
    """

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    strength: Annotated[float, Field(ge=0, le=1)] = 0.6
    grades: tuple[Grade, ...] = tuple(Grade)
    accents: Annotated[tuple[Colour, ...], Field(max_length=12)] = ()

    @property
    def permitted(self) -> tuple[Grade, ...]:
        """Grades that may be chosen, in a fixed order."""
        return tuple(each for each in Grade if each is Grade.NATURAL or each in self.grades)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was decided of one clip, and by whom.

    Attributes:
        mood: a word of ours; None where nobody told it, as ``lighting``.
        subject: what is seen, in a model's words; None where nobody told it.
        decided_by: provider and model, or ``colours``.
        why: for people; where the colours decided, why no model did.
        filter: what grades the clip so; None where nothing does.
        cost_usd: None where no price is set, or nothing was asked.
    """

    grade: Grade
    accent: Colour | None
    decided_by: str
    why: str
    filter: PlannedFilter | None = None
    mood: str | None = None
    lighting: str | None = None
    subject: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None

    @property
    def told(self) -> str:
        """One line for people."""
        seen = ", ".join(each for each in (self.mood, self.lighting, self.subject) if each)
        colour = f", captions #{self.accent}" if self.accent else ""
        shown = f" ({seen})" if seen else ""
        return f"look {self.grade}{colour}: {self.decided_by}{shown}: {self.why}"


def grade_filter(grade: Grade, strength: float) -> PlannedFilter | None:
    """The filter that grades so; None where nothing changes."""
    parameters: dict[str, ParameterValue] = {
        name: round(_UNTOUCHED[name] + strength * (most - _UNTOUCHED[name]), _DIGITS)
        for name, most in _AT_FULL_STRENGTH[grade].items()
    }
    if not parameters or strength == 0:
        return None
    return PlannedFilter(name="colour", parameters={**_UNTOUCHED, **parameters})
