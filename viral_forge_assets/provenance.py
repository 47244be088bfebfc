"""Work that exists already is reused if it was made of the same things; nothing else is kept."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, TypeVar

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.records import Artefact, ArtefactKind
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.documents import from_json, to_json
from viral_forge_resources.state.artefacts import artefact_id

T = TypeVar("T")


def made_from(**parts: str | int | None) -> str:
    """Fingerprint of everything that decides a result: inputs, settings, version of the code."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def keep(storage: Storage, key: str, value: object, *, origin: str) -> StoredFile:
    """Store ``value`` as JSON together with the fingerprint of what it was made from."""
    document = {"made_from": origin, "value": json.loads(to_json(value))}
    content = json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1)
    return storage.put_bytes(content.encode(), key)


def kept(storage: Storage, key: str, kind: type[T], *, origin: str) -> T | None:
    """The value stored at ``key`` if it was made from ``origin``, else None."""
    if storage.size_bytes(key) is None:
        return None
    document = _document(storage, key)
    if document["made_from"] != origin:
        return None
    return from_json(kind, json.dumps(document["value"]).encode(), name=key)


def load(storage: Storage, key: str, kind: type[T], *, made_by: str) -> T:
    """The value that the asset ``made_by`` stored at ``key``.

    Raises:
        BadInput: it has stored nothing yet.
    """
    if storage.size_bytes(key) is None:
        raise BadInput(
            key,
            reason=f"is not there yet: it is what {made_by} makes",
            remedy=f"Materialize {made_by} for this partition first, or launch candidate_job.",
        )
    return from_json(kind, json.dumps(_document(storage, key)["value"]).encode(), name=key)


def artefact_of(
    stored: StoredFile,
    kind: ArtefactKind,
    *,
    candidate_key: str,
    media_type: str,
    clip_number: int | None = None,
) -> Artefact:
    """The row of state that lets people look at ``stored``."""
    return Artefact(
        artefact_id=artefact_id(stored.key),
        candidate_key=candidate_key,
        kind=kind,
        clip_number=clip_number,
        storage_key=stored.key,
        media_type=media_type,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        recorded_at=datetime.now(UTC),
    )


def _document(storage: Storage, key: str) -> dict[str, Any]:
    try:
        document = json.loads(storage.get_bytes(key))
    except ValueError as error:
        raise BadInput(
            key, reason=f"is no JSON document: {error}", remedy="Delete it and run again."
        ) from error
    if not isinstance(document, dict) or not {"made_from", "value"} <= document.keys():
        raise BadInput(
            key, reason="lacks 'made_from' or 'value'", remedy="Delete it and run again."
        )
    return document
