"""Forms with a file as their last field, sent piece by piece.

Source: https://www.rfc-editor.org/rfc/rfc7578
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from secrets import token_hex

_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """One form.

    Attributes:
        fields: go before the file, in order.
        file_field: name of the file's field.
        size: of the file, in bytes.
    """

    fields: Mapping[str, str] = field(repr=False)
    file_field: str
    size: int
    boundary: str = field(default_factory=lambda: f"viral-forge-{token_hex(16)}")

    @property
    def headers(self) -> Mapping[str, str]:
        """What says how the body is to be read, and how long it is."""
        length = len(self._head()) + self.size + len(self._tail())
        return {
            "content-type": f"multipart/form-data; boundary={self.boundary}",
            "content-length": str(length),
        }

    def body(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the form around the file's ``pieces``."""
        yield self._head()
        yield from pieces
        yield self._tail()

    def _head(self) -> bytes:
        parts = [f"{self._part(name)}\r\n\r\n{value}\r\n" for name, value in self.fields.items()]
        name = f'{self._part(self.file_field)}; filename="clip.mp4"'
        return ("".join(parts) + f"{name}\r\ncontent-type: video/mp4\r\n\r\n").encode()

    def _part(self, name: str) -> str:
        shown = name.translate(_ESCAPES)
        return f'--{self.boundary}\r\ncontent-disposition: form-data; name="{shown}"'

    def _tail(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()
