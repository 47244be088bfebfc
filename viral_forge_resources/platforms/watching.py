"""Looks, with yt-dlp, at the addresses that a niche watches; some platforms offer nothing else."""

import re
from collections.abc import Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from viral_forge_resources.contracts.errors import BadInput, NotSupported
from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import entries, inside, web_address
from viral_forge_resources.platforms.ytdlp_entries import from_ytdlp
from viral_forge_resources.settings import comma_separated

_ONLY_LISTED = Unusable(reason="is only listed, or has several parts")
_NOT_YET_A_VIDEO = frozenset({"is_live", "is_upcoming", "post_live"})


Hosts = Annotated[
    tuple[str, ...],
    NoDecode,
    BeforeValidator(comma_separated),
    Field(
        description="Hosts whose addresses may be watched, comma-separated; with their subdomains."
    ),
]
"""A setting; its default is a platform's own hosts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One question to yt-dlp.

    Attributes:
        url: an address, or a search in yt-dlp's words.
        limit: most videos.
        is_full: ask for each video, not only for the list; what is only listed is left out then.
        is_single: the address of one video, which a person chose.
        titles: which fields may name a video, the first that does.
    """

    url: str
    deadline_s: float
    limit: int = 1
    is_full: bool = True
    is_single: bool = False
    titles: Sequence[str] = ("title",)

    async def entries(self, tools: ScanTools) -> Sequence[object]:
        """What yt-dlp answers."""
        asked: dict[str, object] = {
            "url": self.url,
            "limit": self.limit,
            "is_full": self.is_full,
            "approximate_dates": False,
        }
        answer = await tools.workers.run("ytdlp", asked, deadline_s=self.deadline_s)
        return entries(answer, name="the list of yt-dlp")

    async def videos(self, platform: str, tools: ScanTools) -> list[ScannedVideo | Unusable]:
        """What the answer has but for live streams, which are no videos yet."""
        listed = await self.entries(tools)
        seen_at = datetime.now(UTC)
        return [
            self.video(entry, platform, seen_at=seen_at)
            for entry in listed
            if str(inside(entry, "live_status")) not in _NOT_YET_A_VIDEO
        ]

    def video(self, entry: object, platform: str, *, seen_at: datetime) -> ScannedVideo | Unusable:
        """One entry of the answer."""
        if self.is_full and inside(entry, "_type") not in (None, "video"):
            return _ONLY_LISTED
        found = from_ytdlp(entry, platform=platform, seen_at=seen_at, titles=self.titles)
        if isinstance(found, Unusable):
            return found
        return replace(found, is_hand_picked=self.is_single)


def own_address(given: str, *, hosts: Collection[str], paths: re.Pattern[str]) -> str | None:
    """``given``, if it is an address of one of ``hosts`` whose path is one of ``paths``."""
    address = web_address(given.strip())
    parts = urlsplit(address or "")
    host = parts.hostname or ""
    is_own = any(f".{host}".endswith(f".{each.lower()}") for each in hosts)
    is_plain = "@" not in parts.netloc and "\\" not in parts.netloc
    return address if is_own and is_plain and paths.fullmatch(parts.path) else None


async def watched_or_refused(request: ScanRequest, *sources: Found, otherwise: str) -> Found:
    """What ``sources`` find.

    Raises:
        NotSupported: there are none; says ``otherwise``.
    """
    if not sources:
        raise NotSupported(otherwise)
    async with aclosing(gathered(request, *sources)) as found:
        async for item in found:
            yield item


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """What of one platform a niche may watch by its address.

    Attributes:
        hosts: the platform's; with their subdomains.
        videos: paths of single videos, which a person chose by their address.
        lists: paths of channels and the like; None where there are none to watch.
        deadline_s: for one address.
        most: newest videos of a list; each is asked for.
        titles: which fields may name a video, the first that does.
        wrong: what an address is that is none of these.
        remedy: which to give instead.
    """

    hosts: Collection[str]
    videos: re.Pattern[str]
    lists: re.Pattern[str] | None = None
    deadline_s: float
    most: int = 1
    titles: Sequence[str] = ("title",)
    wrong: str
    remedy: str

    def look(self, address: str, *, given: str, limit: int) -> Look:
        """How to look at ``address``, which was ``given`` in the words of the niche.

        Raises:
            BadInput: it is no address of the platform, or of something else there.
        """
        url = own_address(address, hosts=self.hosts, paths=self.videos)
        if url is not None:
            return Look(url=url, deadline_s=self.deadline_s, is_single=True, titles=self.titles)
        if self.lists is not None:
            url = own_address(address, hosts=self.hosts, paths=self.lists)
        if url is None:
            raise BadInput(given, reason=self.wrong, remedy=self.remedy)
        most = min(limit, self.most)
        return Look(url=url, deadline_s=self.deadline_s, limit=most, titles=self.titles)


class WatchingScanner:
    """A scanner of watched addresses alone: of a platform that offers no search.

    Attributes:
        platform: name of the scanner.
        nothing_watched: what a person may do where nothing is watched.
    """

    platform: ClassVar[str]
    nothing_watched: ClassVar[str]

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what each watched address gives, in the niche's order.

        Raises:
            NotSupported: nothing is watched.
        """
        sources = (self.watched(each, request, tools) for each in request.watched)
        return watched_or_refused(request, *sources, otherwise=self.nothing_watched)

    async def watched(self, given: str, request: ScanRequest, tools: ScanTools) -> Found:
        """The videos at one address."""
        look = self._addresses.look(self.address(given), given=given, limit=request.limit)
        for item in await look.videos(self.platform, tools):
            yield item

    def address(self, given: str) -> str:
        """The address that the niche's words stand for: themselves, unless a scanner says so."""
        return given
