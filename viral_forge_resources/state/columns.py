"""Column types that behave alike on SQLite and PostgreSQL."""

import enum
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.exc import DontWrapMixin
from typing_extensions import override

# A file name need not be UTF-8: Python reads its odd bytes as lone surrogates, which no database
# stores. They rest in a private-use area and come back as they were.
_ODD_BYTES = range(0xDC80, 0xDD00)
_PRIVATE_USE = 0x10_0000
_UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)], 0xFFFD)
_TO_STORE = _UNSTORABLE | {code: code + _PRIVATE_USE for code in _ODD_BYTES}
_FROM_STORE = {code + _PRIVATE_USE: code for code in _ODD_BYTES}


class NaiveDatetime(DontWrapMixin, ValueError):
    """A moment without a time zone."""


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware on its way in, aware and in UTC on its way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.utcoffset() is None:
            raise NaiveDatetime(f"{value.isoformat()} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    @override
    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class OutsideText(sa.types.TypeDecorator[str]):
    """Any text that the world may hand us; what is longer than ``longest`` ends in an ellipsis."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, longest: int | None = None) -> None:
        super().__init__()
        self.longest = longest

    @override
    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        if value is None:
            return None
        if self.longest is not None and len(value) > self.longest:
            value = f"{value[: self.longest - 1]}…"
        if value.isascii() and "\0" not in value:
            return value
        return value.translate(_TO_STORE)

    @override
    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        if value is None or value.isascii():
            return value
        return value.translate(_FROM_STORE)


class TextTuple(sa.types.TypeDecorator[tuple[str, ...]]):
    """Texts in their order, as JSON."""

    impl = sa.JSON
    cache_ok = True

    @override
    def process_bind_param(
        self, value: tuple[str, ...] | None, dialect: sa.Dialect
    ) -> list[str] | None:
        return None if value is None else list(value)

    @override
    def process_result_value(
        self, value: list[str] | None, dialect: sa.Dialect
    ) -> tuple[str, ...] | None:
        return None if value is None else tuple(value)


T = TypeVar("T")


class JsonDocument(sa.types.TypeDecorator[T], Generic[T]):
    """A value of ``kind``, such as a frozen dataclass, as JSON."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, kind: Any) -> None:  # noqa: ANN401  a type, also tuple[X, ...]
        super().__init__(none_as_null=True)
        self.kind = kind

    @override
    def process_bind_param(self, value: T | None, dialect: sa.Dialect) -> Any:
        return None if value is None else _adapter(self.kind).dump_python(value, mode="json")

    @override
    def process_result_value(self, value: Any, dialect: sa.Dialect) -> T | None:
        if value is None:
            return None
        read: T = _adapter(self.kind).validate_python(value)
        return read


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401  see JsonDocument
    """Takes as long to make as to read a hundred values with."""
    return TypeAdapter(kind)


def enum_type(kind: type[enum.StrEnum], *, constraint: str) -> sa.Enum:
    """A column type for the values of ``kind``: text, guarded by a CHECK named ``constraint``."""
    return sa.Enum(
        kind,
        name=constraint,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )
