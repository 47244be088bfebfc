"""Internet Archive: films that anybody may watch, through its search and metadata, without a key.

Its downloads are our views. Most items state no licence: that is an unknown one, which gives no
right. Every item found costs one more request, for its files.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import Permanent, ViralForgeError, printable
from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.contracts.web import Pace, WebRequest
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import (
    Stated,
    clock_seconds,
    count,
    entries,
    inside,
    is_older,
    moment,
    one_line,
    seconds,
    video_id,
)
from viral_forge_resources.platforms.video_files import VideoFile, best_file
from viral_forge_resources.settings import settings_config

_FIELDS = (
    *("identifier", "title", "creator", "licenseurl", "downloads", "publicdate", "runtime"),
    *("num_reviews", "subject"),
)
_PLAYABLE = (".mp4", ".m4v", ".webm", ".mkv", ".mov", ".ogv", ".mpeg", ".avi")
_WORD = re.compile(r"\w+")
_DECIMAL = re.compile(r"\d{1,9}(?:\.\d{1,9})?")
_PACE = Pace(at_once=4)
_MOST_TAGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Film(VideoFile):
    duration_s: float | None


class Settings(BaseSettings):
    """How the Internet Archive is asked."""

    model_config = settings_config("SCANNER_INTERNET_ARCHIVE")

    api_url: HttpUrl = Field(
        default=HttpUrl("https://archive.org"), description="Address of the archive."
    )
    sort: Literal["week desc", "downloads desc", "publicdate desc"] = Field(
        default="week desc", description="Which items come first: by downloads or by date."
    )
    page_size: int = Field(default=50, ge=1, le=1000, description="Items of one page.")
    most_pages: int = Field(default=1, ge=1, description="Most pages per query.")
    most_bytes: int = Field(
        default=2_000_000_000, ge=1, description="Larger files are not offered for download."
    )


def open_plugin(settings: Settings) -> "InternetArchiveScanner":
    """The scanner of the archive."""
    return InternetArchiveScanner(settings)


class InternetArchiveScanner:
    """Lists the films published since then; ``watched`` names collections of the archive."""

    platform = "internet_archive"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = str(settings.api_url).rstrip("/")

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what the watched collections have, then what the queries find.

        Raises:
            NotSupported: there are neither queries nor collections.
        """
        wanted = [f"collection:({words})" for words in map(_words, request.watched) if words]
        wanted += [f"({words})" for words in map(_words, request.queries) if words]
        return gathered(request, *(self._searched(each, request, tools) for each in wanted))

    async def _searched(self, wanted: str, request: ScanRequest, tools: ScanTools) -> Found:
        # The day may be a day before or after, by the zone: the exact moment is looked at here.
        dates = f"publicdate:[{request.since:%Y-%m-%d} TO 9999-12-31]"
        parts = ["mediatype:movies", wanted, dates]
        parts += ["licenseurl:*creativecommons*"] if request.reusable_only else []
        for page in range(1, self._settings.most_pages + 1):
            found = await self._page(" AND ".join(parts), page, tools)
            new = [each for each in found if not is_older(_published(each), request.since)]
            for start in range(0, len(new), _PACE.at_once):
                async for item in self._told(new[start : start + _PACE.at_once], tools):
                    yield item
            if len(found) < self._settings.page_size:
                return

    async def _page(self, query: str, page: int, tools: ScanTools) -> list[Any]:
        answer = await tools.web.send(
            WebRequest(
                url=f"{self._url}/advancedsearch.php",
                params={
                    "q": query,
                    "fl[]": _FIELDS,
                    "sort[]": self._settings.sort,
                    "rows": self._settings.page_size,
                    "page": page,
                    "output": "json",
                },
                accepts=frozenset({400}),
                pace=_PACE,
            )
        )
        document = answer.json()
        refused = one_line(str(inside(document, "error") or ""))
        if refused or answer.status != HTTPStatus.OK:
            raise Permanent(
                f"{printable(answer.name)}: refuses the search {printable(query)}: "
                f"{printable(refused or 'without a reason')}."
            )
        return list(entries(document, "response", "docs", name=answer.name))

    async def _told(self, found: list[Any], tools: ScanTools) -> Found:
        """The items with their files, asked for at once; an error comes after the others."""
        items = await asyncio.gather(*(self._item(each, tools) for each in found))
        for item in items:
            if not isinstance(item, ViralForgeError):
                yield item
        for item in items:
            if isinstance(item, ViralForgeError):
                raise item

    async def _item(
        self, found: object, tools: ScanTools
    ) -> ScannedVideo | Unusable | ViralForgeError:
        name = inside(found, "identifier")
        if not isinstance(name, str) or not name:
            return Unusable(reason="has no identifier")
        url = f"{self._url}/metadata/{quote(name, safe='')}"
        asking = WebRequest(url=url, accepts=frozenset({404}), pace=_PACE, is_conditional=True)
        try:
            answer = await tools.web.send(asking)
            if answer.status == HTTPStatus.NOT_FOUND or answer.json() == {}:
                return Unusable(reason="is gone")
            files = _files(entries(answer.json(), "files", name=answer.name), self._download(name))
        except ViralForgeError as error:
            return error
        best = best_file(files, most_bytes=self._settings.most_bytes)
        if best is None:
            return Unusable(reason="has no film that can be played")
        return self._video(found, name, best)

    def _download(self, name: str) -> str:
        return f"{self._url}/download/{quote(name, safe='')}"

    def _video(self, found: object, name: str, file: _Film) -> ScannedVideo | Unusable:
        key, title = video_id(name), one_line(_first(inside(found, "title")))
        if key is None or title is None:
            return Unusable(reason="has no title")
        quoted = quote(name, safe="")
        page_url = f"{self._url}/details/{quoted}"
        return ScannedVideo(
            platform=self.platform,
            platform_video_id=key,
            locator=file.url,
            title=title,
            seen_at=datetime.now(UTC),
            author=_names(inside(found, "creator")),
            page_url=page_url,
            thumbnail_url=f"{self._url}/services/img/{quoted}",
            published_at=_published(found),
            duration_s=file.duration_s or _duration(inside(found, "runtime")),
            tags=_tags(inside(found, "subject")),
            views=count(inside(found, "downloads")),
            comments=count(inside(found, "num_reviews")),
            **Stated(_first(inside(found, "licenseurl")), page_url).fields,
        )


def _files(files: Sequence[object], download: str) -> Iterator[_Film]:
    """The films among the files of an item that everybody may fetch."""
    for file in files:
        name = inside(file, "name")
        if not isinstance(name, str) or not name.lower().endswith(_PLAYABLE):
            continue
        width, height = count(inside(file, "width")), count(inside(file, "height"))
        if width and height and inside(file, "private") != "true":
            yield _Film(
                url=f"{download}/{quote(name)}",
                width_px=width,
                height_px=height,
                size_bytes=count(inside(file, "size")),
                duration_s=_duration(inside(file, "length")),
            )


def _published(found: object) -> datetime | None:
    return moment(_first(inside(found, "publicdate")))


def _first(value: object) -> object:
    """A field of the archive is a list where it was given several times."""
    return next(iter(value), None) if isinstance(value, list) else value


def _each(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [words for words in map(one_line, values) if words]


def _names(value: object) -> str | None:
    return one_line(", ".join(_each(value)))


def _tags(value: object) -> tuple[str, ...]:
    """Subjects; who wrote them into one field parted them by semicolons."""
    parts = (one_line(part) for words in _each(value) for part in words.split(";"))
    return tuple(dict.fromkeys(part for part in parts if part))[:_MOST_TAGS]


def _duration(value: object) -> float | None:
    """Given as ``12:34`` or as a decimal number of seconds, in text."""
    text = _first(value)
    if isinstance(text, str) and _DECIMAL.fullmatch(text):
        return seconds(float(text))
    return clock_seconds(text)


def _words(query: str) -> str:
    """The words of ``query``, none of which is an operator of the search language."""
    return " ".join(_WORD.findall(query)).lower()
