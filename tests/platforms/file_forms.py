"""Reads forms with a file, as the emulators of platforms that take such ones do."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from tests.platforms.uploads import Asked


@dataclass(frozen=True, kw_only=True)
class SentForm:
    """A form that came in.

    Attributes:
        file_field: name of the file's field; empty where no file came.
        is_file_last: whether no field follows the file.
    """

    fields: dict[str, str]
    file_field: str
    content: bytes
    is_file_last: bool


def read_form(asked: Asked) -> SentForm:
    """The form that a request's body holds."""
    assert asked.headers["content-type"].startswith("multipart/form-data")
    head = f"content-type: {asked.headers['content-type']}\r\n\r\n".encode()
    body = asked.content()
    assert len(body) == int(asked.headers["content-length"])
    parts = message_from_bytes(head + body).get_payload()
    fields: dict[str, str] = {}
    file_field, content, last = "", b"", ""
    for part in parts if isinstance(parts, list) else ():
        assert isinstance(part, Message)
        last = str(part.get_param("name", header="content-disposition"))
        value = part.get_payload(decode=True)
        assert isinstance(value, bytes)
        if part.get_filename() is None:
            fields[last] = value.decode()
        else:
            file_field, content = last, value
    return SentForm(
        fields=fields,
        file_field=file_field,
        content=content,
        is_file_last=bool(file_field) and last == file_field,
    )
