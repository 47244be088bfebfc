"""What is drawn of a caption from moment to moment, as ASS text."""

import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from viral_forge_assets.domain.caption_styles import CaptionStyle, Effect
from viral_forge_assets.domain.caption_words import spaced
from viral_forge_assets.domain.captioning import CaptionLine
from viral_forge_assets.domain.placement import PlacedCaption
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_assets.domain.scripts import is_right_to_left
from viral_forge_resources.contracts.media import Word

_HELD_S = 0.2  # a highlight that goes out for less flickers
_WORD_JOINER = "\u2060"  # invisible; after it "\N" is no command any more
_GROWS = "\\fscx82\\fscy82\\t(0,70,\\fscx112\\fscy112)\\t(70,150,\\fscx106\\fscy106)"
_APPEARS = "\\fscx60\\fscy60\\t(0,80,\\fscx110\\fscy110)\\t(80,150,\\fscx100\\fscy100)"
_HIDDEN = "\\alpha&HFF&"
_BAR_HEIGHT_PERCENT = 18
_BAR_DROP = 0.30  # of a row's height: just under the letters
_BANDS = 12

_BEHIND, _TEXT, _IN_FRONT = 0, 1, 2
"""Layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One event."""

    layer: int
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pencil:
    """What captions are drawn with."""

    style: CaptionStyle
    frame: Frame
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """A stretch in which one word, or none, is being spoken.

    Attributes:
        said: how many words of the caption have begun.
    """

    start_s: float
    end_s: float
    word: int | None
    said: int


_Paint = Callable[[int], tuple[str, str]]
"""Commands before and after a word, by its number in the caption."""


class _Caption:
    """One caption, ready to be written with any paint."""

    def __init__(self, caption: PlacedCaption, pencil: Pencil) -> None:
        self.line = caption.line
        self.style = pencil.style
        self.frame = pencil.frame
        self.middle = caption.middle
        self.texts = [
            escaped(pencil.style.shown(word.text, language=pencil.language))
            for word in caption.line.words
        ]
        self.row_px = round(pencil.style.font_size * pencil.frame.unit_px)
        # Written anew behind each return to the style, which forgets it.
        self.size = f"\\fs{self.row_px * caption.line.scale:.1f}" if caption.line.scale < 1 else ""
        self.back = f"{{\\r{self.size}}}"
        self.gaps = [_gaps(row) for row in caption.line.rows]

    def head(self, *, drop: float = 0.0) -> str:
        """Where it stands, ``drop`` row heights lower, and how large it is."""
        x = self.middle[0] * self.frame.width_px
        y = self.middle[1] * self.frame.height_px + drop * self.row_px * self.line.scale
        return f"{{\\an5\\pos({x:.1f},{y:.1f}){self.size}}}"

    def text(self, paint: _Paint) -> str:
        """Its words, each between its commands."""
        written = []
        at = 0
        for gaps in self.gaps:
            row = ""
            for gap in gaps:
                before, after = paint(at)
                row += gap + before + self.texts[at] + after
                at += 1
            written.append(row)
        return "\\N".join(written)


def drawings(caption: PlacedCaption, pencil: Pencil) -> Iterator[Drawing]:
    """Everything that is drawn of one caption, in any order."""
    drawn = _Caption(caption, pencil)
    if pencil.style.glow:
        yield _whole(drawn, _BEHIND, _light(drawn, pencil.style.glow))
    if pencil.style.colour_below:
        yield from _bands(drawn, pencil.style.colour_below)
    else:
        yield from _EFFECTS[pencil.style.effect](drawn)


def escaped(text: str) -> str:
    """``text`` so that libass shows it as it is, on one line."""
    if text.isalnum():
        return text
    one_line = "".join(" " if unicodedata.category(each) == "Cc" else each for each in text)
    guarded = one_line.replace("\\", "\\" + _WORD_JOINER)
    return guarded.replace("{", "\\{").replace("}", "\\}")


def _gaps(row: tuple[Word, ...]) -> list[str]:
    return ["", *(spaced(left, right) for left, right in pairwise(row))]


def _whole(drawn: _Caption, layer: int, text: str) -> Drawing:
    return Drawing(layer=layer, start_s=drawn.line.start_s, end_s=drawn.line.end_s, text=text)


def _at(moment: _Moment, layer: int, text: str) -> Drawing:
    return Drawing(layer=layer, start_s=moment.start_s, end_s=moment.end_s, text=text)


def _bare(_at: int) -> tuple[str, str]:
    return "", ""


def _still(drawn: _Caption) -> Iterator[Drawing]:
    yield _whole(drawn, _TEXT, drawn.head() + drawn.text(_bare))


def _coloured(drawn: _Caption) -> Iterator[Drawing]:
    for moment in _moments(drawn.line):
        yield _at(moment, _TEXT, drawn.head() + drawn.text(_accent(drawn, moment.word)))


def _swept(drawn: _Caption) -> Iterator[Drawing]:
    words = drawn.line.words
    # The sweep runs from left to right only; where words do not, they turn at once.
    sweep = "\\k" if is_right_to_left("".join(word.text for word in words)) else "\\kf"
    starts = [round((word.start_s - drawn.line.start_s) * 100) for word in words]
    ends = [round((word.end_s - drawn.line.start_s) * 100) for word in words]

    def paint(at: int) -> tuple[str, str]:
        wait = starts[at] - (ends[at - 1] if at else 0)
        waiting = f"\\k{wait}" if wait > 0 else ""
        return f"{{{waiting}{sweep}{max(ends[at] - starts[at], 1)}}}", ""

    yield _whole(drawn, _TEXT, drawn.head() + drawn.text(paint))


def _popping(drawn: _Caption) -> Iterator[Drawing]:
    for moment in _moments(drawn.line):
        hidden = () if moment.word is None else (moment.word,)
        yield _at(moment, _TEXT, drawn.head() + drawn.text(_without(drawn, hidden)))
        if moment.word is not None:
            yield _at(moment, _IN_FRONT, _alone(drawn, moment.word, _GROWS + _colour(drawn)))


def _appearing(drawn: _Caption) -> Iterator[Drawing]:
    for moment in _moments(drawn.line):
        last = moment.said - (moment.word is not None)
        if last:
            to_come = range(last, len(drawn.texts))
            yield _at(moment, _TEXT, drawn.head() + drawn.text(_without(drawn, to_come)))
        if moment.word is not None:
            yield _at(moment, _IN_FRONT, _alone(drawn, moment.word, _APPEARS + _colour(drawn)))


def _boxed(drawn: _Caption) -> Iterator[Drawing]:
    for moment in _moments(drawn.line):
        yield _at(moment, _TEXT, drawn.head() + drawn.text(_accent(drawn, moment.word)))
        if moment.word is not None:
            yield _at(moment, _BEHIND, _behind(drawn, moment.word, "", drop=0.0))


def _barred(drawn: _Caption) -> Iterator[Drawing]:
    for moment in _moments(drawn.line):
        yield _at(moment, _TEXT, drawn.head() + drawn.text(_accent(drawn, moment.word)))
        if moment.word is not None:
            bar = f"\\fscy{_BAR_HEIGHT_PERCENT}\\bord{drawn.row_px / 40:.1f}"
            yield _at(moment, _BEHIND, _behind(drawn, moment.word, bar, drop=_BAR_DROP))


_EFFECTS: dict[Effect, Callable[[_Caption], Iterator[Drawing]]] = {
    Effect.NONE: _still,
    Effect.COLOUR: _coloured,
    Effect.SWEEP: _swept,
    Effect.POP: _popping,
    Effect.REVEAL: _appearing,
    Effect.BOX: _boxed,
    Effect.BAR: _barred,
}


def _colour(drawn: _Caption) -> str:
    return f"\\1c&H{_bgr(drawn.style.accent)}&" if drawn.style.accent else ""


def _accent(drawn: _Caption, spoken: int | None) -> _Paint:
    if spoken is None or not drawn.style.accent:
        return _bare
    before, after = f"{{{_colour(drawn)}}}", f"{{\\1c&H{_bgr(drawn.style.colour)}&}}"
    return lambda at: (before, after) if at == spoken else ("", "")


def _without(drawn: _Caption, hidden: Collection[int]) -> _Paint:
    """All words but the hidden ones, which keep their room."""
    hide = f"{{{_HIDDEN}}}"
    return lambda at: (hide, drawn.back) if at in hidden else ("", "")


def _alone(drawn: _Caption, word: int, commands: str) -> str:
    """One word where it stands among the others; those keep their room.

    As rows are centred, a word that grows pushes its hidden neighbours aside and stays in place.
    """
    head = drawn.head() + f"{{{_HIDDEN}}}"
    shown = f"{{\\r{drawn.size}{commands}}}", f"{{\\r{drawn.size}{_HIDDEN}}}"
    return head + drawn.text(lambda at: shown if at == word else ("", ""))


def _behind(drawn: _Caption, word: int, commands: str, *, drop: float) -> str:
    """The box of one word, without the word."""
    head = drawn.head(drop=drop) + f"{{{_HIDDEN}}}"
    shown = f"{{\\rSpoken{drawn.size}{commands}}}", f"{{\\r{drawn.size}{_HIDDEN}}}"
    return head + drawn.text(lambda at: shown if at == word else ("", ""))


def _light(drawn: _Caption, colour: str) -> str:
    reach = drawn.style.glow_reach() * drawn.frame.unit_px
    head = f"{{\\1a&HFF&\\4a&HFF&\\3c&H{_bgr(colour)}&\\bord{reach / 2:.1f}\\blur{reach / 2:.1f}}}"
    return drawn.head() + head + drawn.text(_bare)


def _bands(drawn: _Caption, below: str) -> Iterator[Drawing]:
    """The letters in bands of colour, over letters with their outline."""
    yield _whole(drawn, _TEXT, drawn.head() + drawn.text(_bare))
    row_px = drawn.row_px * drawn.line.scale
    rows = len(drawn.line.rows)
    top_px = drawn.middle[1] * drawn.frame.height_px - rows * row_px / 2
    for band in range(1, _BANDS):
        colour = _mixed(drawn.style.colour, below, band / (_BANDS - 1))
        for row in range(rows):
            # Letters fill the middle of a row: above and below is room for marks.
            from_px = top_px + (row + 0.18 + 0.64 * band / _BANDS) * row_px
            to_px = top_px + (row + (0.18 + 0.64 * (band + 1) / _BANDS)) * row_px
            until_px = top_px + (row + 1) * row_px if band == _BANDS - 1 else to_px
            clip = f"\\clip(0,{from_px:.0f},{drawn.frame.width_px},{until_px:.0f})"
            head = f"{{{clip}\\bord0\\shad0\\1c&H{_bgr(colour)}&}}"
            yield _whole(drawn, _IN_FRONT, drawn.head() + head + drawn.text(_bare))


def _mixed(above: str, below: str, share: float) -> str:
    pairs = [(int(above[at : at + 2], 16), int(below[at : at + 2], 16)) for at in (0, 2, 4)]
    return "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _bgr(rgb: str | None) -> str:
    colour = rgb or "FFFFFF"
    return colour[4:6] + colour[2:4] + colour[0:2]


def _moments(line: CaptionLine) -> Iterator[_Moment]:
    """The caption's time, cut where another word, or none, is being spoken."""
    words = line.words
    at_s = line.start_s
    for number, word in enumerate(words):
        until_s = min(word.end_s, line.end_s)
        if number + 1 < len(words) and words[number + 1].start_s - word.end_s < _HELD_S:
            until_s = words[number + 1].start_s
        if at_s < word.start_s:
            yield _Moment(start_s=at_s, end_s=word.start_s, word=None, said=number)
        yield _Moment(start_s=word.start_s, end_s=until_s, word=number, said=number + 1)
        at_s = until_s
    if at_s < line.end_s:
        yield _Moment(start_s=at_s, end_s=line.end_s, word=None, said=len(words))
