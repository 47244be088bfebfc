"""JSON documents of frozen dataclasses: what stages leave for each other in storage."""

import hashlib
import json
from typing import TypeVar

from pydantic import JsonValue, TypeAdapter, ValidationError

from viral_forge_resources.contracts.errors import BadInput

T = TypeVar("T")


def to_json(value: object) -> bytes:
    """``value`` as JSON with sorted keys: equal values give equal bytes."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, indent=1).encode()


def plain(value: object) -> JsonValue:
    """``value`` made of what JSON knows: dicts, lists, texts, numbers."""
    dumped: JsonValue = TypeAdapter(type(value)).dump_python(value, mode="json")
    return dumped


def from_json(kind: type[T], content: bytes, *, name: str) -> T:
    """The ``kind`` that ``content`` holds; ``name`` is what people know the document as.

    Raises:
        BadInput: it holds something else, such as a document of an older version.
    """
    try:
        return TypeAdapter(kind).validate_json(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            name,
            reason=f"is no valid {kind.__name__}: {where}: {first['msg']}",
            remedy="Mend the file, or materialize the asset that makes it again.",
        ) from error


def document_hash(value: object) -> str:
    """Hex SHA-256 of the value's JSON."""
    return hashlib.sha256(to_json(value)).hexdigest()
