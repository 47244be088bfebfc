"""Words as they are shown: in order, all drawable, cut where their script may be cut."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from viral_forge_assets.domain.emoji import parted
from viral_forge_assets.domain.scripts import (
    Script,
    are_written_together,
    clusters,
    has_no_spaces,
    is_cased,
    may_end_row,
    script_of,
)
from viral_forge_resources.contracts.media import Word

_STEP_S = 0.04  # one frame at 25 fps: words of one moment still follow each other
_SEPARATORS = frozenset("-\u2010/_.@&=+:")
_SENTENCE_ENDS = tuple(".!?…。\uff01\uff1f؟۔।॥")  # noqa: RUF001  other scripts' full stops
_CLAUSE_ENDS = tuple(",;:،؛、，；：")  # noqa: RUF001  as above
_CLOSING = "\"'’”»)]」』）"  # noqa: RUF001  quotes that follow a full stop
_ABBREVIATIONS = frozenset(
    "mr. mrs. ms. dr. prof. st. vs. no. nr. jr. sr. etc. e.g. i.e. z.b. bzw. ca. approx. fig. vol."  # noqa: SIM905  read as a list of words
    " p. pp. art. inc. ltd. co. mt. gen. sen. rep. gov. capt. sgt. hr. fr. т.е. стр.".split()  # noqa: RUF001  Cyrillic on purpose
)
_DIGIT = r"\d\u0660-\u0669\u06f0-\u06f9\u0966-\u096f"
_NUMBER = re.compile(
    r"[^\w]*[\d\u0660-\u0669\u06f0-\u06f9\u0966-\u096f][\d.,:/\u066b\u066c]*[^\w]*"
)
_UNIT = re.compile(
    r"[%‰°º€$£¥₹]|[km]?g|mg|[mcdk]?m|[mcd]?l|[kmgt]?i?b|k?wh?|v|a|s|h|min|ms|sec|secs|mins|hrs?|°[cf]"
    r"|mph|kmh|km/h|fps|px|percent|per|pct|am|pm|a\.m\.|p\.m\.|o'clock|hundred|thousand|million"
    r"|billion|trillion|bn|k|dollars?|cents?|euros?|pounds?|years?|days?|hours?|minutes?|seconds?"
    r"|weeks?|months?|times|degrees?|kilos?|grams?|meters?|metres?|miles?|feet|inch(?:es)?|cups?"
    r"|prozent|uhr|jahre?n?|tage?n?|stunden?|minuten?|sekunden?|millionen|milliarden|tausend"
    r"|años|horas|minutos|segundos|por|millones|ans|heures|minutes|pour|millions|процентов|лет|млн"
    r"|тысяч|рублей|минут|часов|секунд",
    re.IGNORECASE,
)

_SHORT_WORD = 3
LONG_PAUSE_S, _PAUSE_S = 0.4, 0.2
_BETWEEN_WORDS, _AT_A_CLAUSE = 2.0, 0.5
_THAI_WORD, _EASTERN_WORD = 4, 2
"""Characters, of a word that weighs as much as an English one."""

NEVER = 60.0
"""What it costs to part what belongs together: paid only where nothing else fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """Words for the picture, and what had to be left out of it."""

    words: tuple[Word, ...]
    emoji: tuple[str, ...]
    missing: tuple[str, ...]


def cleaned(words: Sequence[Word], missing_of: Callable[[str], Sequence[str]]) -> Cleaned:
    """``words`` without emoji and without characters of which ``missing_of`` knows no picture."""
    without = [(word, *parted(word.text)) for word in words]
    missing = missing_of("".join(text for _, text, _ in without))
    table = str.maketrans(dict.fromkeys(missing, ""))
    shown = ((word, text.translate(table)) for word, text, _ in without)
    return Cleaned(
        words=tuple(
            word if word.text == text else replace(word, text=text)
            for word, text in shown
            if any(character.isprintable() and not character.isspace() for character in text)
        ),
        emoji=tuple(sorted({each for _, _, emoji in without for each in emoji})),
        missing=tuple(missing),
    )


def in_order(words: Sequence[Word]) -> list[Word]:
    """Visible words in time order, each ending before the next one starts."""
    ordered: list[Word] = []
    for word in sorted((word for word in words if word.text.strip()), key=lambda w: w.start_s):
        start_s = word.start_s
        if ordered:
            before = ordered[-1]
            start_s = max(start_s, before.start_s + _STEP_S)
            if before.end_s > start_s:
                ordered[-1] = replace(before, end_s=start_s)
        if start_s != word.start_s or word.end_s < start_s + _STEP_S:
            word = replace(word, start_s=start_s, end_s=max(word.end_s, start_s + _STEP_S))  # noqa: PLW2901  the same word, in its place
        ordered.append(word)
    return ordered


def broken(text: str, fits: Callable[[str], bool]) -> list[str]:
    """A word that is too long for a row, in parts that fit, hyphened unless parted already."""
    parts: list[str] = []
    row = ""
    for cluster in clusters(text):
        if row and not fits(row + cluster + "-"):
            at = _parting(row)
            parts.append(_with_hyphen(row[:at], row[at:] + cluster))
            row = row[at:]
        row += cluster
    return [*parts, row] if row else parts


def _parting(row: str) -> int:
    """Where to end it: behind its last separator, unless hardly anything stood before that."""
    for at in range(len(row), len(row) // 2, -1):
        if row[at - 1] in _SEPARATORS:
            return at
    return len(row)


def _with_hyphen(part: str, rest: str) -> str:
    return part + "-" if is_cased(part[-1]) and rest and is_cased(rest[0]) else part


def spaced(left: Word, right: Word) -> str:
    """What stands between two words of a row."""
    if right.is_joined or are_written_together(left.text, right.text):
        return ""
    return " "


def weight_in_words(word: Word) -> float:
    """1, but for short words of scripts without blanks, of which a sentence has more."""
    if word.text.isascii() or not has_no_spaces(word.text):
        return 1.0
    is_thai = any(script_of(each) is Script.THAI for each in word.text)
    return min(1.0, len(word.text) / (_THAI_WORD if is_thai else _EASTERN_WORD))


def ends_sentence(word: Word) -> bool:
    """Whether a full stop or its like follows it."""
    text = word.text.rstrip(_CLOSING)
    if not text.endswith(_SENTENCE_ENDS):
        return False
    is_initial = len(text) == 2 and text[0].isupper() and text[1] == "."  # noqa: PLR2004  "J."
    return not is_initial and text.lower() not in _ABBREVIATIONS


def parting_costs(words: Sequence[Word]) -> Iterator[float]:
    """For each word, what it costs a reader when a caption or a row ends behind it."""
    for left, right in pairwise(words):
        yield _parting_cost(left, right)
    if words:
        yield 0.0


def _parting_cost(left: Word, right: Word) -> float:
    pause_s = right.start_s - left.end_s
    text = left.text.rstrip(_CLOSING)
    if ends_sentence(left) or pause_s >= LONG_PAUSE_S:
        return 0.0
    if text.endswith(_CLAUSE_ENDS) or _is_blank_of_thai(left, right):
        return _AT_A_CLAUSE
    if belong_together(text, right.text):
        return NEVER
    if right.is_joined:
        return _joined_cost(left.text, right.text)
    cost = 1.0 if pause_s >= _PAUSE_S else _BETWEEN_WORDS
    if len(text) <= _SHORT_WORD:
        cost += 1.2  # an article or a preposition waits for its noun
    elif len(right.text) <= _SHORT_WORD and right.text.isalpha():
        cost -= 0.5
    return cost


def _is_blank_of_thai(left: Word, right: Word) -> bool:
    """Where Thai puts a blank, a phrase ends, as elsewhere with a comma."""
    scripts = {script_of(left.text[-1]), script_of(right.text[0])}
    return not right.is_joined and scripts == {Script.THAI}


def belong_together(left: str, right: str) -> bool:
    """Whether a number meets its unit, or a title its name."""
    if left.lower() in _ABBREVIATIONS or left in {"$", "€", "£", "#", "№"}:
        return True
    bare = right.rstrip(".,;:!?" + _CLOSING)
    return _NUMBER.fullmatch(left) is not None and (
        _UNIT.fullmatch(bare) is not None or _NUMBER.fullmatch(bare) is not None
    )


def _joined_cost(left: str, right: str) -> float:
    return _BETWEEN_WORDS if may_end_row(left, right) else NEVER
