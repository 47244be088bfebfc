"""PeerTube: the documented search of Sepia Search, or of any one instance. No key.

Sepia Search is an index of many instances: a video's address and files are on its own instance,
which is asked for the file of openly licensed videos alone.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import ViralForgeError
from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.contracts.web import Pace, WebRequest
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import (
    LicenceFields,
    Stated,
    count,
    entries,
    inside,
    moment,
    one_line,
    seconds,
    video_id,
    web_address,
)
from viral_forge_resources.settings import settings_config

_PAGE = 100
_GENTLY = Pace(at_once=2, apart_s=0.1)
_PAGE_PATH = re.compile(r"/(?:w|videos/watch)/")
_TALLEST = 1080
_MOST_FILE_BYTES = 1_000_000_000
# UNVERIFIED ids of PeerTube's licences: 1 BY, 2 BY-SA, 3 BY-ND, 4 BY-NC, 5 BY-NC-SA, 6 BY-NC-ND,
# 7 Public Domain. An instance may rename them, so a licence is what its label says, never its id.
_LICENCES = {
    "Attribution": "CC BY",
    "Public Domain Dedication": "Public Domain",
}


class Settings(BaseSettings):
    """Which index or instance is asked, and how."""

    model_config = settings_config("SCANNER_PEERTUBE")

    api_url: HttpUrl = Field(
        default=HttpUrl("https://sepiasearch.org/"), description="Sepia Search, or an instance."
    )
    order: str = Field(
        default="-views",
        description="Which videos come first: -views, -likes, -publishedAt, on the index -match.",
    )
    reusable_licences: str = Field(
        default="1,2,7",
        pattern=r"^\d+(,\d+)*$",
        description="Ids of open licences, comma-separated, for niches that want no others.",
    )
    most_pages: int = Field(default=1, ge=1, description="Result pages a query, 100 videos each.")
    most_files: int = Field(
        default=20, ge=0, description="Openly licensed videos of a page whose files are looked up."
    )


def open_plugin(settings: Settings) -> "PeertubeScanner":
    """The scanner of PeerTube."""
    return PeertubeScanner(settings)


class PeertubeScanner:
    """Lists videos, neither live nor for adults alone, that match the queries."""

    platform = "peertube"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what is found for the queries.

        An openly licensed video whose instance does not answer is left out; where none of them
        answers, the first one's error comes last.
        """
        return gathered(
            request, *(self._searched(query, request, tools) for query in request.queries)
        )

    async def _searched(self, query: str, request: ScanRequest, tools: ScanTools) -> Found:
        for page in range(self._settings.most_pages):
            answer = await tools.web.send(
                WebRequest(
                    url=f"{str(self._settings.api_url).rstrip('/')}/api/v1/search/videos",
                    params=self._params(query, request, start=page * _PAGE),
                    pace=_GENTLY,
                )
            )
            found = entries(answer.json(), "data", name=answer.name)
            seen_at = datetime.now(UTC)
            read = [self._video(item, seen_at=seen_at) for item in found]
            looked_up = await asyncio.gather(
                *(_looked_up(video, tools) for video in self._to_look_up(read))
            )
            files = {video.platform_video_id: file for video, file in looked_up}
            for item in read:
                yield _located(item, files)
            errors = [file for file in files.values() if isinstance(file, ViralForgeError)]
            if errors and len(errors) == len(files):
                raise errors[0]
            if len(found) < _PAGE:
                return

    def _params(
        self, query: str, request: ScanRequest, *, start: int
    ) -> dict[str, str | int | Sequence[str]]:
        params: dict[str, str | int | Sequence[str]] = {
            "search": query,
            "sort": self._settings.order,
            "startDate": request.since.astimezone(UTC).isoformat(),
            "nsfw": "false",
            "isLive": "false",
            "start": start,
            "count": _PAGE,
        }
        if request.reusable_only:
            params["licenceOneOf"] = self._settings.reusable_licences.split(",")
        if request.languages:
            params["languageOneOf"] = list(request.languages)
        return params

    def _video(self, item: Any, *, seen_at: datetime) -> ScannedVideo | Unusable:  # noqa: ANN401
        found_id, title = video_id(inside(item, "uuid")), one_line(inside(item, "name"))
        page_url = web_address(inside(item, "url"))
        if found_id is None or title is None or page_url is None:
            missing = "id" if found_id is None else "title" if title is None else "address"
            return Unusable(reason=f"has no {missing}")
        account = inside(item, "account")
        return ScannedVideo(
            platform=self.platform,
            platform_video_id=found_id,
            locator=page_url,
            page_url=page_url,
            title=title,
            seen_at=seen_at,
            author=one_line(inside(account, "displayName")),
            author_id=_author_id(account),
            thumbnail_url=self._thumbnail(item),
            published_at=moment(inside(item, "publishedAt")),
            duration_s=seconds(inside(item, "duration")),
            language=one_line(inside(item, "language", "id")),
            views=count(inside(item, "views")),
            likes=count(inside(item, "likes")),
            comments=count(inside(item, "comments")),
            **_licence(item, page_url),
        )

    def _thumbnail(self, item: object) -> str | None:
        path = inside(item, "thumbnailPath")
        is_path = isinstance(path, str) and path.startswith("/") and not path.startswith("//")
        return web_address(inside(item, "thumbnailUrl")) or web_address(
            urljoin(str(self._settings.api_url), path) if is_path else None
        )

    def _to_look_up(self, read: Sequence[ScannedVideo | Unusable]) -> list[ScannedVideo]:
        videos = [each for each in read if isinstance(each, ScannedVideo) and each.licence_spdx]
        return videos[: self._settings.most_files]


def _located(
    item: ScannedVideo | Unusable, files: Mapping[str, str | ViralForgeError | None]
) -> ScannedVideo | Unusable:
    """``item`` with the address of its file, where one was looked up."""
    if isinstance(item, Unusable):
        return item
    file = files.get(item.platform_video_id)
    if isinstance(file, ViralForgeError):
        return Unusable(reason="is on an instance that does not tell its file")
    return replace(item, locator=file) if file else item


def _author_id(account: object) -> str | None:
    name, host = one_line(inside(account, "name")), one_line(inside(account, "host"))
    return f"{name}@{host}" if name and host else None


def _licence(item: object, page_url: str) -> LicenceFields:
    number, label = inside(item, "licence", "id"), inside(item, "licence", "label")
    if number is None:  # "Unknown" is the label of none
        return Stated(None, "").fields
    words = _LICENCES.get(str(label), label)
    evidence = one_line(f"licence {number}, {label}, of {page_url}")
    return Stated(words, evidence or page_url).fields


async def _looked_up(
    video: ScannedVideo, tools: ScanTools
) -> tuple[ScannedVideo, str | ViralForgeError | None]:
    """Where its best file of at most 1080 lines is; None if there is none, or why nobody knows."""
    instance, *rest = _PAGE_PATH.split(str(video.page_url), maxsplit=1)
    if not rest:
        return video, None
    try:
        answer = await tools.web.send(
            WebRequest(url=f"{instance}/api/v1/videos/{video.platform_video_id}", pace=_GENTLY)
        )
        return video, _best_file(answer.json())
    except ViralForgeError as error:
        return video, error


def _best_file(told: object) -> str | None:
    """Of the files of a video the tallest that is a sensible download."""
    files = _list(inside(told, "files"))
    for playlist in _list(inside(told, "streamingPlaylists")):
        files += _list(inside(playlist, "files"))
    fitting = [
        (height, address)
        for file in files
        if (height := count(inside(file, "resolution", "id"))) is not None
        and 0 < height <= _TALLEST
        and (count(inside(file, "size")) or 0) <= _MOST_FILE_BYTES
        and (address := web_address(inside(file, "fileDownloadUrl")))
    ]
    return max(fitting)[1] if fitting else None


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else []
