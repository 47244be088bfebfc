"""Wikimedia Commons: openly licensed videos, through the API of MediaWiki, without a key.

It tells no counts. It wants to know who asks, and not to be asked while its databases lag behind.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Literal

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import Permanent, RateLimited
from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.contracts.web import Pace, WebAnswer, WebRequest
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import (
    LicenceFields,
    Stated,
    count,
    entries,
    inside,
    moment,
    one_line,
    plain_text,
    seconds,
    video_id,
    web_address,
)
from viral_forge_resources.platforms.refusals import in_its_words, wait_for
from viral_forge_resources.platforms.video_files import VideoFile, best_file
from viral_forge_resources.settings import settings_config

_PACE = Pace(at_once=1)  # its etiquette: one request after the other
_LAG_S = 5
_THUMBNAIL_PX = 640
_SLOW_DOWN = frozenset({"maxlag", "ratelimited", "cirrussearch-too-busy-error"})


class Settings(BaseSettings):
    """How Wikimedia Commons is asked."""

    model_config = settings_config("SCANNER_WIKIMEDIA_COMMONS")

    api_url: HttpUrl = Field(
        default=HttpUrl("https://commons.wikimedia.org/w/api.php"),
        description="Address of the API of a MediaWiki.",
    )
    contact: str | None = Field(
        default=None,
        pattern=r"^[!-'*-~]{1,100}$",  # printable ASCII but for brackets, which stand around it
        description="E-mail or web address of yours, sent along so that Wikimedia can reach you.",
    )
    sort: Literal["create_timestamp_desc", "last_edit_desc", "relevance"] = Field(
        default="create_timestamp_desc", description="Which videos come first."
    )
    page_size: int = Field(default=50, ge=1, le=50, description="Videos of one page.")
    most_pages: int = Field(default=2, ge=1, description="Most pages per query.")
    most_bytes: int = Field(
        default=2_000_000_000, ge=1, description="Larger originals are not offered for download."
    )


def open_plugin(settings: Settings) -> "WikimediaCommonsScanner":
    """The scanner of Wikimedia Commons."""
    return WikimediaCommonsScanner(settings)


class WikimediaCommonsScanner:
    """Lists videos that the queries find; ``watched`` names categories."""

    platform = "wikimedia_commons"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        who = f"viral-forge/{version('viral-forge')}"
        about = settings.contact or "a studio for short videos, run by its user"
        self._user_agent = f"{who} ({about})"

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what the watched categories have, then what the queries find.

        Raises:
            NotSupported: there are neither queries nor categories.
        """
        wanted = [f'incategory:"{name.replace(chr(34), "")}"' for name in request.watched]
        wanted += request.queries
        return gathered(request, *(self._searched(each, tools) for each in wanted))

    async def _searched(self, wanted: str, tools: ScanTools) -> Found:
        continued: dict[str, str] = {}
        for _ in range(self._settings.most_pages):
            answer = await tools.web.send(self._asking(wanted, continued))
            document = answer.json()
            for page in _pages(document, answer):
                yield self._video(page, seen_at=datetime.now(UTC))
            continued = _continued(document)
            if not continued:
                return

    def _asking(self, wanted: str, continued: Mapping[str, str]) -> WebRequest:
        return WebRequest(
            url=str(self._settings.api_url),
            params={
                "action": "query",
                "format": "json",
                "formatversion": 2,
                "generator": "search",
                "gsrnamespace": 6,
                "gsrsearch": f"filetype:video {wanted}",
                "gsrsort": self._settings.sort,
                "gsrlimit": self._settings.page_size,
                "prop": "videoinfo",
                "viprop": "url|size|mime|timestamp|user|derivatives|extmetadata",
                "viurlwidth": _THUMBNAIL_PX,
                "maxlag": _LAG_S,
                **continued,
            },
            headers={"user-agent": self._user_agent},
            pace=_PACE,
        )

    def _video(self, page: object, *, seen_at: datetime) -> ScannedVideo | Unusable:
        key, title = video_id(inside(page, "pageid")), _title(inside(page, "title"))
        if key is None or title is None:
            return Unusable(reason="has no id or no title")
        facts = inside(page, "videoinfo", 0)
        file = best_file(_files(facts), most_bytes=self._settings.most_bytes)
        if file is None:
            return Unusable(reason="has no file that can be fetched")
        page_url = web_address(inside(facts, "descriptionurl"))
        user = one_line(inside(facts, "user"))
        return ScannedVideo(
            platform=self.platform,
            platform_video_id=key,
            locator=file.url,
            title=title,
            seen_at=seen_at,
            author=plain_text(_said(facts, "Artist")) or user,
            page_url=page_url,
            thumbnail_url=web_address(inside(facts, "thumburl")),
            published_at=moment(inside(facts, "timestamp")),
            duration_s=seconds(inside(facts, "duration")),
            **_licence(facts, evidence=page_url or file.url),
        )


def _pages(document: object, answer: WebAnswer) -> list[Any]:
    """The found files, in the order of the search.

    Raises:
        RateLimited: its databases lag behind, or it asks for fewer requests.
        Permanent: it refuses the request.
        UnexpectedAnswer: it is no answer of MediaWiki.
    """
    code = inside(document, "error", "code")
    if code is not None:
        kind = RateLimited if code in _SLOW_DOWN else Permanent
        wait = wait_for(answer.headers.get("retry-after"))
        words = inside(document, "error", "info") or code
        raise in_its_words(answer, words, kind=kind, retry_after=wait)
    if inside(document, "query") is None and inside(document, "batchcomplete") is True:
        return []
    pages = entries(document, "query", "pages", name=answer.name)
    return sorted(pages, key=_place)


def _place(page: object) -> float:
    place = count(inside(page, "index"))
    return float("inf") if place is None else place


def _continued(document: object) -> dict[str, str]:
    """The parameters that ask for the next page, none if this was the last one."""
    following = inside(document, "continue")
    return {
        name: str(value)
        for name, value in (following.items() if isinstance(following, Mapping) else ())
        if isinstance(value, str | int)
    }


def _title(value: object) -> str | None:
    name = one_line(value)
    if name is None:
        return None
    name = name.removeprefix("File:")
    return one_line(name.rpartition(".")[0]) or one_line(name)


def _said(facts: object, name: str) -> Any:  # noqa: ANN401  mostly HTML, sometimes a number
    return inside(facts, "extmetadata", name, "value")


def _licence(facts: object, *, evidence: str) -> LicenceFields:
    """As the short name says it; by its address where we do not know that name."""
    named = Stated(plain_text(_said(facts, "LicenseShortName")), evidence).fields
    linked = Stated(_said(facts, "LicenseUrl"), evidence).fields
    return named if named["licence_spdx"] or not linked["licence_spdx"] else linked


def _files(facts: object) -> Iterator[VideoFile]:
    """The transcodes, then the original, which may be many times as large."""
    derivatives = inside(facts, "derivatives")
    for each in derivatives if isinstance(derivatives, list) else ():
        if inside(each, "transcodekey") is not None:  # the original stands there, too
            yield from _file(each, "src", kind=inside(each, "type"))
    yield from _file(facts, "url", kind=inside(facts, "mime"))


def _file(file: object, address: str, *, kind: object) -> Iterator[VideoFile]:
    url = web_address(inside(file, address))
    width, height = count(inside(file, "width")), count(inside(file, "height"))
    if isinstance(kind, str) and kind.startswith("video/") and url and width and height:
        size = count(inside(file, "size"))
        yield VideoFile(url=url, width_px=width, height_px=height, size_bytes=size)
