"""Recognises whose export a table is and what its columns mean."""

import re
import unicodedata

from viral_forge_resources.contracts.errors import BadInput, printable
from viral_forge_resources.publishers._studio_columns import COLUMNS, MARKERS, OWN, Column, Use
from viral_forge_resources.publishers._studio_table import Table

_IGNORE_PREFIX = "x-"
_CURRENCY = re.compile(r"\(([A-Z]{3})\)\s*$")


def folded(text: str) -> str:
    """``text`` without what does not matter in a header: case, kind and number of spaces."""
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def currency_of(header: str) -> str | None:
    """ISO 4217 code at the end of ``header``, None if there is none."""
    match = _CURRENCY.search(header)
    return match[1] if match else None


def _studio_of(header: tuple[str, ...]) -> str:
    """The studio whose export has these headers; our own table if none claims them."""
    found = {folded(name) for name in header}
    for studio, markers in MARKERS.items():
        if any(folded(marker) in found for marker in markers):
            return studio
    return OWN


def _column_named(studio: str, header: str) -> Column | None:
    """What ``header`` means in an export of ``studio``, None if that is not known."""
    wanted = folded(_CURRENCY.sub("(¤)", header))
    matches = (c for c in COLUMNS if c.studio == studio and folded(c.header) == wanted)
    return next(matches, None)


def _known_headers(studio: str) -> tuple[str, ...]:
    """Headers with a meaning in an export of ``studio``, in the table's order."""
    return tuple(column.header for column in COLUMNS if column.studio == studio)


def layout_of(table: Table) -> dict[int, Column]:
    """Which column stands at which place; ignored ones are left out.

    Raises:
        BadInput: a header that means nothing to us, or nothing says whose the rows are.
    """
    studio = _studio_of(table.header)
    layout: dict[int, Column] = {}
    for place, header in enumerate(table.header):
        is_blank = not header and not any(cells[place] for _, cells in table.rows)
        if is_blank or folded(header).startswith(_IGNORE_PREFIX):
            continue
        column = _column_named(studio, header)
        if column is None:
            raise _unknown_header(table, studio, header)
        if column.metric and column.metric in {known.metric for known in layout.values()}:
            raise BadInput(
                table.name,
                reason=f"a second column for {column.metric}: {printable(header)}",
                remedy="Remove one of the two columns.",
            )
        layout[place] = column
    if not {Use.PUBLICATION_ID, Use.TEXT} & {column.use for column in layout.values()}:
        raise BadInput(
            table.name,
            reason="no column says which post a row speaks of",
            remedy="Add a column 'publication_id' or a title, or remove the file.",
        )
    return layout


def _unknown_header(table: Table, studio: str, header: str) -> BadInput:
    return BadInput(
        table.name,
        reason=f"the column {printable(header)} is not known; known for {studio}: "
        + ", ".join(_known_headers(studio)),
        remedy="Rename or remove the column, or put x- before its name to have it ignored. Exports"
        " are understood in English.",
    )
