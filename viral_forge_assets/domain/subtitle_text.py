"""Words as SRT and WebVTT files, which people upload beside a clip."""

import re
from collections.abc import Sequence

from viral_forge_assets.domain.captioning import CaptionLine, Limits, caption_lines, joined
from viral_forge_assets.domain.scripts import Script, script_of
from viral_forge_resources.contracts.media import Word

_WORD_JOINER = "\u2060"  # invisible; keeps players from reading words as times or markup
_COMMAND = re.compile(r"<(?=/?[A-Za-z]|\d+:)|\{(?=\\)|\\(?=[Nnh])|&(?=#?\w+;)|--(?=>)")
_BREAK = re.compile(r"\\(?=[Nnh])")  # no command of WebVTT, but many readers take it for one
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

_ROW = 42
_WIDE = _ROW / 16
"""Netflix' Timed Text Style Guides: 42 letters a row, of which Chinese and Korean have 16."""
_WIDE_SCRIPTS = frozenset({Script.HAN, Script.KANA, Script.HANGUL})
_LIMITS = Limits(
    widest=_ROW,
    max_characters=_ROW,
    seconds=3.0,
    shortest_s=5 / 6,
    longest_s=7.0,
    breaks_words=False,
)


def subtitle_lines(words: Sequence[Word]) -> tuple[CaptionLine, ...]:
    """The words as players show them: up to two rows, whatever the style in the picture."""
    return caption_lines(words, _LIMITS, _width)


def to_srt(lines: Sequence[CaptionLine]) -> str:
    """The lines as SRT, words as spoken; empty without lines."""
    return "\n".join(
        f"{number}\n{_times(line, decimal=',')}\n{_shown(line)}\n"
        for number, line in enumerate(lines, start=1)
    )


def to_vtt(lines: Sequence[CaptionLine]) -> str:
    """The lines as WebVTT, words as spoken.

    Source: https://www.w3.org/TR/webvtt1/
    """
    cues = (f"{_times(line, decimal='.')}\n{_shown_marked_up(line)}\n" for line in lines)
    return "\n".join(("WEBVTT\n", *cues))


def _width(text: str) -> float:
    return sum(_WIDE if script_of(each) in _WIDE_SCRIPTS else 1 for each in text)


def _shown(line: CaptionLine) -> str:
    return "\n".join(_inert(joined(row)) for row in line.rows)


def _shown_marked_up(line: CaptionLine) -> str:
    rows = (_BREAK.sub(rf"\g<0>{_WORD_JOINER}", " ".join(joined(row).split())) for row in line.rows)
    return "\n".join("".join(_MARKUP.get(each, each) for each in row) for row in rows)


def _inert(text: str) -> str:
    one_line = " ".join(text.split())
    return _COMMAND.sub(rf"\g<0>{_WORD_JOINER}", one_line)


def _times(line: CaptionLine, *, decimal: str) -> str:
    return f"{_time(line.start_s, decimal)} --> {_time(line.end_s, decimal)}"


def _time(seconds: float, decimal: str) -> str:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    clock = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{clock}{decimal}{milliseconds:03d}"
