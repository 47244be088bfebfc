"""TikTok: watched accounts and collections through yt-dlp; a search for researchers alone.

TikTok gives its Research API to non-profit researchers only, and excludes creators: whoever has a
token for it also answers for the purpose. Everybody else watches accounts. No licences are told.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    Permanent,
    QuotaSpent,
    RateLimited,
    Unreachable,
    ViralForgeError,
)
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest, ScanTools, Unusable
from viral_forge_resources.contracts.web import WebAnswer, WebRequest
from viral_forge_resources.platforms.credentials import variable
from viral_forge_resources.platforms.gathering import Found
from viral_forge_resources.platforms.reading import (
    count,
    entries,
    inside,
    moment,
    one_line,
    seconds,
    used_sound,
    video_id,
)
from viral_forge_resources.platforms.refusals import in_its_words, said
from viral_forge_resources.platforms.watching import Look, watched_or_refused
from viral_forge_resources.settings import settings_config

_FIELDS = (
    "id,video_description,create_time,region_code,share_count,view_count,like_count,"
    "comment_count,music_id,hashtag_names,username,video_duration"
)
_PER_PAGE = 100
_LONGEST_SPAN = timedelta(days=30)
_SAYS_WHY = frozenset({400, 401, 403, 429})
_ACCOUNT = re.compile(r"@?([A-Za-z0-9_.]{2,24})")
_ADDRESS = re.compile(r"https://www\.tiktok\.com/@[\w.-]+(?:/collection/[^/?#\s]+)?/?")
_REFUSALS: Mapping[str, type[ViralForgeError]] = {
    "access_token_invalid": Misconfigured,
    "scope_not_authorized": Misconfigured,
    "scope_permission_missed": Misconfigured,
    "invalid_params": Permanent,
    "rate_limit_exceeded": RateLimited,
    "daily_quota_limit_exceeded": QuotaSpent,
    "internal_error": Unreachable,
    "timeout": Unreachable,
}


class Settings(BaseSettings):
    """How TikTok is asked."""

    model_config = settings_config("SCANNER_TIKTOK")

    api_url: HttpUrl = Field(
        default=HttpUrl("https://open.tiktokapis.com"), description="The Research API."
    )
    research_token: SecretStr | None = Field(
        default=None, description="Token of the Research API; eligible researchers only."
    )
    requests_per_day: int = Field(
        default=1_000, ge=0, description="Requests that TikTok allows a researcher in a day."
    )
    most_pages: int = Field(default=2, ge=1, description="Pages of 100 videos for each query.")
    most_per_account: int = Field(
        default=30, ge=1, description="Newest videos listed of a watched account."
    )
    deadline_seconds: float = Field(
        default=90, gt=0, description="Listing an account that takes longer is ended."
    )


def open_plugin(settings: Settings) -> "TiktokScanner":
    """The scanner of TikTok."""
    return TiktokScanner(settings)


class TiktokScanner:
    """Lists the newest videos of watched accounts; searches where there is a research token.

    ``watched``: accounts, as ``name``, ``@name`` or the address of their page, and the addresses of
    collections. Without a token queries are not asked.
    """

    platform = "tiktok"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what the watched accounts posted, then what researchers' queries find.

        Raises:
            NotSupported: nothing is watched, and there is no token to search with.
        """
        sources = [self._listed(each, request, tools) for each in request.watched]
        token = self._settings.research_token
        if token is not None:
            headers = {"authorization": f"Bearer {token.get_secret_value()}"}
            sources += [self._searched(each, request, tools, headers) for each in request.queries]
        return watched_or_refused(
            request,
            *sources,
            otherwise="TikTok lets nobody but researchers search. Give accounts or collections to "
            "watch under 'tiktok' in the niche.",
        )

    async def _listed(self, watched: str, request: ScanRequest, tools: ScanTools) -> Found:
        look = Look(
            url=_address(watched),
            limit=min(request.limit, self._settings.most_per_account),
            is_full=False,  # the list says everything already
            titles=("description", "title"),  # its title is the beginning of the description
            deadline_s=self._settings.deadline_seconds,
        )
        for item in await look.videos(self.platform, tools):
            yield item

    async def _searched(
        self, query: str, request: ScanRequest, tools: ScanTools, headers: Mapping[str, str]
    ) -> Found:
        asked = WebRequest(
            url=f"{str(self._settings.api_url).rstrip('/')}/v2/research/video/query/",
            method="POST",
            params={"fields": _FIELDS},
            headers=headers,
            json=_question(query, since=request.since, now=datetime.now(UTC)),
            uses=(Use(bucket=self._bucket()),),
            accepts=_SAYS_WHY,
        )
        for _ in range(self._settings.most_pages):
            answer = await tools.web.send(asked)
            page = self._page(answer)
            for item in _items(page, name=answer.name):
                yield item
            if inside(page, "has_more") is not True:
                return
            asked = replace(asked, json=_next(asked.json, page))

    def _bucket(self) -> Bucket:
        limit = self._settings.requests_per_day
        return Bucket(platform="tiktok", name="research", limit=limit, window=Window.DAY)

    def _page(self, answer: WebAnswer) -> Any:  # noqa: ANN401  whatever the platform sent
        """What the answer holds; a success may be a refusal by what it says."""
        document = said(answer) if answer.status in _SAYS_WHY else answer.json()
        code = inside(document, "error", "code")
        if code == "ok" and answer.status not in _SAYS_WHY:
            return inside(document, "data")
        kind = _REFUSALS.get(code) if isinstance(code, str) else None
        is_ours = kind is Misconfigured
        remedy = f"Check {variable(self._settings, 'research_token')}." if is_ours else ""
        words = inside(document, "error", "message") or code
        if words is None and answer.status not in _SAYS_WHY:
            words = "nothing of success or failure"
        raise in_its_words(answer, words, kind=kind, remedy=remedy)


def _address(watched: str) -> str:
    given = watched.strip()
    account = _ACCOUNT.fullmatch(given)
    if account is not None:
        return f"https://www.tiktok.com/@{account[1]}"
    if _ADDRESS.fullmatch(given):
        return given
    raise BadInput(
        watched,
        reason="names no account or collection on TikTok",
        remedy="Give @name, or the address of an account's or a collection's page.",
    )


def _question(query: str, *, since: datetime, now: datetime) -> dict[str, object]:
    start = max(since, now - _LONGEST_SPAN)
    term = {"operation": "EQ", "field_name": "keyword", "field_values": [query]}
    return {
        "query": {"and": [term]},
        "start_date": f"{start.astimezone(UTC):%Y%m%d}",
        "end_date": f"{now:%Y%m%d}",
        "max_count": _PER_PAGE,
    }


def _next(asked: object, page: object) -> dict[str, object]:
    place = {"cursor": inside(page, "cursor"), "search_id": inside(page, "search_id")}
    return {**(asked if isinstance(asked, dict) else {}), **place}


def _items(page: object, *, name: str) -> Iterator[ScannedVideo | Unusable]:
    seen_at = datetime.now(UTC)
    for video in entries(page, "videos", name=name):
        yield _video(video, seen_at=seen_at)


def _video(video: object, *, seen_at: datetime) -> ScannedVideo | Unusable:
    found_id = video_id(inside(video, "id"))
    if found_id is None:
        return Unusable(reason="has no id")
    author = one_line(inside(video, "username"))
    page_url = f"https://www.tiktok.com/@{author or '_'}/video/{found_id}"
    tags = inside(video, "hashtag_names")
    return ScannedVideo(
        platform="tiktok",
        platform_video_id=found_id,
        locator=page_url,
        page_url=page_url,
        title=one_line(inside(video, "video_description")) or found_id,
        seen_at=seen_at,
        author=author,
        published_at=moment(inside(video, "create_time")),
        duration_s=seconds(inside(video, "video_duration")),
        tags=tuple(filter(None, map(one_line, tags if isinstance(tags, list) else []))),
        views=count(inside(video, "view_count")),
        likes=count(inside(video, "like_count")),
        comments=count(inside(video, "comment_count")),
        shares=count(inside(video, "share_count")),
        sound=used_sound(sound_id=inside(video, "music_id")),
    )
