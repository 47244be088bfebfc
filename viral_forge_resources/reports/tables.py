"""Tables as files: CSV that no spreadsheet runs, and Parquet."""

import csv
import io

from viral_forge_resources.contracts.reports import Cell, Table

# Source: https://owasp.org/www-community/attacks/CSV_Injection
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_LATE = tuple("\ufeff \u00a0\n")  # what spreadsheets skip before they look


def as_csv(table: Table) -> bytes:
    """RFC 4180, UTF-8 with a byte order mark; what is absent is an empty cell.

    A text that a spreadsheet would run gets an apostrophe in front; numbers stay numbers.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in table.columns])
    writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _cell(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    bare = cell.lstrip("".join(_LATE))
    return f"'{cell}" if cell.startswith(_RUNS) or bare.startswith(_RUNS) else cell


def as_parquet(table: Table) -> bytes:
    """One typed column each; texts as they are: nothing runs them."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    arrays = [_array(column) for column in columns]
    raw = io.BytesIO()
    parquet.write_table(pa.table(arrays, names=list(table.columns)), raw, compression="zstd")
    return raw.getvalue()


def _array(column: tuple[Cell, ...]) -> object:
    import pyarrow as pa

    kinds = {type(cell) for cell in column if cell is not None}
    if not kinds or str in kinds:
        told = [None if cell is None else str(cell) for cell in column]
        clean = [each and each.encode("utf-8", "replace").decode() for each in told]
        return pa.array(clean, type=pa.string())
    if kinds == {int}:
        return pa.array(column, type=pa.int64())
    return pa.array(column, type=pa.float64())
