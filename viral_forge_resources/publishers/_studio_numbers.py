"""Numbers as the platforms' studios and spreadsheets write them.

A converter takes a cell and the file's decimal mark and returns the number in the unit that the
column table names. It raises ``ValueError`` with a reason for whatever is no number, and for what
could be read in two ways.
"""

import re

_SPACES_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9])[\s'\u2019](?=[0-9]{3}(?![0-9]))")
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_CLOCK = re.compile(r"(?:([0-9]+):)?([0-9]{1,3}):([0-5][0-9](?:\.[0-9]+)?)")


def number(cell: str, decimal_mark: str) -> float:
    """Any number."""
    group = "." if decimal_mark == "," else ","
    whole, mark, fraction = _SPACES_BETWEEN_THOUSANDS.sub("", cell).partition(decimal_mark)
    if re.fullmatch(rf"[+-]?[1-9][0-9]{{0,2}}(\{group}[0-9]{{3}})+", whole):
        whole = whole.replace(group, "")
    text = f"{whole}.{fraction}" if mark else whole
    if not _PLAIN.fullmatch(text):
        raise ValueError("is no number")
    return float(text)


def net_count(cell: str, decimal_mark: str) -> float:
    """A whole number, which may be below zero."""
    if re.fullmatch(rf"[+-]?[0-9]{{1,3}}\{decimal_mark}[0-9]{{3}}", cell):
        raise ValueError("could mean thousands or decimals")
    value = number(cell, decimal_mark)
    if not value.is_integer():
        raise ValueError("is no whole number")
    return value


def count(cell: str, decimal_mark: str) -> float:
    """A whole number from zero up."""
    value = net_count(cell, decimal_mark)
    if value < 0:
        raise ValueError("is below zero")
    return value


def seconds(cell: str, decimal_mark: str) -> float:
    """Seconds, written as such or as ``0:45`` or ``1:02:03``."""
    clock = _CLOCK.fullmatch(cell)
    if clock is not None:
        return int(clock[1] or 0) * 3_600 + int(clock[2]) * 60 + float(clock[3])
    value = number(cell.removesuffix("s").rstrip(), decimal_mark)
    if value < 0:
        raise ValueError("is below zero")
    return value


def hours(cell: str, decimal_mark: str) -> float:
    """Seconds, from hours."""
    return number(cell, decimal_mark) * 3_600


def percent(cell: str, decimal_mark: str) -> float:
    """A ratio, from per cent under a header that says so."""
    return number(cell.removesuffix("%").rstrip(), decimal_mark) / 100


def share(cell: str, decimal_mark: str) -> float:
    """A ratio, written as such or with a per cent sign."""
    if cell.endswith("%"):
        return percent(cell, decimal_mark)
    value = number(cell, decimal_mark)
    if not 0 <= value <= 1:
        raise ValueError("is neither a ratio from 0 to 1 nor has it a per cent sign")
    return value
