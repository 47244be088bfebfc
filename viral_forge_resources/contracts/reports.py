"""What a report holds, and who draws it: numbers, pictures and tables for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

Cell = str | int | float | None


class ChartKind(StrEnum):
    """How a chart shows its series."""

    LINES = "lines"
    BARS = "bars"  # lying, one a category; several series lie side by side
    RANGES = "ranges"  # a point with the range that it lies in


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One mark of a chart.

    Attributes:
        at: place on the x axis of lines; the category's number, from the top, of bars and ranges.
        value: None where nobody knows: a line breaks there, a bar is left out.
        low: the range's ends, where there is one.
        label: written beside the mark.
    """

    at: float
    value: float | None
    low: float | None = None
    high: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Marks that belong together.

    Attributes:
        is_reference: a line to compare with, not something measured.
    """

    name: str
    points: tuple[Point, ...]
    is_reference: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What an axis shows.

    Attributes:
        label: with the unit.
        ticks: places and what is written there; empty: chosen by the drawer.
        is_logarithmic: each line is ten times the one before.
        is_share: values are parts of 1, written in per cent.
        is_whole: values are counts: no ticks between them.
        low: where the axis begins; None: where the values do.
        high: where it ends.
    """

    label: str
    ticks: tuple[tuple[float, str], ...] = ()
    is_logarithmic: bool = False
    is_share: bool = False
    is_whole: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture of numbers.

    Attributes:
        categories: of bars and ranges, from the top.
        x, y: of bars and ranges, ``x`` is the axis of values.
    """

    kind: ChartKind
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One number to look at first.

    Attributes:
        value: as people read it; None where nobody knows.
        basis: what the number rests on, or why there is none.
    """

    label: str
    value: str | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of a report.

    Attributes:
        name: of its files, such as ``posts``.
        columns: names, with units.
        rows: as many cells each as there are columns; None where nobody knows.
        is_shown: on the page too; others are files only.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One subject: a picture, a table, or why there is neither.

    Attributes:
        name: of its picture, such as ``retention``.
        sentence: what there is to see.
        absent: why there is nothing; then there is neither chart nor table.
    """

    name: str
    title: str
    sentence: str
    chart: Chart | None = None
    table: Table | None = None
    absent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one day's report says.

    Attributes:
        day: the last day (UTC) that it speaks of.
        exports: tables that are files beside the page.
        notes: what a reader must know to read the numbers right.
    """

    day: date
    title: str
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]
    exports: tuple[Table, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """A report in every form; the same report gives the same bytes.

    Attributes:
        page: HTML that needs nothing but itself.
        paper: PDF, A4.
        tables: by file name, CSV and Parquet.
        pictures: small PNG by section.
    """

    page: bytes
    paper: bytes
    tables: Mapping[str, bytes]
    pictures: Mapping[str, bytes]


class ReportPress(Protocol):
    """Draws reports."""

    def printed(self, report: Report) -> ReportFiles:
        """The report in every form. Text in it may come from anybody."""
