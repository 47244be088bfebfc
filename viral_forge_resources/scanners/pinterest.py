"""Pinterest: the boards and pins that a niche watches, read with yt-dlp.

The API searches all of Pinterest only for apps in the beta of its partner search, which tells ten
pins and no counts. A board is read as a whole: one of some hundred videos takes too long. Saves
stand for shares; views, likes and licences are not told.
"""

import re
from contextlib import aclosing
from datetime import UTC, datetime

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import BadInput, Misconfigured
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest, ScanTools, Unusable
from viral_forge_resources.contracts.web import WebRequest
from viral_forge_resources.platforms.credentials import needed, variable
from viral_forge_resources.platforms.gathering import Found
from viral_forge_resources.platforms.reading import (
    entries,
    inside,
    one_line,
    video_id,
    web_address,
)
from viral_forge_resources.platforms.refusals import in_its_words, said
from viral_forge_resources.platforms.watching import Hosts, Look, own_address, watched_or_refused
from viral_forge_resources.settings import settings_config

_SITE = "https://www.pinterest.com"
_PIN_PATHS = re.compile(r"/pin/(?:[\w-]+--)?\d+/?")
_BOARD_PATHS = re.compile(r"/(?!(?:pin|search|ideas|resource)/)[^/]+/[^/]+/?")
_BOARD = re.compile(r"/?((?!pin/)[\w.-]+/[\w-]+)/?")
_OK = 200
_LOGIN_REFUSED = frozenset({401, 403})
_SAYS_WHY = _LOGIN_REFUSED | {400, 429}
_TITLES = ("fulltitle", "description")  # yt-dlp makes up a title for pins without one


class Settings(BaseSettings):
    """How Pinterest is looked at, and whether it may be searched."""

    model_config = settings_config("SCANNER_PINTEREST")

    hosts: Hosts = (
        "pinterest.com",
        "pinterest.at",
        "pinterest.ca",
        "pinterest.ch",
        "pinterest.co.uk",
        "pinterest.com.au",
        "pinterest.com.mx",
        "pinterest.de",
        "pinterest.es",
        "pinterest.fr",
        "pinterest.it",
        "pinterest.jp",
        "pinterest.pt",
    )
    most_per_board: int = Field(default=50, ge=1, description="Pins taken of a watched board.")
    deadline_seconds: float = Field(
        default=90, gt=0, description="Reading a board or a pin that takes longer is ended."
    )
    has_partner_search: bool = Field(
        default=False, description="The token's app is in the beta of partner search."
    )
    access_token: SecretStr | None = Field(
        default=None, description="OAuth token for partner search."
    )
    api_url: HttpUrl = Field(default=HttpUrl("https://api.pinterest.com"), description="The API.")
    country: str = Field(default="US", description="Country that partner search is asked for.")
    locale: str = Field(default="en-US", description="Language that partner search is asked for.")
    most_results: int = Field(
        default=10, ge=1, description="Pins of a partner search; Pinterest tells the first ten."
    )


def open_plugin(settings: Settings) -> "PinterestScanner":
    """The scanner of Pinterest."""
    return PinterestScanner(settings)


class PinterestScanner:
    """Lists the videos of watched boards and pins; searches where the app is in the beta.

    ``watched``: boards, as ``user/board`` or the address of their page, and addresses of single
    pins, which were chosen by hand. Pins that show videos of other sites are left out.
    """

    platform = "pinterest"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what the watched boards and pins hold, then what the queries find.

        Raises:
            NoCredentials: the app is said to be in the beta, and its token is not set.
            NotSupported: nothing is watched, and the app may not search.
        """
        sources = [self._watched(each, tools) for each in request.watched]
        if self._settings.has_partner_search and request.queries:
            (token,) = needed(self._settings, "access_token")
            sources += [self._searched(each, tools, token) for each in request.queries]
        found = watched_or_refused(
            request,
            *sources,
            otherwise="Pinterest lets hardly any app search. Give boards (user/board) or addresses "
            "of pins to watch under 'pinterest' in the niche.",
        )
        async with aclosing(found):
            async for item in found:
                yield item

    async def _watched(self, given: str, tools: ScanTools) -> Found:
        look = self._look(given)
        seen_at = datetime.now(UTC)
        for entry in await look.entries(tools):
            if _shows_a_video_of_its_own(entry):
                yield look.video(entry, self.platform, seen_at=seen_at)

    def _look(self, given: str) -> Look:
        hosts, deadline_s = self._settings.hosts, self._settings.deadline_seconds
        url = own_address(given, hosts=hosts, paths=_PIN_PATHS)
        if url is not None:
            return Look(url=url, deadline_s=deadline_s, is_single=True, titles=_TITLES)
        named = _BOARD.fullmatch(given.strip())
        board = f"{_SITE}/{named[1]}/" if named else given
        url = own_address(board, hosts=hosts, paths=_BOARD_PATHS)
        if url is None:
            raise BadInput(
                given,
                reason="names no board or pin on Pinterest",
                remedy="Give user/board, or the address of a board or a pin.",
            )
        # The list of a board tells everything already, and pictures stand between the videos.
        limit = self._settings.most_per_board
        return Look(url=url, deadline_s=deadline_s, limit=limit, is_full=False, titles=_TITLES)

    async def _searched(self, query: str, tools: ScanTools, token: str) -> Found:
        answer = await tools.web.send(
            WebRequest(
                url=f"{str(self._settings.api_url).rstrip('/')}/v5/search/partner/pins",
                params={
                    "term": query,
                    "country_code": self._settings.country,
                    "locale": self._settings.locale,
                    "limit": self._settings.most_results,
                },
                headers={"authorization": f"Bearer {token}"},
                accepts=_SAYS_WHY,
            )
        )
        if answer.status != _OK:
            is_ours = answer.status in _LOGIN_REFUSED
            raise in_its_words(
                answer,
                inside(said(answer), "message"),
                kind=Misconfigured if is_ours else None,
                remedy=f"Check {variable(self._settings, 'access_token')}." if is_ours else "",
            )
        seen_at = datetime.now(UTC)
        for pin in entries(answer.json(), "items", name=answer.name):
            if "video" in str(inside(pin, "media", "media_type")):
                yield _video(pin, seen_at=seen_at)


def _shows_a_video_of_its_own(entry: object) -> bool:
    """Whether a pin is more than a picture, and no link to another site.

    yt-dlp gives a kind of file to videos alone, and only names the address of what lies elsewhere.
    """
    is_listed = inside(entry, "_type") not in (None, "video")
    return not is_listed and inside(entry, "ext") is not None


def _video(pin: object, *, seen_at: datetime) -> ScannedVideo | Unusable:
    found_id = video_id(inside(pin, "id"))
    if found_id is None:
        return Unusable(reason="has no id")
    words = (one_line(inside(pin, field)) for field in ("title", "description", "alt_text"))
    page_url = f"{_SITE}/pin/{found_id}/"
    return ScannedVideo(
        platform=PinterestScanner.platform,
        platform_video_id=found_id,
        locator=page_url,
        page_url=page_url,
        title=next(filter(None, words), found_id),
        seen_at=seen_at,
        thumbnail_url=web_address(inside(pin, "media", "cover_image_url")),
    )
