"""Twitch: clips of games and channels, through the Helix API with a free app.

It has no search for clips: a query is the exact name of a game or category, such as "Chess" or
"Just Chatting". Clips have views, but neither likes nor comments, and no licence: the rights are
the streamer's.
"""

import re
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    BadInput,
    NotFound,
    NotSupported,
    UnexpectedAnswer,
    printable,
)
from viral_forge_resources.contracts.quota import DEFAULT_PROJECT, Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScanRequest, ScanTools
from viral_forge_resources.contracts.web import Pace, WebRequest
from viral_forge_resources.platforms.credentials import app_token, needed, variable
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import entries, inside
from viral_forge_resources.platforms.refusals import in_its_words, said, wait_until
from viral_forge_resources.platforms.twitch_clips import from_clip, windows
from viral_forge_resources.settings import settings_config

_PER_PAGE = 100
_OK = 200
_SAYS_WHY = frozenset({400, 401, 403, 429})
_CHANNEL = re.compile(r"(?:https?://(?:www\.|m\.)?twitch\.tv/|@)?([A-Za-z0-9_]{2,25})/?")


class Settings(BaseSettings):
    """How Twitch is asked."""

    model_config = settings_config("SCANNER_TWITCH")

    client_id: str | None = Field(
        default=None, description="Id of an app of yours, from dev.twitch.tv."
    )
    client_secret: SecretStr | None = Field(default=None, description="Secret of that app.")
    token_url: HttpUrl = Field(
        default=HttpUrl("https://id.twitch.tv/oauth2/token"), description="Where an app logs in."
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://api.twitch.tv/helix"), description="The Helix API."
    )
    most_windows: int = Field(
        default=2,
        ge=1,
        description="Stretches of time, each asked for its most seen clips, newest first.",
    )
    most_pages: int = Field(
        default=1, ge=1, le=10, description="Pages of 100 clips for each stretch of time."
    )
    requests_a_minute: int = Field(default=800, ge=1, description="What Twitch allows an app.")


def open_plugin(settings: Settings) -> "TwitchScanner":
    """The scanner of clips."""
    return TwitchScanner(settings)


class TwitchScanner:
    """Lists the most seen clips of watched channels, and of the games that queries name.

    ``watched``: channels, as ``name``, ``@name`` or the address of their page.
    """

    platform = "twitch"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield the clips of the watched channels, then those of the games.

        Raises:
            NoCredentials: no app is set.
        """
        client_id, client_secret = needed(self._settings, "client_id", "client_secret")
        if not request.queries and not request.watched:
            raise NotSupported(
                "Twitch lists clips by game and by channel. Give a game's name as a query, or "
                "channels to watch under 'twitch' in the niche."
            )
        form = {
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": "client_credentials",
        }
        login = WebRequest(url=str(self._settings.token_url), method="POST", form=form)
        names = [variable(self._settings, field) for field in ("client_id", "client_secret")]
        token = await app_token(tools.web, login, variables=names)
        headers = {"authorization": f"Bearer {token}", "client-id": client_id}
        helix = _Helix(self._settings, tools, headers, request.since)
        sources = [helix.of_channel(each) for each in request.watched]
        sources += [helix.of_game(name) for name in request.queries]
        async with aclosing(gathered(request, *sources)) as found:
            async for item in found:
                yield item


@dataclass(frozen=True, slots=True)
class _Helix:
    """What all questions of one scan have in common."""

    settings: Settings
    tools: ScanTools
    headers: Mapping[str, str]
    since: datetime

    async def of_channel(self, watched: str) -> Found:
        """The clips cut from a channel."""
        login = _channel(watched)
        name, users = await self._get("users", {"login": login})
        found = entries(users, "data", name=name)
        if not found:
            raise NotFound(f"Twitch knows no channel named {printable(login)}.")
        async for item in self._clips("broadcaster_id", found[0], name):
            yield item

    async def of_game(self, title: str) -> Found:
        """The clips of a game; none where no game is called so."""
        name, games = await self._get("games", {"name": title})
        for game in entries(games, "data", name=name):
            async for item in self._clips("game_id", game, name):
                yield item

    async def _clips(self, key: str, subject: object, name: str) -> Found:
        subject_id = inside(subject, "id")
        if not isinstance(subject_id, str) or not subject_id:
            raise UnexpectedAnswer(f"{printable(name)}: names something without its id.")
        now = datetime.now(UTC)
        for start, end in windows(self.since, now, most=self.settings.most_windows):
            asked = {key: subject_id, "started_at": _rfc3339(start), "ended_at": _rfc3339(end)}
            async for item in self._pages(asked):
                yield item

    async def _pages(self, asked: Mapping[str, str]) -> Found:
        params: dict[str, str | int] = {**asked, "first": _PER_PAGE}
        for _ in range(self.settings.most_pages):
            name, page = await self._get("clips", params)
            for clip in entries(page, "data", name=name):
                yield from_clip(clip, seen_at=datetime.now(UTC))
            params["after"] = inside(page, "pagination", "cursor") or ""
            if not params["after"]:
                return

    async def _get(self, path: str, params: Mapping[str, str | int]) -> tuple[str, Any]:
        answer = await self.tools.web.send(
            WebRequest(
                url=f"{str(self.settings.api_url).rstrip('/')}/{path}",
                params=params,
                headers=self.headers,
                uses=(Use(bucket=self._bucket()),),
                accepts=_SAYS_WHY,
                pace=Pace(apart_s=60 / self.settings.requests_a_minute),
            )
        )
        if answer.status != _OK:
            wait = wait_until(answer.headers.get("ratelimit-reset"))
            raise in_its_words(answer, inside(said(answer), "message"), retry_after=wait)
        return answer.name, answer.json()

    def _bucket(self) -> Bucket:
        return Bucket(
            platform="twitch",
            project=self.settings.client_id or DEFAULT_PROJECT,
            name="requests",
            limit=self.settings.requests_a_minute,
            window=Window.MINUTE,
        )


def _channel(watched: str) -> str:
    found = _CHANNEL.fullmatch(watched.strip())
    if found is None:
        raise BadInput(
            watched,
            reason="names no channel on Twitch",
            remedy="Give its name, or the address of its page.",
        )
    return found[1].lower()


def _rfc3339(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
