"""Words on the clip's timeline become captions: what is shown at once, and for how long."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, combinations, pairwise
from math import inf

from viral_forge_assets.domain.caption_words import (
    NEVER,
    broken,
    ends_sentence,
    in_order,
    parting_costs,
    spaced,
    weight_in_words,
)
from viral_forge_assets.domain.scripts import characters_read_per_s
from viral_forge_assets.domain.word_cutting import cut_by_script, shared
from viral_forge_resources.contracts.media import Word

Rows = tuple[tuple[Word, ...], ...]

_PAUSE_S = 0.8  # a longer one always ends a caption
_GAP_S = 0.2  # a shorter gap between two captions flickers
_SMALLEST_SCALE = 0.6
_MOST_CAPTIONS_OF_A_WORD = 2
_ROUNDING = 1e-9
_SAME_MOMENT_S = 0.002  # plans keep whole milliseconds

_EACH, _TOO_SHORT, _OFF_PACE = 1.0, 8.0, 0.35
_TWO_SENTENCES, _LONE_WORD, _ANOTHER_ROW = 3.5, 2.0, 0.1
"""What a caption costs a reader: to be one more; a second less than it should stand; a second off
the wanted length; to hold two sentences; to hold one word of a sentence; a row."""
_UNEVEN, _CUT = 3.0, 0.35
"""What rows cost: a largest one that is full, and to end where they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a caption holds.

    Attributes:
        widest: of a row, in heights of a row.
        seconds: how long one stands where nothing else decides.
        shortest_s: less flickers.
        longest_s: of the words of one caption.
        breaks_words: those that are too long for a row even if they are made smaller.
    """

    widest: float
    max_characters: int
    max_lines: int = 2
    max_words: int | None = None
    seconds: float = 1.6
    shortest_s: float = 0.7
    longest_s: float = 4.0
    breaks_words: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionLine:
    """What is shown at once: one to three rows of words.

    Attributes:
        scale: below 1 where a long word makes the letters smaller.
    """

    start_s: float
    end_s: float
    rows: Rows
    scale: float = 1.0

    @property
    def words(self) -> tuple[Word, ...]:
        """Its words in the order in which they are spoken."""
        return tuple(word for row in self.rows for word in row)


Measure = Callable[[str], float]
"""Width of a text in heights of a row."""


def caption_lines(
    words: Sequence[Word], limits: Limits, measure: Measure, *, breaks_s: Sequence[float] = ()
) -> tuple[CaptionLine, ...]:
    """Every word once, in captions that follow each other without overlap.

    At ``breaks_s``, in order, one thing ends and another begins: no caption goes on over them.
    """
    lines: list[CaptionLine] = []
    rest = list(words)
    for break_s in [*breaks_s, inf]:
        part = [word for word in rest if word.start_s < break_s - _SAME_MOMENT_S]
        rest = [word for word in rest if word.start_s >= break_s - _SAME_MOMENT_S]
        made = _lines(part, limits, measure)
        lines += [replace(line, end_s=min(line.end_s, break_s)) for line in made]
    return tuple(lines)


def _lines(words: Sequence[Word], limits: Limits, measure: Measure) -> tuple[CaptionLine, ...]:
    """Captions of what is said in one go.

    Captions end where sentences, clauses and pauses do, as far as time and width allow; no number
    is parted from its unit, and a word that is too long for a row is made smaller, or broken.
    """
    text = _Text(_unbroken(cut_by_script(in_order(words)), limits, measure), limits, measure)
    groups = _groups(text, limits)
    starts = [text.words[first].start_s for first, _ in groups]
    next_starts = [*starts[1:], None][: len(groups)]
    return tuple(
        _line(text, first, end, limits, next_start_s)
        for (first, end), next_start_s in zip(groups, next_starts, strict=True)
    )


def joined(row: Sequence[Word]) -> str:
    """A row's words as one text."""
    text = ""
    for at, word in enumerate(row):
        text += (spaced(row[at - 1], word) if at else "") + word.text
    return text


def _unbroken(words: Sequence[Word], limits: Limits, measure: Measure) -> list[Word]:
    """Words that fit in a row, made smaller if need be; longer ones in pieces that do."""
    if not limits.breaks_words:
        return list(words)
    fitting: list[Word] = []
    for word in words:
        if _fits_alone(word.text, limits, measure, scale=_SMALLEST_SCALE):
            fitting.append(word)
            continue
        parts = broken(word.text, lambda text: _fits_alone(text, limits, measure))
        most = limits.max_lines * _MOST_CAPTIONS_OF_A_WORD
        if len(parts) > most:
            parts = [*parts[: most - 1], parts[most - 1].rstrip("-")[:-1] + "…"]
        fitting += shared(word, parts)
    return fitting


def _fits_alone(text: str, limits: Limits, measure: Measure, *, scale: float = 1.0) -> bool:
    return measure(text) * scale <= limits.widest and len(text) * scale <= limits.max_characters


class _Text:
    """Words and what is asked of them again and again, by number."""

    def __init__(self, words: Sequence[Word], limits: Limits, measure: Measure) -> None:
        self.words = words
        self.weights = [weight_in_words(word) for word in words]
        self.costs = list(parting_costs(words))
        self.sentences = _sums(float(ends_sentence(word)) for word in words)
        gaps = [0, *(len(spaced(left, right)) for left, right in pairwise(words))][: len(words)]
        space = measure(" ")
        # As shares of a full row, so that a row's size is but a difference.
        self._gap_widths = [gap * space / limits.widest for gap in gaps]
        self._gap_lengths = [gap / limits.max_characters for gap in gaps]
        self._widths = _sums(
            measure(word.text) / limits.widest + gap
            for word, gap in zip(words, self._gap_widths, strict=True)
        )
        self._lengths = _sums(
            len(word.text) / limits.max_characters + gap
            for word, gap in zip(words, self._gap_lengths, strict=True)
        )

    def size(self, first: int, end: int) -> float:
        """Of a row of these words: 1 fills it."""
        width = self._widths[end] - self._widths[first] - self._gap_widths[first]
        characters = self._lengths[end] - self._lengths[first] - self._gap_lengths[first]
        # Sums of shares are off by the last digits: what fits exactly must fit.
        return (width if width > characters else characters) - _ROUNDING


def _sums(values: Iterable[float]) -> list[float]:
    return [0.0, *accumulate(values)]


def _groups(text: _Text, limits: Limits) -> list[tuple[int, int]]:
    """The cheapest captions: number of the first word of each, and of the one behind its last."""
    count = len(text.words)
    cheapest = [0.0, *[float("inf")] * count]
    begins = [0] * (count + 1)
    for first in range(count):
        so_far = cheapest[first]
        for end, rows in _reach(text, limits, first):
            cost = so_far + _cost(text, limits, first, end) + _ANOTHER_ROW * rows
            if cost < cheapest[end]:
                cheapest[end] = cost
                begins[end] = first
    found = []
    end = count
    while end:
        found.append((begins[end], end))
        end = begins[end]
    return found[::-1]


def _reach(text: _Text, limits: Limits, first: int) -> Iterator[tuple[int, int]]:
    """How far a caption that begins with word ``first`` may go, and in how many rows."""
    words = text.words
    start_s = words[first].start_s
    rows, row, piece = 1, first, first  # where the row begins, and what may not be parted in it
    held = text.weights[first]
    yield first + 1, rows
    for at in range(first + 1, len(words)):
        word = words[at]
        if (
            word.start_s - words[at - 1].end_s >= _PAUSE_S
            or word.end_s - start_s > limits.longest_s
        ):
            return
        held += text.weights[at]
        is_full = limits.max_words is not None and held > limits.max_words
        if is_full and word.start_s - start_s >= limits.shortest_s:
            return
        if text.costs[at - 1] < NEVER:
            piece = at
        if text.size(row, at + 1) > 1:
            row = piece if piece > row else at
            rows += 1
            if rows > limits.max_lines:
                return
        yield at + 1, rows


def _cost(text: _Text, limits: Limits, first: int, end: int) -> float:
    words = text.words
    start_s = words[first].start_s
    stands_s = words[end].start_s - start_s if end < len(words) else limits.longest_s
    parting = text.costs[end - 1]
    cost = _EACH + parting + _OFF_PACE * abs(words[end - 1].end_s - start_s - limits.seconds)
    if stands_s < limits.shortest_s:
        cost += _TOO_SHORT * (limits.shortest_s - stands_s)
    if text.sentences[end - 1] > text.sentences[first]:
        cost += _TWO_SENTENCES
    is_of_a_sentence = parting > 0 or (first > 0 and text.costs[first - 1] > 0)
    if end - first == 1 and limits.max_words != 1 and is_of_a_sentence:
        cost += _LONE_WORD
    return cost


def _line(
    text: _Text, first: int, end: int, limits: Limits, next_start_s: float | None
) -> CaptionLine:
    group = text.words[first:end]
    spans, largest = _rows(text, first, end, limits)
    return CaptionLine(
        start_s=group[0].start_s,
        end_s=_end(group, limits, next_start_s=next_start_s),
        rows=tuple(tuple(text.words[a:b]) for a, b in spans),
        scale=1 / largest if limits.breaks_words else 1.0,
    )


def _rows(text: _Text, first: int, end: int, limits: Limits) -> tuple[list[tuple[int, int]], float]:
    """Where to cut a caption into as few and as even rows as hold it, and the largest row.

    A row of 1 is full. Only a word that is too long alone is larger.
    """
    best: tuple[float, list[tuple[int, int]], float] | None = None
    for rows in range(1, limits.max_lines + 1):
        for cuts in combinations(range(first + 1, end), rows - 1):
            spans = list(pairwise((first, *cuts, end)))
            sizes = [text.size(*span) for span in spans]
            if any(size > 1 and b - a > 1 for size, (a, b) in zip(sizes, spans, strict=True)):
                continue
            largest = max(1.0, *sizes)
            cost = _UNEVEN * max(sizes) + _CUT * sum(text.costs[cut - 1] for cut in cuts)
            if best is None or cost < best[0]:
                best = (cost, spans, largest)
        if best is not None and best[0] < NEVER * _CUT:
            break
    if best is not None:
        return best[1], best[2]
    raise AssertionError(f"a caption of {end - first} words does not hold them")


def _end(group: Sequence[Word], limits: Limits, *, next_start_s: float | None) -> float:
    text = joined(group)
    needed_s = max(limits.shortest_s, len(text) / characters_read_per_s(text))
    end_s = max(group[-1].end_s, group[0].start_s + min(needed_s, limits.longest_s))
    if next_start_s is None or end_s + _GAP_S <= next_start_s:
        return end_s
    return next_start_s
