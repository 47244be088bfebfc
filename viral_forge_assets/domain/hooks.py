"""How strongly a sentence makes a viewer stay: what it says, and how it is said."""

import re
from dataclasses import dataclass

from viral_forge_assets.domain.hook_words import ADDRESSES, ASKS, CLAIMS, DANGLING, NUMBERS
from viral_forge_assets.domain.sentences import Sentence, is_question

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d[\d.,:]*%?")  # noqa: RUF001  a typed apostrophe
_QUESTION, _NUMBER, _CLAIM, _TWO_CLAIMS, _ADDRESS, _LOUD = 0.4, 0.35, 0.35, 0.5, 0.12, 0.45
_LOUD_DB = 6.0
"""A voice that much above its usual level is raised as far as voices are in a talk."""

_FEWEST_WORDS = 3
"""A shorter question is a tag: "right?", "okay?"."""

_MOST_WORDS = 24
_LONG, _LEANING = 0.8, 0.75
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """How strongly a sentence hooks, in [0, 1), and by what."""

    strength: float
    reasons: tuple[str, ...] = ()


def hook_of(sentence: Sentence, *, language: str | None, over_db: float | None) -> Hook:
    """The hook in a sentence.

    Args:
        sentence: what is said.
        language: ISO 639-1; words of a language that we do not know count by punctuation, digits
            and voice alone.
        over_db: its level above the usual level of speech; None where that is not known.
    """
    code = (language or "").lower().partition("-")[0]
    words = [word.lower().replace("’", "'") for word in _WORD.findall(sentence.text)]  # noqa: RUF001  a typed apostrophe
    marks = _said(sentence, words, code)
    if over_db is not None and over_db > 1:
        raised = min(over_db / _LOUD_DB, 1.0)
        marks.append((_LOUD * raised, f"{over_db:.0f} dB louder than usual"))
    missing = 1.0
    for weight, _ in marks:
        missing *= 1 - weight
    strength = (1 - missing) * _form(words, code)
    return Hook(strength=round(strength, 4), reasons=tuple(said for _, said in marks))


def _said(sentence: Sentence, words: list[str], code: str) -> list[tuple[float, str]]:
    """Weight and name of what its words do."""
    marks: list[tuple[float, str]] = []
    if len(words) >= _FEWEST_WORDS and (
        is_question(sentence.text) or words[0] in _open_questions(code)
    ):
        marks.append((_QUESTION, "a question"))
    numbers = [word for word in words if word[0].isdigit() or word in NUMBERS.get(code, _NONE)]
    if numbers:
        marks.append((_NUMBER, f"a number: {' '.join(numbers[:3])}"))
    claims = [word for word in dict.fromkeys(words) if word in CLAIMS.get(code, _NONE)]
    if claims:
        weight = _CLAIM if len(claims) == 1 else _TWO_CLAIMS
        marks.append((weight, f"a strong claim: {', '.join(claims[:3])}"))
    if any(word in ADDRESSES.get(code, _NONE) for word in words):
        marks.append((_ADDRESS, "speaks to the viewer"))
    return marks


def _open_questions(code: str) -> frozenset[str]:
    """Without punctuation a question is known by its first word; "is" and "do" say too little."""
    return ASKS.get(code, _NONE) & {"why", "warum", "wieso", "pourquoi"}


def _form(words: list[str], code: str) -> float:
    """What length and a beginning that leans on the sentence before leave of it."""
    share = _LONG if len(words) > _MOST_WORDS else 1.0
    return share * (_LEANING if words and words[0] in DANGLING.get(code, _NONE) else 1.0)
