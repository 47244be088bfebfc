"""Where words end in scripts that write no blanks between them, as BudouX's small models know it.

The models lie inside the package. Source: https://github.com/google/budoux (Apache-2.0)
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from viral_forge_assets.domain.scripts import Script, may_end_row, script_of

if TYPE_CHECKING:
    from budoux import Parser

_THAI = "\u0e00", "\u0e7f"


def word_ends(text: str) -> tuple[int, ...] | None:
    """How many characters lie before each word's end, the whole text last.

    None where no model knows the script: Lao, Khmer, Burmese, and all that write blanks.
    """
    parser = _parser_for(text)
    if parser is None:
        return None
    ends = []
    at = 0
    for part in parser.parse(text):
        at += len(part)
        if at == len(text) or _may_part(text[at - 1], text[at]):
            ends.append(at)
    return tuple(ends)


def _may_part(left: str, right: str) -> bool:
    """Whether a word may end between two characters, such as not within a number."""
    is_one_word = left.isascii() and right.isascii() and not left.isspace()
    return not is_one_word and may_end_row(left, right)


def _parser_for(text: str) -> "Parser | None":
    if text.isascii():
        return None
    if any(_THAI[0] <= each <= _THAI[1] for each in text):
        return _open("thai")
    scripts = {script_of(each) for each in text}
    if Script.KANA in scripts:
        return _open("japanese")
    if Script.HAN not in scripts:
        return None
    return _open("simplified" if _is_simplified(text) else "traditional")


def _is_simplified(text: str) -> bool:
    """Whether every ideograph is one of those that are in use in mainland China."""
    try:
        "".join(each for each in text if script_of(each) is Script.HAN).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=4)
def _open(language: str) -> "Parser":
    import budoux

    opens: dict[str, Callable[[], Parser]] = {
        "japanese": budoux.load_default_japanese_parser,
        "thai": budoux.load_default_thai_parser,
        "simplified": budoux.load_default_simplified_chinese_parser,
        "traditional": budoux.load_default_traditional_chinese_parser,
    }
    return opens[language]()
