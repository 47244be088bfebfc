"""Vimeo: the official API under an app's token, which is free.

It cannot ask for a date, so the newest videos are asked for. Where only openly licensed ones are
wanted it filters by Creative Commons.
"""

import re
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.contracts.web import WebRequest
from viral_forge_resources.platforms.credentials import app_token, needed, variable
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import (
    Stated,
    count,
    entries,
    inside,
    moment,
    one_line,
    seconds,
    web_address,
)
from viral_forge_resources.settings import settings_config

_PAGE = 100
_ID = re.compile(r"/videos/(\d{1,20})")
_CREATIVE_COMMONS = re.compile(r"by(?:-(?:nc|nd|sa))*|cc0")
_FIELDS = (
    "uri,name,link,duration,created_time,release_time,license,language,pictures,stats.plays,"
    "metadata.connections.likes.total,metadata.connections.comments.total,user.name,user.uri"
)


class Settings(BaseSettings):
    """How Vimeo is asked: with a token, or with the app's id and secret."""

    model_config = settings_config("SCANNER_VIMEO")

    access_token: SecretStr | None = Field(
        default=None, description="Unauthenticated or personal token of an app."
    )
    client_id: str | None = Field(default=None, description="The app's id, instead of a token.")
    client_secret: SecretStr | None = Field(default=None, description="The app's secret.")
    api_url: HttpUrl = Field(default=HttpUrl("https://api.vimeo.com/"), description="The API.")
    token_url: HttpUrl = Field(
        default=HttpUrl("https://api.vimeo.com/oauth/authorize/client"),
        description="Where the app gets its token.",
    )
    accept: str = Field(
        default="application/vnd.vimeo.*+json;version=3.4",
        description="Which version of the API answers.",
    )
    order: str = Field(
        default="date", description="Which videos come first: date, plays, likes or relevant."
    )
    reusable_filter: str = Field(
        default="CC", description="Filter for niches that want openly licensed videos alone."
    )
    most_pages: int = Field(default=1, ge=1, description="Result pages a query, 100 videos each.")


def open_plugin(settings: Settings) -> "VimeoScanner":
    """The scanner of Vimeo."""
    return VimeoScanner(settings)


class VimeoScanner:
    """Lists public videos that match the queries."""

    platform = "vimeo"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what Vimeo finds for the queries.

        Raises:
            NoCredentials: neither a token nor an app's id and secret are set.
        """
        token = await self._token(tools)
        sources = (self._searched(query, token, request, tools) for query in request.queries)
        async with aclosing(gathered(request, *sources)) as found:
            async for item in found:
                yield item

    async def _token(self, tools: ScanTools) -> str:
        settings = self._settings
        if settings.access_token is not None:
            return settings.access_token.get_secret_value()
        fields = ("client_id", "client_secret")
        client_id, client_secret = needed(settings, *fields)
        login = WebRequest(
            url=str(settings.token_url),
            method="POST",
            headers={"accept": settings.accept},
            form={"grant_type": "client_credentials", "scope": "public"},
            basic_auth=(client_id, client_secret),
        )
        variables = [variable(settings, field) for field in fields]
        return await app_token(tools.web, login, variables=variables)

    async def _searched(
        self, query: str, token: str, request: ScanRequest, tools: ScanTools
    ) -> Found:
        params: dict[str, str | int] = {
            "query": query,
            "sort": self._settings.order,
            "per_page": _PAGE,
            "fields": _FIELDS,
        }
        if request.reusable_only:
            params["filter"] = self._settings.reusable_filter
        for page in range(1, self._settings.most_pages + 1):
            answer = await tools.web.send(
                WebRequest(
                    url=f"{str(self._settings.api_url).rstrip('/')}/videos",
                    params={**params, "page": page},
                    headers={"accept": self._settings.accept, "authorization": f"bearer {token}"},
                )
            )
            told = answer.json()
            for item in entries(told, "data", name=answer.name):
                yield _video(item, seen_at=datetime.now(UTC))
            if not inside(told, "paging", "next"):
                return


def _video(item: Any, *, seen_at: datetime) -> ScannedVideo | Unusable:  # noqa: ANN401  JSON
    found_id = _ID.match(str(inside(item, "uri")))
    title, page_url = one_line(inside(item, "name")), web_address(inside(item, "link"))
    if found_id is None or title is None or page_url is None:
        missing = "id" if found_id is None else "title" if title is None else "address"
        return Unusable(reason=f"has no {missing}")
    connections = inside(item, "metadata", "connections")
    return ScannedVideo(
        platform=VimeoScanner.platform,
        platform_video_id=found_id[1],
        locator=page_url,
        page_url=page_url,
        title=title,
        seen_at=seen_at,
        author=one_line(inside(item, "user", "name")),
        author_id=one_line(inside(item, "user", "uri")),
        thumbnail_url=web_address(inside(item, "pictures", "base_link")),
        published_at=moment(inside(item, "release_time") or inside(item, "created_time")),
        duration_s=seconds(inside(item, "duration")),
        language=one_line(inside(item, "language")),
        views=count(inside(item, "stats", "plays")),
        likes=count(inside(connections, "likes", "total")),
        comments=count(inside(connections, "comments", "total")),
        **Stated(_licence(inside(item, "license")), f"license of {page_url}").fields,
    )


def _licence(code: object) -> object:
    """Vimeo's code as words: ``by-sa`` is CC BY-SA, which it gives no version."""
    if isinstance(code, str) and _CREATIVE_COMMONS.fullmatch(code):
        return code.upper() if code == "cc0" else f"CC {code.upper()}"
    return code
