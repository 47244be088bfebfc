"""What scripts ask of captions: how fast they are read, and where a row may end."""

import unicodedata
from enum import StrEnum
from functools import lru_cache

_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
"""Thai and Lao: written before the consonant they belong to."""
_FOLLOWERS = frozenset("ะาำๅๆฯະາຳໆຯ")
"""Thai and Lao: letters of their own that belong to what stands before them."""
_SYLLABLE_ENDS = frozenset("ะำๆฯະຳໆຯ")
_NOT_FIRST = frozenset(
    "、。，．・：；！？）」』】〕〉》”’…‥ー々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%％°"  # noqa: RUF001
    ".,:;!?)]}»”’%،؛؟۔।॥"  # noqa: RUF001
)
"""Kinsoku: what never begins a row."""
_NOT_LAST = frozenset("（「『【〔〈《“‘([{«¿¡$€£¥＄￥#＃")  # noqa: RUF001
"""Kinsoku: what never ends a row."""
_FONT_SELECTORS = "\ufe0e\ufe0f"
_ZERO_WIDTH_JOINER = "\u200d"
_VIRAMA = 9  # its class among combining marks


class Script(StrEnum):
    """Scripts that are read at a pace of their own, or broken by rules of their own."""

    HAN = "han"
    KANA = "kana"
    HANGUL = "hangul"
    THAI = "thai"
    ARABIC = "arabic"
    HEBREW = "hebrew"
    OTHER = "other"


_READ_PER_S = {Script.HAN: 9.0, Script.KANA: 7.0, Script.HANGUL: 12.0}
_READ_PER_S_ELSEWHERE = 20.0
"""Characters a second. Netflix' Timed Text Style Guides: Chinese 9, Korean 12, English 20; they say
4 for Japanese, which speech passes by far: between kanji and kana the middle is taken."""

_RANGES: tuple[tuple[int, int, Script], ...] = (
    (0x0590, 0x05FF, Script.HEBREW),
    (0x0600, 0x08FF, Script.ARABIC),
    (0x0E00, 0x0EFF, Script.THAI),  # and Lao, which is written alike
    (0x1000, 0x109F, Script.THAI),  # Burmese, Khmer: no spaces between words either
    (0x1780, 0x17FF, Script.THAI),
    (0x1100, 0x11FF, Script.HANGUL),
    (0x2E80, 0x2FFF, Script.HAN),
    (0x3000, 0x303F, Script.HAN),
    (0x3040, 0x30FF, Script.KANA),
    (0x3130, 0x318F, Script.HANGUL),
    (0x31F0, 0x31FF, Script.KANA),
    (0x3400, 0x9FFF, Script.HAN),
    (0xAC00, 0xD7FF, Script.HANGUL),
    (0xF900, 0xFAFF, Script.HAN),
    (0xFB1D, 0xFB4F, Script.HEBREW),
    (0xFB50, 0xFDFF, Script.ARABIC),
    (0xFE70, 0xFEFF, Script.ARABIC),
    (0xFF00, 0xFF65, Script.HAN),
    (0xFF66, 0xFF9F, Script.KANA),
    (0x20000, 0x3FFFF, Script.HAN),
)


@lru_cache(maxsize=16_384)
def script_of(character: str) -> Script:
    """The script that a character belongs to."""
    code = ord(character)
    for first, last, script in _RANGES:
        if first <= code <= last:
            return script
    return Script.OTHER


def characters_read_per_s(text: str) -> float:
    """How fast ``text`` is read, by its script."""
    scripts = [script_of(each) for each in text if each.isalpha()]
    paces = [_READ_PER_S.get(script, _READ_PER_S_ELSEWHERE) for script in scripts]
    return sum(paces) / len(paces) if paces else _READ_PER_S_ELSEWHERE


def is_right_to_left(text: str) -> bool:
    """Whether most of its letters run from right to left."""
    signs = [unicodedata.bidirectional(each) for each in text]
    return sum(sign in {"R", "AL"} for sign in signs) > signs.count("L")


def has_no_spaces(text: str) -> bool:
    """Whether it is of a script that puts no spaces between words."""
    return any(script_of(each) in {Script.HAN, Script.KANA, Script.THAI} for each in text)


def are_written_together(left: str, right: str) -> bool:
    """Whether ideographs or kana meet, between which no space is written."""
    east = {Script.HAN, Script.KANA}
    return script_of(left[-1]) in east and script_of(right[0]) in east


def may_end_row(left: str, right: str) -> bool:
    """Whether a row may end between two texts that no space parts."""
    last, first = left[-1], right[0]
    if first in _NOT_FIRST or last in _NOT_LAST or last in _LEADING_VOWELS or first in _FOLLOWERS:
        return False
    return unicodedata.category(first)[0] != "M" and _ZERO_WIDTH_JOINER not in {last, first}


def is_syllable_end(left: str, right: str) -> bool:
    """Whether Thai or Lao writing shows that a syllable ends between the two.

    Without a dictionary no one knows more; most words begin where this says that a syllable does.
    """
    if script_of(left[-1]) is not script_of(right[0]):
        return may_end_row(left, right)
    begins = right[0] in _LEADING_VOWELS
    return (begins or left[-1] in _SYLLABLE_ENDS) and may_end_row(left, right)


def clusters(text: str) -> tuple[str, ...]:
    """What a reader takes for single letters: a letter with its marks, an emoji with its parts."""
    found: list[str] = []
    for character in text:
        if found and _continues(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return tuple(found)


def is_cased(character: str) -> bool:
    """Whether it is of a script with capitals, in which words are hyphened."""
    return character.lower() != character.upper()


def pieces(text: str) -> tuple[str, ...]:
    """``text`` cut wherever a row may end inside it; whole for scripts that are read by words."""
    found: list[str] = []
    for cluster in clusters(text):
        if found and not _may_cut(found[-1], cluster):
            found[-1] += cluster
        else:
            found.append(cluster)
    return tuple(found)


def _continues(cluster: str, character: str) -> bool:
    if unicodedata.category(character)[0] == "M" or character in {_ZERO_WIDTH_JOINER, "\u200c"}:
        return True
    if character in _FONT_SELECTORS or cluster[-1] == _ZERO_WIDTH_JOINER:
        return True
    is_flag_half = "\U0001f1e6" <= character <= "\U0001f1ff"
    if is_flag_half and "\U0001f1e6" <= cluster[-1] <= "\U0001f1ff":
        return len(cluster) % 2 == 1
    # Skin tones, and a virama that binds the next Indic letter to this one.
    if "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    return unicodedata.combining(cluster[-1]) == _VIRAMA and character.isalpha()


def _may_cut(left: str, right: str) -> bool:
    scripts = {script_of(left[-1]), script_of(right[0])}
    if Script.THAI in scripts:
        return is_syllable_end(left, right)
    return not scripts.isdisjoint({Script.HAN, Script.KANA}) and may_end_row(left, right)
