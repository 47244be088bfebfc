"""Caption lines as the text of an ASS file, in which no word can be taken for a command."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from viral_forge_assets.domain.captioning import (
    SAFE_ZONE,
    CaptionLine,
    CaptionStyle,
    joined,
    space_between,
    width_em,
)
from viral_forge_resources.contracts.media import Word

_HELD_S = 0.2  # a highlight that goes out for less flickers
_SMALLEST_SCALE = 0.5
_PIECES_OF_A_WORD = 2
_WORD_JOINER = "\u2060"  # invisible; after it "\N" is no command any more
# YCbCr Matrix: None draws the colours as they are written, whatever the video's matrix.
# Encoding -1: each row's direction is that of its own letters, also across a change of colour.
_HEADER = """\
[Script Info]
ScriptType: v4.00+
PlayResX: {width_px}
PlayResY: {height_px}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Caption,{family},{size_px},{colour},{colour},{outline_colour},{back_colour},-1,0,0,0,100,\
100,0,0,{border},{outline_px:.1f},{shadow_px:.1f},2,{left_px},{right_px},{bottom_px},-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """A word, or a piece of one, as it is shown."""

    word: Word
    text: str


_Row = tuple[_Token, ...]


def to_ass(
    lines: Sequence[CaptionLine],
    style: CaptionStyle,
    *,
    width_px: int,
    height_px: int,
    family: str,
    drop: frozenset[str] = frozenset(),
) -> str:
    """The lines as an ASS file for a frame of this size, the spoken word in the highlight colour.

    A row that is too wide is drawn smaller; a word without end is cut off. Characters in ``drop``
    are left out.
    """
    size_px = round(style.font_size * _unit_px(width_px, height_px))
    header = _header(style, width_px=width_px, height_px=height_px, family=family)
    events = [
        f"Dialogue: 0,{_time(start)},{_time(end)},Caption,,0,0,0,,{text}\n"
        for line in lines
        for start, end, text in _events(line, style, size_px=size_px, drop=drop)
    ]
    return header + "".join(events)


def escaped(text: str) -> str:
    """``text`` so that libass shows it as it is, on one line."""
    one_line = "".join(" " if unicodedata.category(each) == "Cc" else each for each in text)
    guarded = one_line.replace("\\", "\\" + _WORD_JOINER)
    return guarded.replace("{", "\\{").replace("}", "\\}")


def _header(style: CaptionStyle, *, width_px: int, height_px: int, family: str) -> str:
    unit_px = _unit_px(width_px, height_px)
    opacity = style.box_opacity if style.box else 0.5
    return _HEADER.format(
        width_px=width_px,
        height_px=height_px,
        family=family.replace(",", " "),
        size_px=round(style.font_size * unit_px),
        colour=f"&H00{_bgr(style.colour)}",
        outline_colour=f"&H00{_bgr(style.outline_colour)}",
        back_colour=f"&H{round(255 * (1 - opacity)):02X}{_bgr(style.box or '000000')}",
        border=4 if style.box else 1,  # 4: one box behind all rows, as wide as its shadow
        outline_px=style.outline * unit_px,
        shadow_px=(style.padding() if style.box else style.shadow) * unit_px,
        left_px=round(SAFE_ZONE.left * width_px),
        right_px=round(SAFE_ZONE.right * width_px),
        bottom_px=round(style.bottom * height_px),
    )


def _unit_px(width_px: int, height_px: int) -> float:
    """The width of the upright frame that fits in: what the lengths of a style are shares of."""
    return min(width_px, height_px * 9 / 16)


def _bgr(rgb: str) -> str:
    return rgb[4:6] + rgb[2:4] + rgb[0:2]


def _time(centiseconds: int) -> str:
    seconds, rest = divmod(centiseconds, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"


def _events(
    line: CaptionLine, style: CaptionStyle, *, size_px: int, drop: frozenset[str]
) -> Iterator[tuple[int, int, str]]:
    rows = [row for row in (_shown(row, style, drop=drop) for row in line.rows) if row]
    if not rows:
        return
    scale = min(1.0, *(style.widest_em() / width_em(_text(row)) for row in rows))
    pieces = [piece for row in rows for piece in _pieces(row, style)]
    size = "" if scale == 1 else f"{{\\fs{int(size_px * max(scale, _SMALLEST_SCALE))}}}"
    for start_s, end_s, active in _moments(line, style):
        start, end = round(start_s * 100), round(end_s * 100)
        if start < end:
            yield start, end, size + "\\N".join(_markup(row, active, style) for row in pieces)


def _shown(row: Sequence[Word], style: CaptionStyle, *, drop: frozenset[str]) -> _Row:
    texts = ["".join(each for each in style.shown(word.text) if each not in drop) for word in row]
    return tuple(
        _Token(word=word, text=text)
        for word, text in zip(row, texts, strict=True)
        if any(unicodedata.category(each)[0] not in "CMZ" for each in text)
    )


def _pieces(row: _Row, style: CaptionStyle) -> list[_Row]:
    """The row, or what of a word without end fits in two rows of the smallest size."""
    widest_em = style.widest_em() / _SMALLEST_SCALE
    text = _text(row)
    if width_em(text) <= widest_em:
        return [row]
    cuts = [0]
    for at in range(1, len(text)):
        if width_em(text[cuts[-1] : at + 1] + "…") > widest_em:
            cuts.append(at)
        if len(cuts) > _PIECES_OF_A_WORD:
            break
    parts = [text[start:end] for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True)]
    shown = parts[:_PIECES_OF_A_WORD]
    if len(parts) > len(shown):
        shown[-1] += "…"
    return [(_Token(word=row[0].word, text=part),) for part in shown]


def _moments(line: CaptionLine, style: CaptionStyle) -> Iterator[tuple[float, float, Word | None]]:
    """The line's time, cut where another word, or none, is being spoken."""
    words = line.words
    if style.highlight is None:
        yield line.start_s, line.end_s, None
        return
    at_s = line.start_s
    for word, next_word in zip(words, [*words[1:], None], strict=True):
        until_s = min(word.end_s, line.end_s)
        if next_word is not None and next_word.start_s - word.end_s < _HELD_S:
            until_s = next_word.start_s
        yield at_s, word.start_s, None
        yield word.start_s, until_s, word
        at_s = until_s
    yield at_s, line.end_s, None


def _markup(row: _Row, active: Word | None, style: CaptionStyle) -> str:
    spoken = [at for at, token in enumerate(row) if token.word is active]
    if not spoken or style.highlight is None:
        return escaped(_text(row))
    at = spoken[0]
    before, word, after = _text(row[:at]), row[at].text, _text(row[at + 1 :])
    return (
        escaped(before)
        + space_between(before, word)
        + f"{{\\1c&H{_bgr(style.highlight)}&}}{escaped(word)}{{\\1c&H{_bgr(style.colour)}&}}"
        + space_between(word, after)
        + escaped(after)
    )


def _text(row: Sequence[_Token]) -> str:
    return joined([token.text for token in row])
