"""Serves the bytes of recorded files, whole or in part, and nothing else."""

import sqlalchemy as sa
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from viral_forge_assets.console.ranges import RangeNotSatisfiable, requested_range
from viral_forge_resources.contracts.records import Artefact
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.state import artefacts

# What a browser shows by itself; anything else is saved, never interpreted.
_SHOWN = frozenset(
    {"image/jpeg", "image/png", "image/webp", "video/mp4", "video/quicktime", "video/webm"}
)
_READ_AS_TEXT = frozenset({"application/x-subrip", "text/plain", "text/srt", "text/vtt"})


def known_artefact(state: sa.Engine, artefact_id: str) -> Artefact:
    """What state records under that id.

    Raises:
        HTTPException: nothing, 404.
    """
    with state.connect() as connection:
        found = artefacts.get(connection, artefact_id)
    if found is None:
        raise HTTPException(404, "No such file is recorded.")
    return found


def file_response(request: Request, artefact: Artefact, storage: Storage) -> Response:
    """The recorded file as the request wants it.

    Raises:
        HTTPException: it is gone (404), just being replaced (503), or has no such bytes (416).
    """
    headers = file_headers(artefact)
    size = checked_size(artefact, storage)
    if is_known_to(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    if request.method == "HEAD":
        return Response(headers=headers | {"content-length": str(size)})
    may_be_partial = request.headers.get("if-range", headers["etag"]) == headers["etag"]
    try:
        wanted = requested_range(
            request.headers.get("range") if may_be_partial else None, size=size
        )
    except RangeNotSatisfiable as error:
        raise HTTPException(
            416, "The file has no such bytes.", headers={"content-range": f"bytes */{size}"}
        ) from error
    if wanted is None:
        start, length, status = 0, size, 200
    else:
        start, length, status = wanted.start, wanted.length, 206
        headers["content-range"] = wanted.content_range(size)
    return StreamingResponse(
        storage.read_range(artefact.storage_key, start=start, length=length),
        status_code=status,
        headers=headers | {"content-length": str(length)},
    )


def file_headers(artefact: Artefact) -> dict[str, str]:
    """What every answer about the recorded file carries."""
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "no-cache",
        "content-type": "application/octet-stream",
        "cross-origin-resource-policy": "cross-origin",  # the Dagster UI shows the pictures
        "etag": f'"{artefact.sha256}"',
    }
    if artefact.media_type in _SHOWN:
        headers["content-type"] = artefact.media_type
    elif artefact.media_type in _READ_AS_TEXT:
        headers["content-type"] = "text/plain; charset=utf-8"
    else:
        headers["content-disposition"] = "attachment"
    return headers


def is_known_to(request: Request, etag: str) -> bool:
    """The browser has those very bytes already."""
    return etag in request.headers.get("if-none-match", "")


def checked_size(artefact: Artefact, storage: Storage) -> int:
    """Bytes of the stored file, which are as many as were recorded.

    Raises:
        HTTPException: it is gone (404), or just being replaced (503).
    """
    size = storage.size_bytes(artefact.storage_key)
    if size is None:
        raise HTTPException(404, "The file is recorded, but no longer stored.")
    if size != artefact.size_bytes:
        raise HTTPException(503, "The file is being replaced.", headers={"retry-after": "1"})
    return size
