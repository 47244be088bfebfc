"""The text of one caption as ASS writes it: its words, between whatever commands, in its place."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from viral_forge_assets.domain.caption_styles import CaptionStyle
from viral_forge_assets.domain.caption_words import spaced
from viral_forge_assets.domain.captioning import CaptionLine
from viral_forge_assets.domain.placement import PlacedCaption
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_resources.contracts.media import Word

_HELD_S = 0.2  # a highlight that goes out for less flickers
_WORD_JOINER = "\u2060"  # invisible; after it "\N" is no command any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Pencil:
    """What captions are drawn with."""

    style: CaptionStyle
    frame: Frame
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A stretch in which one word, or none, is being spoken.

    Attributes:
        said: how many words of the caption have begun.
    """

    start_s: float
    end_s: float
    word: int | None
    said: int


Paint = Callable[[int], tuple[str, str]]
"""Commands before and after a word, by its number in the caption."""


class CaptionText:
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

    def is_tight(self, word: int) -> bool:
        """Whether another word of its row stands next to it without a blank."""
        gaps = [gap if at else " " for row in self.gaps for at, gap in enumerate(row)]
        return "" in gaps[word : word + 2]

    def text(self, paint: Paint) -> str:
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


def moments(line: CaptionLine) -> Iterator[Moment]:
    """The caption's time, cut where another word, or none, is being spoken."""
    words = line.words
    at_s = line.start_s
    for number, word in enumerate(words):
        until_s = min(word.end_s, line.end_s)
        if number + 1 < len(words) and words[number + 1].start_s - word.end_s < _HELD_S:
            until_s = words[number + 1].start_s
        if at_s < word.start_s:
            yield Moment(start_s=at_s, end_s=word.start_s, word=None, said=number)
        yield Moment(start_s=word.start_s, end_s=until_s, word=number, said=number + 1)
        at_s = until_s
    if at_s < line.end_s:
        yield Moment(start_s=at_s, end_s=line.end_s, word=None, said=len(words))


def escaped(text: str) -> str:
    """``text`` so that libass shows it as it is, on one line."""
    if text.isalnum():
        return text
    one_line = "".join(" " if unicodedata.category(each) == "Cc" else each for each in text)
    guarded = one_line.replace("\\", "\\" + _WORD_JOINER)
    return guarded.replace("{", "\\{").replace("}", "\\}")


def _gaps(row: tuple[Word, ...]) -> list[str]:
    return ["", *(spaced(left, right) for left, right in pairwise(row))]


def bgr(rgb: str | None) -> str:
    """``RRGGBB`` as ASS writes it; white for None."""
    colour = rgb or "FFFFFF"
    return colour[4:6] + colour[2:4] + colour[0:2]
