"""Caption lines as an SRT file, which people upload beside a clip."""

import re
from collections.abc import Sequence

from viral_forge_assets.domain.captioning import CaptionLine, joined

_WORD_JOINER = "\u2060"  # invisible; keeps players from reading words as times or markup
_COMMAND = re.compile(r"<(?=/?[A-Za-z]|\d+:)|\{(?=\\)|\\(?=[Nnh])|&(?=#?\w+;)|--(?=>)")


def to_srt(lines: Sequence[CaptionLine]) -> str:
    """The lines as SRT, words as spoken; empty without lines."""
    return "\n".join(
        f"{number}\n{_time(line.start_s)} --> {_time(line.end_s)}\n{_shown(line)}\n"
        for number, line in enumerate(lines, start=1)
    )


def _shown(line: CaptionLine) -> str:
    return "\n".join(_inert(joined([word.text for word in row])) for row in line.rows)


def _inert(text: str) -> str:
    one_line = " ".join(text.split())
    return _COMMAND.sub(rf"\g<0>{_WORD_JOINER}", one_line)


def _time(seconds: float) -> str:
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{milliseconds:03d}"
