"""Which bytes of a file an HTTP request asks for."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=\s*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))\s*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """``length`` bytes from ``start`` on."""

    start: int
    length: int

    def content_range(self, size: int) -> str:
        """The header that goes with them."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


class RangeNotSatisfiable(Exception):
    """The file has no such bytes."""


def requested_range(header: str | None, *, size: int) -> ByteRange | None:
    """The range asked for; None means the whole file.

    Several ranges at once and malformed ones are answered with the whole, as the rule allows.
    Source: https://www.rfc-editor.org/rfc/rfc9110#name-range

    Raises:
        RangeNotSatisfiable: it lies outside the file.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        start, end = max(0, size - int(suffix)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    if start > end:
        raise RangeNotSatisfiable
    return ByteRange(start=start, length=end - start + 1)
