"""Serves recorded pictures small enough for a cell of the Dagster UI."""

from io import BytesIO

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from viral_forge_assets.console.files import checked_size, file_headers, is_known_to
from viral_forge_resources.contracts.records import Artefact
from viral_forge_resources.contracts.storage import Storage

_WIDTH_PX = 600  # the UI cuts off what is wider than its column of metadata
_QUALITY = 85
_MOST_BYTES = 20_000_000
_MOST_PIXELS = 89_478_485
"""Where Pillow begins to warn of a decompression bomb; it refuses at twice as many only."""

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def preview_response(request: Request, artefact: Artefact, storage: Storage) -> Response:
    """The recorded picture as a JPEG of at most 600 px width, never enlarged.

    Raises:
        HTTPException: it is no picture, cannot be read, is too large or gone (404), or is just
            being replaced (503).
    """
    picture_format = _FORMATS.get(artefact.media_type)
    if picture_format is None:
        raise HTTPException(404, "The file is no picture.")
    headers = file_headers(artefact) | {
        "accept-ranges": "none",
        "content-type": "image/jpeg",
        "etag": f'"{artefact.sha256}-{_WIDTH_PX}"',
    }
    size = checked_size(artefact, storage)
    if size > _MOST_BYTES:
        raise HTTPException(404, "The picture is too large for a preview.")
    if is_known_to(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    content = b"".join(storage.read_range(artefact.storage_key, start=0, length=size))
    preview = _preview(content, picture_format)
    if request.method == "HEAD":
        return Response(headers=headers | {"content-length": str(len(preview))})
    return Response(preview, headers=headers)


def _preview(content: bytes, picture_format: str) -> bytes:
    from PIL import Image

    small = BytesIO()
    try:
        with Image.open(BytesIO(content), formats=[picture_format]) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise HTTPException(404, "The picture is too large for a preview.")
            opened.thumbnail((_WIDTH_PX, opened.height))
            opened.convert("RGB").save(small, "JPEG", quality=_QUALITY)
    except Image.DecompressionBombError as error:
        raise HTTPException(404, "The picture is too large for a preview.") from error
    except (OSError, SyntaxError, ValueError) as error:  # how Pillow tells of broken files
        raise HTTPException(404, "The picture cannot be read.") from error
    return small.getvalue()
