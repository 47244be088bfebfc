"""Reads a CSV file that a person exported or edited, whatever program wrote it."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput

# An export of ten thousand posts has two megabytes; more is some other file.
_LARGEST_BYTES = 20_000_000
_DELIMITERS = ",;\t"
_SAVE_AS_CSV = "Export it again, or save it as CSV UTF-8 from the spreadsheet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A CSV file, taken apart.

    Attributes:
        name: the file, as people know it.
        rows: number as a spreadsheet counts and cells, one for each header; no blank rows.
        decimal_mark: a comma where semicolons part the cells: such programs write 3,5 for 3.5.
        modified_at: when the file was last changed, to the second.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    decimal_mark: str
    modified_at: datetime


def read_table(path: Path, *, name: str) -> Table:
    """The table at ``path``, which people know as ``name``.

    Raises:
        BadInput: too large, not text, or not a table.
        OSError: it cannot be read now.
    """
    status = path.stat()
    if status.st_size > _LARGEST_BYTES:
        raise BadInput(
            name,
            reason=f"has {status.st_size} bytes, more than the {_LARGEST_BYTES} of any report",
            remedy="Export a shorter period, or remove the file.",
        )
    text = _decoded(path.read_bytes(), name)
    delimiter = max(_DELIMITERS, key=lambda mark: len(_first_record(text, mark, name)))
    records = _records(text, delimiter, name)
    header = tuple(cell.strip() for cell in next(records, (0, ()))[1])
    if not header:
        raise BadInput(name, reason="is empty", remedy=_SAVE_AS_CSV)
    return Table(
        name=name,
        header=header,
        rows=tuple((number, _fitted(cells, header, number, name)) for number, cells in records),
        decimal_mark="," if delimiter == ";" else ".",
        modified_at=datetime.fromtimestamp(int(status.st_mtime), UTC),
    )


def _decoded(content: bytes, name: str) -> str:
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(name, reason="is not UTF-8 text", remedy=_SAVE_AS_CSV) from error
    if "\0" in text:
        raise BadInput(name, reason="is not text", remedy=_SAVE_AS_CSV)
    return text


def _first_record(text: str, delimiter: str, name: str) -> tuple[str, ...]:
    return next(_records(text, delimiter, name), (0, ()))[1]


def _records(text: str, delimiter: str, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, tuple(cells)
    except csv.Error as error:
        raise BadInput(
            name,
            reason=f"is no readable CSV near line {reader.line_num}: {error}",
            remedy=_SAVE_AS_CSV,
        ) from error


def _fitted(
    cells: tuple[str, ...], header: tuple[str, ...], number: int, name: str
) -> tuple[str, ...]:
    """``cells``, as many as ``header`` has: blank ones too many are some programs' habit."""
    kept = cells[: len(header)]
    if len(kept) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
        raise BadInput(
            name,
            reason=f"row {number} has {len(cells)} cells under {len(header)} headers",
            remedy=_SAVE_AS_CSV,
        )
    return tuple(cell.strip() for cell in kept)
