"""Words on the clip's timeline become lines: what is shown at once, and for how long."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from viral_forge_resources.contracts.media import Word

_READABLE_CHARACTERS_PER_S = 20.0
_SHORTEST_S = 0.7  # less flickers
_LONGEST_S = 4.0
_PAUSE_S = 0.5
_GAP_S = 0.2  # a shorter gap between two lines flickers
_STEP_S = 0.04  # one frame at 25 fps: words of one moment still follow each other
_SENTENCE_ENDS = tuple(".!?…。!?؟۔।")  # noqa: RUF001  other scripts' full stops
_CLAUSE_ENDS = tuple(",;:،؛、")
_CLOSING = "\"'’”»)]"  # noqa: RUF001  quotes that follow a full stop

_DEJAVU_LINE_HEIGHT_EM = 1.164  # ASS counts font size as ascender plus descender
_ASCII_EM = {
    character: em
    for characters, em in (
        ("'ijlIJ/\\|,.:;- ", 0.42),
        ("f!()[]tr", 0.5),
        ('szc?_`"*', 0.6),
        ("OQ&#+<=>HN^~GDU", 0.88),
        ("mwMW@%", 1.1),
    )
    for character in characters
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeZone:
    """Shares of the frame at its edges that the platforms' own buttons and texts cover."""

    top: float
    bottom: float
    left: float
    right: float


SAFE_ZONE = SafeZone(top=0.10, bottom=0.25, left=0.12, right=0.12)
"""Buttons reach 12 % in from the right; the left follows, so that captions stand centred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionStyle:
    """How captions look; lengths are shares of the frame's width, colours ``RRGGBB``.

    Attributes:
        font_size: height of a line.
        bottom: share of the frame's height below the captions; inside the safe zone.
        highlight: colour of a word while it is spoken; None changes nothing.
        box: colour behind the text; None draws an outline instead.
        box_opacity: 0 to 1.
    """

    name: str
    font_size: float
    max_characters: int
    max_lines: int = 2
    is_uppercase: bool = False
    bottom: float = 0.27
    colour: str = "FFFFFF"
    highlight: str | None = None
    outline: float = 0.0
    outline_colour: str = "000000"
    shadow: float = 0.0
    box: str | None = None
    box_opacity: float = 0.75

    def __post_init__(self) -> None:
        if self.max_lines not in {1, 2}:
            raise ValueError(f"{self.name}: one or two lines are shown, not {self.max_lines}")
        if not SAFE_ZONE.bottom <= self.bottom <= 1 - SAFE_ZONE.top - 3 * self.font_size:
            raise ValueError(f"{self.name}: captions would leave the safe zone")

    def padding(self) -> float:
        """How far a box reaches beyond its text."""
        return self.font_size / 4

    def widest_em(self) -> float:
        """Width inside the safe zone, in the font's own unit."""
        edge = self.padding() if self.box else self.outline + self.shadow
        share = 1 - SAFE_ZONE.left - SAFE_ZONE.right - 2 * edge
        return share / (self.font_size / _DEJAVU_LINE_HEIGHT_EM)

    def shown(self, text: str) -> str:
        """``text`` as this style writes it."""
        return text.upper() if self.is_uppercase else text


_BOLD = CaptionStyle(
    name="bold",
    font_size=0.088,
    max_characters=18,
    is_uppercase=True,
    highlight="FFD60A",
    outline=0.008,
    shadow=0.003,
)
_BOXED = CaptionStyle(
    name="boxed", font_size=0.07, max_characters=24, highlight="7CE7FF", box="101014"
)
_PLAIN = CaptionStyle(name="plain", font_size=0.062, max_characters=28, outline=0.005)

CAPTION_STYLES: Mapping[str, CaptionStyle] = MappingProxyType(
    {style.name: style for style in (_BOLD, _BOXED, _PLAIN)}
)
"""Styles by the name that recipes use; ``bold`` is the usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionLine:
    """What is shown at once: one or two rows of words."""

    start_s: float
    end_s: float
    rows: tuple[tuple[Word, ...], ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """Its words in the order in which they are spoken."""
        return tuple(word for row in self.rows for word in row)


def caption_lines(words: Sequence[Word], style: CaptionStyle) -> tuple[CaptionLine, ...]:
    """Every word once, in lines that follow each other without overlap.

    A line ends at a pause or a sentence's end once it has stood long enough to be read, and where
    no more words fit.
    """
    groups: list[list[Word]] = []
    for word in _one_after_another(words):
        if groups and _fits_on(groups[-1], word, style):
            groups[-1].append(word)
        else:
            groups.append([word])
    next_starts = [*(group[0].start_s for group in groups[1:]), None]
    return tuple(
        CaptionLine(
            start_s=group[0].start_s,
            end_s=_end(group, next_start_s=next_start_s),
            rows=_rows(group, style) or (tuple(group),),
        )
        for group, next_start_s in zip(groups, next_starts, strict=False)
    )


def joined(texts: Sequence[str]) -> str:
    """A row's words as one text."""
    row = ""
    for text in texts:
        row += space_between(row, text) + text
    return row


def space_between(left: str, right: str) -> str:
    """What stands between two words: nothing in scripts that are written without spaces."""
    if not left or not right or (_is_ideograph(left[-1]) and _is_ideograph(right[0])):
        return ""
    return " "


def width_em(text: str) -> float:
    """Rough width of ``text`` in DejaVu Sans Bold, rather too wide than too narrow."""
    return sum(map(_character_em, text))


def _character_em(character: str) -> float:
    if character.isascii():
        return _ASCII_EM.get(character, 0.78)
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.1
    return 0.95 if character.isupper() else 0.85


def _is_ideograph(character: str) -> bool:
    is_wide = unicodedata.east_asian_width(character) in "WF"
    return is_wide and unicodedata.category(character)[0] != "S"


def _one_after_another(words: Sequence[Word]) -> list[Word]:
    """Visible words in time order, each ending before the next one starts."""
    ordered: list[Word] = []
    for word in sorted((word for word in words if word.text.strip()), key=lambda w: w.start_s):
        start_s = word.start_s
        if ordered:
            before = ordered[-1]
            start_s = max(start_s, before.start_s + _STEP_S)
            ordered[-1] = replace(before, end_s=min(before.end_s, start_s))
        ordered.append(replace(word, start_s=start_s, end_s=max(word.end_s, start_s + _STEP_S)))
    return ordered


def _fits_on(group: list[Word], word: Word, style: CaptionStyle) -> bool:
    stood_s = word.start_s - group[0].start_s
    is_readable = stood_s >= _needed_s(group)
    silence_s = word.start_s - group[-1].end_s
    if silence_s >= _PAUSE_S + (0.0 if is_readable else _SHORTEST_S):
        return False
    if is_readable and (_ends_thought(group, style) or silence_s >= _PAUSE_S):
        return False
    if word.end_s - group[0].start_s > _LONGEST_S:
        return False
    return _rows([*group, word], style) is not None


def _ends_thought(group: list[Word], style: CaptionStyle) -> bool:
    last = group[-1].text.rstrip(_CLOSING)
    is_half_full = len(_text(group)) * 2 > style.max_characters * style.max_lines
    return last.endswith(_SENTENCE_ENDS) or (is_half_full and last.endswith(_CLAUSE_ENDS))


def _needed_s(group: list[Word]) -> float:
    reading_s = len(_text(group)) / _READABLE_CHARACTERS_PER_S
    return min(max(_SHORTEST_S, reading_s), _LONGEST_S)


def _end(group: list[Word], *, next_start_s: float | None) -> float:
    end_s = max(group[-1].end_s, group[0].start_s + _needed_s(group))
    if next_start_s is None or end_s + _GAP_S <= next_start_s:
        return end_s
    return next_start_s


def _text(words: Sequence[Word]) -> str:
    return joined([word.text for word in words])


def _rows(group: list[Word], style: CaptionStyle) -> tuple[tuple[Word, ...], ...] | None:
    """The group in as few and as even rows as hold it; None where they do not."""
    if _row_fits(group, style):
        return (tuple(group),)
    splits = [
        (group[:at], group[at:])
        for at in range(1, len(group) if style.max_lines > 1 else 0)
        if _row_fits(group[:at], style) and _row_fits(group[at:], style)
    ]
    if not splits:
        return None
    first, second = min(splits, key=lambda rows: max(width_em(_text(row)) for row in rows))
    return (tuple(first), tuple(second))


def _row_fits(row: list[Word], style: CaptionStyle) -> bool:
    text = style.shown(_text(row))
    return len(text) <= style.max_characters and width_em(text) <= style.widest_em()
