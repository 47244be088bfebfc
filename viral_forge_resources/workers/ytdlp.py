"""The job that lists videos with yt-dlp: a search, a channel, a playlist, a feed or one video.

Arguments: ``url``, ``limit``, ``is_full`` (ask for each video, not only for the list) and
``approximate_dates`` (YouTube lists: "3 days ago" becomes a date). Answers with yt-dlp's own
dictionaries, without what only a download needs.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yt_dlp.utils import YoutubeDLError

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.http import shown_address
from viral_forge_resources.workers.parts.answering import Job, JobError, serve
from viral_forge_resources.workers.parts.contact import Contact
from viral_forge_resources.workers.parts.guard import Guard
from viral_forge_resources.workers.parts.ytdlp import (
    YtdlpFailure,
    YtdlpSettings,
    common_options,
    failure,
    opened,
    read_settings,
)

_FOR_DOWNLOADS = frozenset(
    {
        "_format_sort_fields",
        "automatic_captions",
        "entries",
        "formats",
        "fragments",
        "heatmap",
        "http_headers",
        "requested_downloads",
        "requested_formats",
        "requested_subtitles",
        "subtitles",
    }
)
_KINDS = {
    "settings": "misconfigured",
    "unsupported": "bad_input",
    "disk_full": "unexpected",
    "robot_check": "rate_limited",
    "needs_account": "no_credentials",
    "unavailable": "not_found",
    "broken": "unexpected",
}
_PERMANENT = frozenset({"unsupported", "needs_account", "unavailable"})
_REFUSED_FOR_GOOD = frozenset({401, 403, 404, 410, 451})


def main() -> None:
    """Answer one request."""
    serve(listed)


def listed(job: Job) -> list[dict[str, Any]]:
    """What yt-dlp finds at ``url``.

    Raises:
        JobError: why it found nothing out.
    """
    try:
        return _listed(job, read_settings())
    except Misconfigured as error:
        raise JobError("misconfigured", "yt-dlp", str(error)) from error


def _listed(job: Job, settings: YtdlpSettings) -> list[dict[str, Any]]:
    upstream = None if settings.proxy is None else settings.proxy.get_secret_value()
    guard = None if job.allow_private_addresses else Guard(upstream=upstream)
    with opened(_options(job, settings, proxy=guard.proxy if guard else upstream)) as lister:
        contact = Contact(lister)
        try:
            return _entries(lister, job.arguments)
        except (YoutubeDLError, OSError, ValueError) as error:
            if guard is not None and guard.has_refused:
                raise JobError("private", shown_address(job.arguments["url"])) from error
            raise _job_error(_told(error, contact), job.arguments["url"]) from error


def _told(error: Exception, contact: Contact) -> YtdlpFailure:
    """What ``error`` says, unless it takes a site that never answered for one without the thing."""
    found = failure(error)
    is_guess = found.kind in ("unavailable", "broken")
    return failure(contact.failure) if is_guess and contact.failure is not None else found


def _options(job: Job, settings: YtdlpSettings, *, proxy: str | None) -> dict[str, Any]:
    options = {
        **common_options(settings, folder=Path(job.folder), proxy=proxy),
        "skip_download": True,
        "ignore_no_formats_error": True,
        "extract_flat": "in_playlist",
        "lazy_playlist": True,
        "playlist_items": f"1:{job.arguments['limit']}",
    }
    if job.arguments.get("approximate_dates"):
        options["extractor_args"] = {"youtubetab": {"approximate_date": [""]}}
    return options


def _entries(lister: Any, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:  # noqa: ANN401  yt-dlp is not typed
    info = lister.sanitize_info(lister.extract_info(arguments["url"], download=False))
    if "entries" not in info:
        return [_trimmed(info)]
    flat = [entry for entry in info["entries"] if entry]
    if not arguments.get("is_full"):
        return [_trimmed(entry) for entry in flat]
    return _in_full(lister, flat)


def _in_full(lister: Any, flat: list[dict[str, Any]]) -> list[dict[str, Any]]:  # noqa: ANN401
    """Each video asked for; gone ones are left out.

    Once the site no longer answers, the rest stays as the list says it, unless nothing came. Where
    not one of several videos may be seen, that is no quiet site but one that shuts us out.
    """
    full: list[dict[str, Any]] = []
    refused: YoutubeDLError | None = None
    for number, entry in enumerate(flat):
        try:
            info = lister.process_ie_result(dict(entry), download=False)
        except YoutubeDLError as error:
            found = failure(error)
            if found.kind in _PERMANENT or found.status in _REFUSED_FOR_GOOD:
                refused = refused or error
                continue
            if not full:
                raise
            return full + [_trimmed(rest) for rest in flat[number:]]
        full.append(_trimmed(lister.sanitize_info(info)))
    if refused is not None and not full and len(flat) > 1:
        raise refused
    return full


def _trimmed(info: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in info.items() if key not in _FOR_DOWNLOADS}


def _job_error(found: YtdlpFailure, url: str) -> JobError:
    name = shown_address(url)
    if found.kind == "status":
        return JobError("status", name, status=found.status, retry_after=found.retry_after)
    message = found.reason
    if found.kind == "needs_account":
        message += (
            ". Name a cookie file in VIRAL_FORGE_YTDLP_COOKIE_FILE if your account may see it"
        )
    return JobError(_KINDS.get(found.kind, found.kind), name, message)


if __name__ == "__main__":
    main()
