"""What publishers save of an upload, as text and back."""

from typing import TypeVar

from viral_forge_resources.contracts.errors import BadInput, OutcomeUnknown
from viral_forge_resources.documents import from_json, to_json

T = TypeVar("T")


def written(session: object) -> str:
    """``session`` as the text that is saved."""
    return to_json(session).decode()


def remembered(kind: type[T], saved: str | None) -> T | None:
    """The session that was saved, None where none was.

    Raises:
        OutcomeUnknown: what was saved is no ``kind``: what it began cannot be told.
    """
    if saved is None:
        return None
    try:
        return from_json(kind, saved.encode(), name="what is remembered of an upload")
    except BadInput as error:
        raise OutcomeUnknown(
            "an upload was begun by another version of this program, which alone can resume it"
        ) from error
