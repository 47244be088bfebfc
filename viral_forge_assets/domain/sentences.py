"""Sentences of a transcript: where a thought begins and where it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from viral_forge_assets.domain.caption_words import ends_sentence, spaced
from viral_forge_resources.contracts.media import Stretch, Word

_CLOSING_MARKS = "\"')]\u00bb\u201d\u2019"
_PAUSE_S = 0.6
"""A speaker who stops this long has finished a thought, whatever the punctuation says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """Words ``first`` up to ``beyond`` of a transcript.

    Attributes:
        text: as written, with blanks.
        pause_s: how long nobody speaks behind it; infinite behind the last.
    """

    first: int
    beyond: int
    start_s: float
    end_s: float
    text: str
    pause_s: float

    @property
    def stretch(self) -> Stretch:
        """When it is spoken."""
        return Stretch(start_s=self.start_s, end_s=self.end_s)

    @property
    def words(self) -> int:
        """How many words it has."""
        return self.beyond - self.first


def closes(words: Sequence[Word], index: int) -> bool:
    """Whether a sentence ends with word ``index``."""
    if index == len(words) - 1:
        return True
    return ends_sentence(words[index]) or words[index + 1].start_s - words[index].end_s >= _PAUSE_S


def sentences_of(words: Sequence[Word]) -> tuple[Sentence, ...]:
    """Every sentence, in order; each word is in one of them."""
    found: list[Sentence] = []
    first = 0
    for index in range(len(words)):
        if closes(words, index):
            found.append(_sentence(words, first, index + 1))
            first = index + 1
    return tuple(found)


def is_question(text: str) -> bool:
    """Whether ``text`` ends like a question."""
    return text.strip().rstrip(_CLOSING_MARKS).endswith(("?", "\uff1f", "\u061f"))


def _sentence(words: Sequence[Word], first: int, beyond: int) -> Sentence:
    spoken = words[first:beyond]
    written = spoken[0].text + "".join(
        spaced(left, right) + right.text for left, right in pairwise(spoken)
    )
    end_s = max(word.end_s for word in spoken)
    return Sentence(
        first=first,
        beyond=beyond,
        start_s=spoken[0].start_s,
        end_s=end_s,
        text=written.strip(),
        pause_s=words[beyond].start_s - end_s if beyond < len(words) else float("inf"),
    )
