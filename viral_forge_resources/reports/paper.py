"""The report on paper: A4 pages, laid out one block below the other."""

import io
import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from viral_forge_resources.contracts.reports import Cell, ChartKind, Headline, Report, Section
from viral_forge_resources.reports.charts import draw, legend_rows
from viral_forge_resources.reports.pictures import height_of
from viral_forge_resources.reports.style import INK, MUTED, RULE, styled, writable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH_IN, _HEIGHT_IN = 8.27, 11.69
_MARGIN_IN = 0.75
_INSIDE_IN = _WIDTH_IN - 2 * _MARGIN_IN
_TOP_IN = 1.0
_LINE_IN = 0.17
_ROW_IN = 0.2
_HEAD_IN = 0.58  # title and sentence of a section
_GAP_IN = 0.3
_NUMBERS_A_ROW = 3
_NUMBER_IN = 0.95
_MOST_ROWS = 14
_SENTENCE = 108  # characters a line
_BASIS = 36
_ABSENT = 98
_LONGEST_CELL = 44
_LEFT_IN = 1.55  # of a chart's own names of rows


class _Block(NamedTuple):
    section: Section
    height_in: float


def paper(report: Report) -> bytes:
    """PDF; text in it can be searched, and the same report gives the same bytes."""
    from matplotlib.backends.backend_pdf import PdfPages

    moment = datetime.combine(report.day, time(), tzinfo=UTC)
    told = {"Title": f"{report.title}, {report.day}", "CreationDate": moment, "Producer": None}
    raw = io.BytesIO()
    pages = [[], *_paged(report)] if not report.sections else list(_paged(report))
    with styled(), PdfPages(raw, metadata=told) as document:
        for number, blocks in enumerate(pages, 1):
            sheet = _sheet(report, number, len(pages))
            below = _TOP_IN if number > 1 else _opened(sheet, report)
            for block in blocks:
                _placed(sheet, block.section, below)
                below += block.height_in
            document.savefig(sheet)
    return raw.getvalue()


def _paged(report: Report) -> Iterator[list[_Block]]:
    """What goes onto each page: as many blocks as it holds, none torn."""
    left = _HEIGHT_IN - _MARGIN_IN - _opening_height(report)
    page: list[_Block] = []
    blocks = [_Block(section, _height(section)) for section in report.sections]
    for block in [*blocks, *_notes(report)]:
        if block.height_in > left:
            yield page
            page, left = [], _HEIGHT_IN - _MARGIN_IN - _TOP_IN
        page.append(block)
        left -= block.height_in
    yield page


def _notes(report: Report) -> list[_Block]:
    words = "\n".join(
        line for note in report.notes for line in textwrap.wrap(f"\u2022 {note}", _SENTENCE)
    )
    section = Section(name="notes", title="How to read this", sentence=words)
    return [_Block(section, _HEAD_IN + _LINE_IN * words.count("\n") + _GAP_IN)] if words else []


def _height(section: Section) -> float:
    height = _HEAD_IN + _GAP_IN + _LINE_IN * (len(_wrapped(section)) - 1)
    if section.absent:
        height += 0.25 + _LINE_IN * len(_absent(section))
    if section.chart:
        height += height_of(section.chart)
    if section.table:
        height += _ROW_IN * (min(len(section.table.rows), _MOST_ROWS) + 2)
    return height


def _wrapped(section: Section) -> list[str]:
    if section.name == "notes":
        return section.sentence.split("\n")
    return textwrap.wrap(section.sentence, _SENTENCE) or [""]


def _absent(section: Section) -> list[str]:
    return textwrap.wrap(section.absent or "", _ABSENT)


def _opening_height(report: Report) -> float:
    rows = -(-len(report.headlines) // _NUMBERS_A_ROW)
    return 1.65 + rows * _NUMBER_IN + 0.1


def _sheet(report: Report, number: int, pages: int) -> "Figure":
    from matplotlib.figure import Figure

    sheet = Figure(figsize=(_WIDTH_IN, _HEIGHT_IN))
    if number > 1:
        _text(sheet, f"{report.title} \u00b7 {report.day}", 0, 0.6, color=MUTED, size=8)
        _rule(sheet, 0.72)
    foot = f"{number} of {pages}"
    _text(sheet, foot, _INSIDE_IN, _HEIGHT_IN - 0.45, color=MUTED, size=8, align="right")
    return sheet


def _opened(sheet: "Figure", report: Report) -> float:
    """Draw the first page's head; where it ends, in inches from the top."""
    _text(sheet, report.title, 0, 0.95, size=22, weight="bold")
    day = f"{report.day:%A, %-d %B %Y} \u00b7 UTC"
    _text(sheet, day, 0, 1.25, color=MUTED, size=10)
    _rule(sheet, 1.42)
    for number, each in enumerate(report.headlines):
        row, column = divmod(number, _NUMBERS_A_ROW)
        _number(sheet, each, column * _INSIDE_IN / _NUMBERS_A_ROW, 1.65 + row * _NUMBER_IN)
    return _opening_height(report)


def _number(sheet: "Figure", each: Headline, left_in: float, top_in: float) -> None:
    _text(sheet, each.label, left_in, top_in + 0.1, color=MUTED, size=8)
    known = each.value is not None
    shown = writable(each.value or "not known", longest=22)
    _text(
        sheet, shown, left_in, top_in + 0.38, size=16 if known else 11,
        weight="bold" if known else "normal", color=INK if known else MUTED,
    )  # fmt: skip
    for line, words in enumerate(textwrap.wrap(each.basis, _BASIS)[:2]):
        _text(sheet, words, left_in, top_in + 0.54 + line * 0.13, color=MUTED, size=7)


def _placed(sheet: "Figure", section: Section, top_in: float) -> None:
    _text(sheet, section.title, 0, top_in + 0.16, size=12, weight="bold")
    lines = _wrapped(section)
    for number, line in enumerate(lines):
        _text(sheet, line, 0, top_in + 0.37 + number * _LINE_IN, color=MUTED, size=8.5)
    top_in += _HEAD_IN + _LINE_IN * (len(lines) - 1)
    if section.absent:
        for number, line in enumerate(_absent(section)):
            _text(sheet, line, 0, top_in + 0.15 + number * _LINE_IN, color=INK, size=9)
    if section.chart:
        height = height_of(section.chart)
        is_lines = section.chart.kind is ChartKind.LINES
        left = 0.55 if is_lines else _LEFT_IN
        over, under = 0.1 + 0.18 * legend_rows(section.chart), 0.45
        axes = sheet.add_axes(
            (
                (_MARGIN_IN + left) / _WIDTH_IN,
                1 - (top_in + height - under) / _HEIGHT_IN,
                (_INSIDE_IN - left - 0.2) / _WIDTH_IN,
                (height - under - over) / _HEIGHT_IN,
            )
        )
        draw(section.chart, axes)
        top_in += height
    if section.table:
        _rows(sheet, section.table.columns, section.table.rows, top_in)


def _rows(
    sheet: "Figure", columns: Sequence[str], rows: Sequence[Sequence[Cell]], top_in: float
) -> None:
    shown = [list(columns), *([_cell(cell) for cell in row] for row in rows[:_MOST_ROWS])]
    shown = [[writable(cell, longest=_LONGEST_CELL) for cell in row] for row in shown]
    lengths = [max(len(row[place]) for row in shown) + 2 for place in range(len(columns))]
    lefts = [sum(lengths[:place]) / sum(lengths) for place in range(len(columns))]
    size = min(8.0, 8.0 * 104 / sum(lengths))
    for number, row in enumerate(shown):
        at = top_in + 0.14 + number * _ROW_IN
        for left, cell in zip(lefts, row, strict=True):
            _text(sheet, cell, left * _INSIDE_IN, at, size=size, color=INK if number else MUTED)
        _rule(sheet, at + 0.06)
    if len(rows) > _MOST_ROWS:
        more = f"{_MOST_ROWS} of {len(rows)} rows"
        _text(sheet, more, 0, top_in + 0.14 + len(shown) * _ROW_IN, color=MUTED, size=7)


def _cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"  # noqa: PLR2004
    return "\u2013" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell


def _text(  # noqa: PLR0913  what a line of type is
    sheet: "Figure", words: str, left_in: float, top_in: float, *, size: float,
    color: str = INK, weight: str = "normal", align: str = "left",
) -> None:  # fmt: skip
    sheet.text(
        (_MARGIN_IN + left_in) / _WIDTH_IN, 1 - top_in / _HEIGHT_IN, writable(words),
        size=size, color=color, weight=weight, ha=align,
    )  # fmt: skip


def _rule(sheet: "Figure", top_in: float) -> None:
    from matplotlib.lines import Line2D

    ends = [_MARGIN_IN / _WIDTH_IN, 1 - _MARGIN_IN / _WIDTH_IN]
    height = 1 - top_in / _HEIGHT_IN
    sheet.add_artist(Line2D(ends, [height, height], color=RULE, linewidth=0.6))
