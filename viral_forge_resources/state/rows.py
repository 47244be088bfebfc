"""Between frozen dataclasses and rows, and the writes that both databases spell alike."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

Values = dict[str, Any]


def to_row(record: "DataclassInstance") -> Values:
    """The record's fields by name."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def from_row(kind: type[T], row: Mapping[Any, Any]) -> T:
    """The ``kind`` that a row holds; other columns are left alone."""
    return kind(**{field.name: row[field.name] for field in fields(kind)})


def read_one(connection: sa.Connection, kind: type[T], statement: sa.Select[Any]) -> T | None:
    """The first row of ``statement``, None if there is none."""
    row = connection.execute(statement).mappings().first()
    return None if row is None else from_row(kind, row)


def read_all(connection: sa.Connection, kind: type[T], statement: sa.Select[Any]) -> tuple[T, ...]:
    """Every row of ``statement``."""
    return tuple(from_row(kind, row) for row in connection.execute(statement).mappings())


def insert_new(connection: sa.Connection, table: sa.Table, rows: Sequence[Values]) -> list[Any]:
    """First key column of the rows that were new; one that stands already is left as it is."""
    if not rows:
        return []
    statement = _insert(connection, table).on_conflict_do_nothing()
    key = table.primary_key.columns[0]
    return list(connection.execute(statement.returning(key), rows).scalars())


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    row: Values,
    *,
    instead: Mapping[str, sa.ColumnElement[Any]] | None = None,
) -> None:
    """Insert ``row``, or bring the row of the same primary key up to it.

    ``instead`` says what a column becomes where the row stands already, if not the new value.
    """
    statement = _insert(connection, table)
    key = [column.name for column in table.primary_key.columns]
    changes: Values = {name: statement.excluded[name] for name in row if name not in key}
    changes |= instead or {}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changes), row)


def excluded(connection: sa.Connection, table: sa.Table, column: str) -> sa.ColumnElement[Any]:
    """The value that an upsert into ``table`` brought for ``column``."""
    return _insert(connection, table).excluded[column]


def _insert(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
