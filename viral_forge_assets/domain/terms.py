"""What a video is about, as terms that can be counted; a title is only ever words here."""

import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from viral_forge_assets.domain.stop_words import SHORT_STOP_WORDS, STOP_WORDS
from viral_forge_resources.contracts.trends import Gain

_LONGEST_TERM = 60
_LONGEST_WORD = 30
_SHORTEST_WORD = 4  # of an alphabet; where one sign is a syllable or a word, two of them
_FEWEST_SIGNS = 2
_MOST_WORDS = 60  # of a title; more is no title


_UNNAMED_SOUNDS = (  # what platforms call a sound whose author gave it no name: any, not one
    "original sound",
    "originalton",
    "son original",
    "sonido original",
    "som original",
    "suono originale",
)


class TermKind(StrEnum):
    """What a term says of a video."""

    KEYWORD = "keyword"
    CHANNEL = "channel"
    SOUND = "sound"


class Term(NamedTuple):
    """A keyword, a channel by its name, or a sound by its names or its id."""

    kind: TermKind
    text: str


class _Blanks(dict[int, str]):
    """For ``str.translate``: all but letters, their marks and digits becomes a blank."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = sign if unicodedata.category(sign)[0] in "LMN" else " "
        return self[code]


_BLANKS = _Blanks()


def folded(text: str) -> str:
    """The words of ``text`` alone: what is only written in another way is the same."""
    # Folding first: a letter may fold into several, and those into other forms.
    folded_text = unicodedata.normalize("NFKC", text.casefold()).casefold()
    return " ".join(folded_text.translate(_BLANKS).split())


def terms(gain: Gain) -> set[Term]:
    """Words and pairs of words of the title, tags, who made it, and to which sound.

    No stop words, no numbers.
    """
    channel = folded(gain.author or "")[:_LONGEST_TERM].strip()
    found = {Term(TermKind.KEYWORD, text) for text in _keywords(gain)}
    sound = sound_of(gain)
    found |= {Term(TermKind.CHANNEL, channel)} if _has_letter(channel) else set()
    return found | ({sound} if sound is not None else set())


def sound_of(gain: Gain) -> Term | None:
    """The sound of a video: by title and author, which platforms share, else by the platform's id.

    None where it is not told, or only called an original sound: that names any sound of its author.
    """
    sound = gain.sound
    if sound is None:
        return None
    title, author = folded(sound.title or ""), folded(sound.author or "")
    if title and author and not title.startswith(_UNNAMED_SOUNDS):
        return Term(TermKind.SOUND, f"{title[:_LONGEST_TERM]} by {author[:_LONGEST_TERM]}")
    return Term(TermKind.SOUND, f"{gain.platform} {sound.sound_id}") if sound.sound_id else None


def _keywords(gain: Gain) -> Iterator[str]:
    words = folded(gain.title).split()[:_MOST_WORDS]
    yield from filter(_tells, words)
    for first, second in pairwise(words):
        tells = _tells(first) or _tells(second)
        if tells and _helps_tell(first) and _helps_tell(second) and first != second:
            yield f"{first} {second}"
    for tag in gain.tags:
        text = folded(tag)
        if len(text) <= _LONGEST_TERM and any(_tells(word) for word in text.split()):
            yield text


def _tells(word: str) -> bool:
    """It may say what a video shows: no stop word, no number, neither too short nor too long."""
    return len(word) >= _shortest(word) and _helps_tell(word)


def _helps_tell(word: str) -> bool:
    """It may be half of a pair that says so, as ``air`` of ``air fryer``."""
    is_stop_word = word in STOP_WORDS or word in SHORT_STOP_WORDS
    is_of_good_length = _shortest(word) - 1 <= len(word) <= _LONGEST_WORD
    return is_of_good_length and not is_stop_word and _has_letter(word)


def _shortest(word: str) -> int:
    is_of_signs = not word.isascii() and any(unicodedata.category(sign) == "Lo" for sign in word)
    return _FEWEST_SIGNS if is_of_signs else _SHORTEST_WORD


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))
