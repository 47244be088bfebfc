"""Cuts what was heard, or read of subtitles, into words where a script writes no blanks."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from viral_forge_assets.domain.caption_words import LONG_PAUSE_S, spaced
from viral_forge_assets.domain.phrases import word_ends
from viral_forge_assets.domain.scripts import (
    Script,
    has_no_spaces,
    is_syllable_end,
    may_end_row,
    pieces,
    script_of,
)
from viral_forge_resources.contracts.media import Word

_LONG_THAI_PIECE = 14


def cut_by_script(words: Sequence[Word]) -> list[Word]:
    """Words of scripts without blanks, however they were heard; other words as they are.

    What is heard is often half a word, what is read of subtitles a whole sentence: a word has the
    time in which its characters were heard, shared out by length.
    """
    cut: list[Word] = []
    for run in _runs(words):
        ends = word_ends("".join(word.text for word in run))
        if ends is not None:
            cut += _cut_at(run, ends)
        elif run[0].text.isascii() and len(run) == 1:
            cut += run
        else:
            cut += _glued([part for word in run for part in shared(word, _pieces(word.text))])
    return cut


def _pieces(text: str) -> Sequence[str]:
    return pieces(text) if has_no_spaces(text) else (text,)


def _runs(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Words that are written onto each other, and said without a pause."""
    run: list[Word] = []
    for word in words:
        if run and (spaced(run[-1], word) or word.start_s - run[-1].end_s >= LONG_PAUSE_S):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _cut_at(run: Sequence[Word], ends: Sequence[int]) -> list[Word]:
    """The run's text in words that end behind so many of its characters."""
    text = "".join(word.text for word in run)
    starts = list(accumulate((len(word.text) for word in run), initial=0))

    def when(character: int, edge: int) -> float:
        number = bisect_right(starts, character) - 1
        word = run[number]
        share = (edge - starts[number]) / len(word.text)
        return word.start_s + (word.end_s - word.start_s) * share

    return [
        Word(
            text=text[first:end],
            start_s=when(first, first),
            end_s=when(end - 1, end),
            is_joined=run[0].is_joined if first == 0 else True,
        )
        for first, end in pairwise((0, *ends))
    ]


def _glued(words: Sequence[Word]) -> list[Word]:
    """Pieces that may not stand apart, such as a vowel without its consonant, put together."""
    glued: list[Word] = []
    for word in words:
        if glued and word.is_joined and _stays_with(glued[-1].text, word.text):
            before = glued[-1]
            glued[-1] = replace(before, text=before.text + word.text, end_s=word.end_s)
        else:
            glued.append(word)
    return glued


def _stays_with(left: str, right: str) -> bool:
    is_thai = Script.THAI in {script_of(left[-1]), script_of(right[0])}
    if is_thai and len(left) < _LONG_THAI_PIECE:
        return not is_syllable_end(left, right)
    return not may_end_row(left, right)


def shared(word: Word, texts: Sequence[str]) -> list[Word]:
    """A word in several pieces, each with its share of the time."""
    if len(texts) < 2:  # noqa: PLR2004  nothing to share
        return [word]
    total = sum(map(len, texts))
    ends = [0]
    for text in texts:
        ends.append(ends[-1] + len(text))
    times = [word.start_s + (word.end_s - word.start_s) * end / total for end in ends]
    return [
        Word(text=text, start_s=start, end_s=end, is_joined=word.is_joined if at == 0 else True)
        for at, (text, (start, end)) in enumerate(zip(texts, pairwise(times), strict=True))
    ]
