"""Titles that do one thing: name the subject, quote the clip, or ask what it answers."""

import re
from collections.abc import Sequence

from viral_forge_assets.domain.hooks import hook_of
from viral_forge_assets.domain.sentences import is_question, sentences_of
from viral_forge_resources.contracts.counting_text import Unit, counted
from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.contracts.media import Word

_S = TitleStyle
_WORD = re.compile(r"\w+")
_FEWEST_WORDS = 3
"""Fewer words are an exclamation, and stand in any speech."""


def has_style(title: str, style: TitleStyle, *, said: str) -> bool:
    """Whether ``title`` does what ``style`` says; a quote is looked up in what is ``said``."""
    if style is _S.QUESTION:
        return is_question(title)
    if style is _S.QUOTE:
        return _is_said(title, said)
    return not is_question(title) and not _is_said(title, said)


def spoken_title(
    words: Sequence[Word],
    style: TitleStyle,
    *,
    language: str | None,
    most: int | None,
    unit: Unit = Unit.CHARACTERS,
) -> str | None:
    """The sentence of ``words`` that hooks most strongly and is a title of that style.

    None where none fits into ``most`` as a whole; nothing is cut, and no question is made up.
    """
    if style is _S.TOPIC:
        return None
    fitting = [
        each
        for each in sentences_of(words)
        if each.words >= _FEWEST_WORDS
        and (style is not _S.QUESTION or is_question(each.text))
        and (most is None or counted(each.text, unit) <= most)
    ]
    if not fitting:
        return None
    return max(
        fitting, key=lambda each: hook_of(each, language=language, over_db=None).strength
    ).text


def _is_said(title: str, said: str) -> bool:
    quoted = _WORD.findall(title.casefold())
    spoken = f" {' '.join(_WORD.findall(said.casefold()))} "
    return len(quoted) >= _FEWEST_WORDS and f" {' '.join(quoted)} " in spoken
