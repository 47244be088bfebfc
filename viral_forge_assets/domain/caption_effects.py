"""What is drawn of a caption from moment to moment, as ASS text."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from viral_forge_assets.domain.caption_styles import Effect
from viral_forge_assets.domain.caption_text import CaptionText, Moment, Paint, Pencil, bgr, moments
from viral_forge_assets.domain.placement import PlacedCaption
from viral_forge_assets.domain.scripts import is_right_to_left

_GROWS = "\\fscx82\\fscy82\\t(0,70,\\fscx112\\fscy112)\\t(70,150,\\fscx103\\fscy103)"
_APPEARS = "\\fscx60\\fscy60\\t(0,80,\\fscx110\\fscy110)\\t(80,150,\\fscx100\\fscy100)"
_GROWS_IN_PLACE = (
    "\\bord0\\shad0\\fscx90\\fscy90\\t(0,70,\\fscx106\\fscy106)\\t(70,150,\\fscx100\\fscy100)"
)
_HIDDEN = "\\alpha&HFF&"
_HOLLOW = "\\1a&HFF&"
_BAR_HEIGHT_PERCENT = 40
_BAR_DROP = 0.34  # of a row's height: just under the letters
_ROW_PROP = "\\fscx1}x"  # a letter without width, which holds a row of low letters up
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


def drawings(caption: PlacedCaption, pencil: Pencil) -> Iterator[Drawing]:
    """Everything that is drawn of one caption, in any order."""
    drawn = CaptionText(caption, pencil)
    if pencil.style.glow:
        yield _whole(drawn, _BEHIND, _light(drawn, pencil.style.glow))
    if pencil.style.colour_below:
        yield from _bands(drawn, pencil.style.colour_below)
    else:
        yield from _EFFECTS[pencil.style.effect](drawn)


def _whole(drawn: CaptionText, layer: int, text: str) -> Drawing:
    return Drawing(layer=layer, start_s=drawn.line.start_s, end_s=drawn.line.end_s, text=text)


def _at(moment: Moment, layer: int, text: str) -> Drawing:
    return Drawing(layer=layer, start_s=moment.start_s, end_s=moment.end_s, text=text)


def _bare(_at: int) -> tuple[str, str]:
    return "", ""


def _still(drawn: CaptionText) -> Iterator[Drawing]:
    yield _whole(drawn, _TEXT, drawn.head() + drawn.text(_bare))


def _coloured(drawn: CaptionText) -> Iterator[Drawing]:
    for moment in moments(drawn.line):
        yield _at(moment, _TEXT, drawn.head() + drawn.text(_accent(drawn, moment.word)))


def _swept(drawn: CaptionText) -> Iterator[Drawing]:
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


def _popping(drawn: CaptionText) -> Iterator[Drawing]:
    for moment in moments(drawn.line):
        word = moment.word
        if word is None:
            yield _at(moment, _TEXT, drawn.head() + drawn.text(_bare))
            continue
        # Its outline in front would eat into letters that follow without a blank.
        is_tight = drawn.is_tight(word)
        hide, grow = (_HOLLOW, _GROWS_IN_PLACE) if is_tight else (_HIDDEN, _GROWS)
        yield _at(moment, _TEXT, drawn.head() + drawn.text(_without(drawn, (word,), hide)))
        yield _at(moment, _IN_FRONT, _alone(drawn, word, grow + _colour(drawn)))


def _appearing(drawn: CaptionText) -> Iterator[Drawing]:
    for moment in moments(drawn.line):
        last = moment.said - (moment.word is not None)
        if last:
            to_come = range(last, len(drawn.texts))
            yield _at(moment, _TEXT, drawn.head() + drawn.text(_without(drawn, to_come)))
        if moment.word is not None:
            yield _at(moment, _IN_FRONT, _alone(drawn, moment.word, _APPEARS + _colour(drawn)))


def _boxed(drawn: CaptionText) -> Iterator[Drawing]:
    for moment in moments(drawn.line):
        yield _at(moment, _TEXT, drawn.head() + drawn.text(_accent(drawn, moment.word)))
        if moment.word is not None:
            yield _at(moment, _BEHIND, _behind(drawn, moment.word, "", drop=0.0))


def _barred(drawn: CaptionText) -> Iterator[Drawing]:
    for moment in moments(drawn.line):
        yield _at(moment, _TEXT, drawn.head() + drawn.text(_accent(drawn, moment.word)))
        if moment.word is not None:
            bar = f"\\fscy{_BAR_HEIGHT_PERCENT}\\bord{drawn.row_px / 40:.1f}"
            yield _at(moment, _BEHIND, _behind(drawn, moment.word, bar, drop=_BAR_DROP))


_EFFECTS: dict[Effect, Callable[[CaptionText], Iterator[Drawing]]] = {
    Effect.NONE: _still,
    Effect.COLOUR: _coloured,
    Effect.SWEEP: _swept,
    Effect.POP: _popping,
    Effect.REVEAL: _appearing,
    Effect.BOX: _boxed,
    Effect.BAR: _barred,
}


def _colour(drawn: CaptionText) -> str:
    return f"\\1c&H{bgr(drawn.style.accent)}&" if drawn.style.accent else ""


def _accent(drawn: CaptionText, spoken: int | None) -> Paint:
    if spoken is None or not drawn.style.accent:
        return _bare
    before, after = f"{{{_colour(drawn)}}}", f"{{\\1c&H{bgr(drawn.style.colour)}&}}"
    return lambda at: (before, after) if at == spoken else ("", "")


def _without(drawn: CaptionText, hidden: Collection[int], how: str = _HIDDEN) -> Paint:
    """All words but the hidden ones, which keep their room."""
    hide = f"{{{how}}}"
    return lambda at: (hide, drawn.back) if at in hidden else ("", "")


def _alone(drawn: CaptionText, word: int, commands: str) -> str:
    """One word where it stands among the others; those keep their room.

    As rows are centred, a word that grows pushes its hidden neighbours aside and stays in place.
    """
    head = drawn.head() + f"{{{_HIDDEN}}}"
    shown = f"{{\\r{drawn.size}{commands}}}", f"{{\\r{drawn.size}{_HIDDEN}}}"
    return head + drawn.text(lambda at: shown if at == word else ("", ""))


def _behind(drawn: CaptionText, word: int, commands: str, *, drop: float) -> str:
    """The box of one word, without the word."""
    head = drawn.head(drop=drop) + f"{{{_HIDDEN}}}"
    prop = f"{{{_ROW_PROP}" if commands else ""
    before = f"{prop}{{\\rSpoken{drawn.size}{commands}}}"
    shown = before, f"{{\\r{drawn.size}{_HIDDEN}}}"
    return head + drawn.text(lambda at: shown if at == word else ("", ""))


def _light(drawn: CaptionText, colour: str) -> str:
    reach = drawn.style.glow_reach() * drawn.frame.unit_px
    head = f"{{\\1a&HFF&\\4a&HFF&\\3c&H{bgr(colour)}&\\bord{reach / 2:.1f}\\blur{reach / 2:.1f}}}"
    return drawn.head() + head + drawn.text(_bare)


def _bands(drawn: CaptionText, below: str) -> Iterator[Drawing]:
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
            head = f"{{{clip}\\bord0\\shad0\\1c&H{bgr(colour)}&}}"
            yield _whole(drawn, _IN_FRONT, drawn.head() + head + drawn.text(_bare))


def _mixed(above: str, below: str, share: float) -> str:
    pairs = [(int(above[at : at + 2], 16), int(below[at : at + 2], 16)) for at in (0, 2, 4)]
    return "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)
