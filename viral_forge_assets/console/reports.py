"""The days that are reported, and the files of each report; nothing else of storage."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.responses import Response

from viral_forge_resources.contracts.errors import NotFound
from viral_forge_resources.contracts.storage import Storage

_FOLDER = "reports"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAME = re.compile(r"[a-z]{1,30}\.(?:html|pdf|csv|parquet)")
_PAGE = "report.html"
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".html": "text/html; charset=utf-8",
        ".pdf": "application/pdf",
        ".csv": "text/csv; charset=utf-8",
        ".parquet": "application/vnd.apache.parquet",
    }
)
# The page's own policy, in its head, allows one style alone; this lets that one stand.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def reported_days(storage: Storage) -> list[str]:
    """The days that have a whole report, the newest first."""
    found = (PurePosixPath(key) for key in storage.keys(f"{_FOLDER}/"))
    return sorted({path.parts[1] for path in found if path.name == _PAGE}, reverse=True)


def report_response(storage: Storage, day: str, name: str) -> Response:
    """One file of a day's report.

    Raises:
        HTTPException: there is none, 404.
    """
    if not (_DAY.fullmatch(day) and _NAME.fullmatch(name)):
        raise HTTPException(404, "No such report is stored.")
    try:
        content = storage.get_bytes(f"{_FOLDER}/{day}/{name}")
    except NotFound:
        raise HTTPException(404, "No such report is stored.") from None
    kind = PurePosixPath(name).suffix
    headers = {"cache-control": "no-cache", "content-security-policy": _POLICY}
    if kind in {".csv", ".parquet"}:
        headers["content-disposition"] = f'attachment; filename="{day}-{name}"'
    return Response(content, media_type=_TYPES[kind], headers=headers)
