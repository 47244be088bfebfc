"""How long texts are as each platform counts, and how they are cut so that nothing is torn."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

ELLIPSIS = "…"
_JOINER = "\u200d"
_TONES = range(0x1F3FB, 0x1F400)
_REGIONS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_NARROW = (range(4_352), range(8_192, 8_206), range(8_208, 8_224), range(8_242, 8_248))
_WIDE, _LINK_WEIGHT = 2, 23
_FIRST_EMOJI, _AS_EMOJI = 0x1F000, "\ufe0f"
_TOP = (
    "[a-z]{2}|com|org|net|edu|gov|mil|int|info|biz|name|mobi|pro|app|dev|shop|store|blog|online|site"
    "|xyz|live|news|video|club|tech|art|link|page|work|world|today|life|studio|media|design|cloud"
    "|wiki|space|website|email|agency|academy|company|social|network|photo|photos|film|fashion|music"
    "|games|food|fit|fun|one|top|vip|tips|travel|jobs|museum"
)
"""Names of hosts end so; of the rarer ones X knows more."""
_ADDRESS = re.compile(
    rf"https?://[^\s<>\"]+|(?<![@\w.-])(?:[a-z0-9][a-z0-9-]*\.)+(?:{_TOP})(?![\w@])(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)
_LOOK_ALIKE = {"<": "\u2039", ">": "\u203a"}


class Unit(StrEnum):
    """What a platform counts."""

    CHARACTERS = "characters"
    UTF8_BYTES = "bytes"
    UTF16_UNITS = "UTF-16 units"
    WEIGHTED = "characters as X weighs them"


def counted(text: str, unit: Unit = Unit.CHARACTERS) -> int:
    """Length of ``text``; of an odd byte of a file name, what it would be sent as counts."""
    if unit is Unit.UTF8_BYTES:
        return len(text.encode(errors="replace"))
    if unit is Unit.UTF16_UNITS:
        return len(text.encode("utf-16-le", errors="replace")) // 2
    return weighed(text) if unit is Unit.WEIGHTED else len(text)


def addresses(text: str) -> tuple[str, ...]:
    """What X makes links of: addresses, and names of hosts without a scheme."""
    return tuple(found[0] for found in _ADDRESS.finditer(text))


def weighed(text: str) -> int:
    """Characters of ``text`` as X weighs them: letters 1, signs of East Asia and emoji 2, links 23.

    Where it is doubtful whether X takes something for a host's name, the larger weight counts.

    Source: https://github.com/twitter/twitter-text/blob/master/config/v3.json
    """
    text = unicodedata.normalize("NFC", text)
    total, place = 0, 0
    for found in _ADDRESS.finditer(text):
        total += _weight(text[place : found.start()])
        is_certain = "://" in found[0]
        total += _LINK_WEIGHT if is_certain else max(_LINK_WEIGHT, _weight(found[0]))
        place = found.end()
    return total + _weight(text[place:])


def _weight(text: str) -> int:
    total, start = 0, 0
    for end in range(1, len(text) + 1):
        if end < len(text) and not may_break(text, end):
            continue
        seen = text[start:end]
        is_emoji = any(ord(each) >= _FIRST_EMOJI or each == _AS_EMOJI for each in seen)
        total += _WIDE if is_emoji else sum(_weight_of(ord(each)) for each in seen)
        start = end
    return total


def _weight_of(code: int) -> int:
    return 1 if any(code in narrow for narrow in _NARROW) else _WIDE


def counted_tags(tags: Sequence[str]) -> int:
    """Characters of tags as YouTube counts them: commas too, and quotes around blanks.

    Source: https://developers.google.com/youtube/v3/docs/videos#snippet.tags[]
    """
    quoted = sum(len(tag) + 2 * (" " in tag) for tag in tags)
    return quoted + max(len(tags) - 1, 0)


def without(text: str, forbidden: str) -> str:
    """``text`` with what looks alike in place of ``forbidden`` characters, or nothing."""
    for character in forbidden:
        text = text.replace(character, _LOOK_ALIKE.get(character, ""))
    return text


def shortened(text: str, limit: int | None, unit: Unit = Unit.CHARACTERS) -> str:
    """``text`` in at most ``limit`` units; what is cut ends in … after a whole word.

    Where not even the first word fits, it is cut between characters as people see them: never in
    the middle of an emoji, a flag or an accented letter.
    """
    if limit is None or counted(text, unit) <= limit:
        return text
    room = limit - counted(ELLIPSIS, unit)
    if room < 0:
        return ""
    end = _fitting(text, room, unit)
    cut = text[:end]
    if not text[end : end + 1].isspace() and " " in cut:
        cut = cut.rpartition(" ")[0]
    return cut.rstrip(" ,;:-") + ELLIPSIS


def _fitting(text: str, room: int, unit: Unit) -> int:
    """The last place at which ``text`` may be cut so that what stands before it fits."""
    used, end = 0, 0
    for place, character in enumerate(text):
        if place and may_break(text, place):
            end = place
        used += counted(character, unit)
        if used > room:
            return end
    return len(text)


def may_break(text: str, place: int) -> bool:
    """Whether a reader sees one character end and another begin at ``place``.

    The rules of grapheme clusters that posts meet: marks, joined emoji, skin tones, flags, and
    Korean syllables in parts.

    Source: https://unicode.org/reports/tr29/#Grapheme_Cluster_Boundary_Rules
    """
    before, after = text[place - 1], text[place]
    if _JOINER in (before, after) or unicodedata.category(after)[0] == "M":
        return False
    code = ord(after)
    if code in _TONES or code in _TAGS:
        return False
    if code in _REGIONS and ord(before) in _REGIONS:
        return _regions_before(text, place) % 2 == 0
    return not ("\u1160" <= after <= "\u11ff" and "\u1100" <= before <= "\u11ff")


def _regions_before(text: str, place: int) -> int:
    """How many letters of flags stand in a row before ``place``."""
    start = place
    while start and ord(text[start - 1]) in _REGIONS:
        start -= 1
    return place - start
