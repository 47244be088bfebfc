"""How captions look and move, as named JSON documents that recipes choose from."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.documents import from_json

Colour = Annotated[str, Field(pattern=r"^[0-9A-F]{6}$")]
Share = Annotated[float, Field(ge=0, le=1)]

_WRITTEN_BY_PEOPLE = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Effect(StrEnum):
    """What happens to a word while it is spoken."""

    NONE = "none"
    COLOUR = "colour"  # it takes the accent
    SWEEP = "sweep"  # the accent runs through it, and stays
    POP = "pop"  # it grows and takes the accent
    REVEAL = "reveal"  # it appears, and stays
    BOX = "box"  # a box stands behind it
    BAR = "bar"  # a bar runs under it


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionStyle:
    """How captions look; lengths are shares of the frame's unit, colours ``RRGGBB``.

    The unit is the width of an upright frame, and somewhat less than the height of a wide one: a
    style is as easy to read on every shape.

    Attributes:
        version: raised by whoever changes what the style looks like.
        font_size: height of a row.
        max_characters: of a row.
        max_lines: most rows at once; fewer where speech is slow.
        max_words: most words at once; None leaves it to the rows.
        seconds: how long one caption stands where nothing else decides.
        place: where a caption is wanted, from 0 at the top of what the platforms leave free to 1 at
            its bottom.
        colour_below: what ``colour`` turns into towards the bottom of the letters.
        glow: colour of a soft light around the letters.
        box: colour behind all rows.
        accent: colour of a word while it is spoken, as ``effect`` says.
        accent_box: colour of the box or bar of that word.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _WRITTEN_BY_PEOPLE

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    version: Annotated[int, Field(ge=1)]
    description: Annotated[str, Field(min_length=1, max_length=300)]
    font_size: Annotated[float, Field(ge=0.03, le=0.2)]
    max_characters: Annotated[int, Field(ge=4, le=60)]
    max_lines: Annotated[int, Field(ge=1, le=3)] = 2
    max_words: Annotated[int, Field(ge=1, le=12)] | None = None
    seconds: Annotated[float, Field(ge=0.2, le=4)] = 1.6
    is_uppercase: bool = False
    place: Share = 0.9
    colour: Colour = "FFFFFF"
    colour_below: Colour | None = None
    outline: Annotated[float, Field(ge=0, le=0.03)] = 0.0
    outline_colour: Colour = "000000"
    shadow: Annotated[float, Field(ge=0, le=0.03)] = 0.0
    glow: Colour | None = None
    box: Colour | None = None
    box_opacity: Share = 0.75
    effect: Effect = Effect.NONE
    accent: Colour | None = None
    accent_box: Colour | None = None

    def edge(self) -> float:
        """How far outline, shadow and boxes reach beyond the letters, in units."""
        around = self.outline + self.shadow
        if self.box or self.accent_box:
            around = max(around, self.padding())
        if self.glow:
            around = max(around, self.glow_reach())
        return around

    def padding(self) -> float:
        """How far a box reaches beyond its text, in units."""
        return self.font_size / (4 if self.box else 7)

    def glow_reach(self) -> float:
        """How far the light is seen, in units."""
        return self.font_size / 5

    def growth(self) -> float:
        """How many times its size a word has at its largest."""
        return {Effect.POP: 1.12, Effect.REVEAL: 1.1}.get(self.effect, 1.0)

    def shown(self, text: str, *, language: str | None = None) -> str:
        """``text`` as this style writes it in that language."""
        if not self.is_uppercase:
            return text
        if language in {"tr", "az"}:
            text = text.replace("i", "\u0130").replace("\u0131", "I")
        return _without_accents_of_greek(text.upper())


def _without_accents_of_greek(text: str) -> str:
    """Greek capitals carry no accent, unless it is the diaeresis."""
    if not any("\u0370" <= each <= "\u03ff" for each in text):
        return text
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).replace("\u0301", ""))


def with_accent(style: CaptionStyle, colour: Colour | None) -> CaptionStyle:
    """``style`` with that colour for spoken words; as it is where it colours none.

    A box behind a word stays: its colour was chosen for the letters on it.
    """
    if colour is None or (style.accent is None and style.effect is not Effect.BAR):
        return style
    if style.effect is Effect.BAR:
        return replace(style, accent_box=colour)
    return replace(style, accent=colour)


def parse_caption_style(content: bytes, *, name: str) -> CaptionStyle:
    """The style that the JSON document ``content``, known as ``name``, holds.

    Raises:
        BadInput: a key is unknown or missing, a value out of range, or two contradict each other.
    """
    document = f"caption style {name}"
    keys = ", ".join(known.name for known in fields(CaptionStyle))
    try:
        style = from_json(CaptionStyle, content, name=document)
    except BadInput as error:
        remedy = f"Mend that key in the style's file. The keys are: {keys}."
        raise BadInput(document, reason=error.reason, remedy=remedy) from error
    for reason, remedy in _contradictions(style, name):
        raise BadInput(document, reason=reason, remedy=remedy)
    return style


def _contradictions(style: CaptionStyle, name: str) -> Iterator[tuple[str, str]]:
    """Reason and remedy of each."""
    if style.name != name:
        yield f"name: it calls itself '{style.name}'", f"Write '{name}' there, or rename the file."
    if style.effect in {Effect.COLOUR, Effect.SWEEP} and style.accent is None:
        yield f"accent: the effect '{style.effect}' needs one", "Give a colour such as 'FFD60A'."
    has_word_box = style.effect in {Effect.BOX, Effect.BAR}
    if has_word_box != (style.accent_box is not None):
        needs = "needs one" if has_word_box else "has none"
        yield (
            f"accent_box: the effect '{style.effect}' {needs}",
            "Give accent_box with the effects 'box' and 'bar', and with no other.",
        )
    if style.colour_below is not None and style.effect is not Effect.NONE:
        yield f"colour_below: not with the effect '{style.effect}'", "Take one of the two away."
    if style.box is not None and (style.outline or style.shadow or style.glow):
        yield "box: not with outline, shadow or glow", "Take one of them away."
