"""Scans YouTube for one of its two kinds of videos: what both scanners share."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from viral_forge_resources.contracts.errors import NoCredentials, QuotaSpent, ViralForgeError
from viral_forge_resources.contracts.scanning import ScanRequest, ScanTools, Unusable
from viral_forge_resources.contracts.web import Pace, WebRequest
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import entries, inside
from viral_forge_resources.platforms.youtube_answers import (
    NO_ID,
    Splitter,
    Spotted,
    counted_anew,
    from_api,
    from_ytdlp,
    known_id,
)
from viral_forge_resources.platforms.youtube_api import MOST_IDS, YoutubeApi, YoutubeSettings
from viral_forge_resources.platforms.youtube_feeds import feed_params, from_feed

_Spotted = AsyncGenerator[Spotted | Unusable, None]
_GONE = Unusable(reason="is private, or gone")
_NOT_RECOUNTED = Unusable(reason="is known, and not counted anew: the day's allowance is spent")
_GENTLY = Pace(at_once=2, apart_s=0.1)


class YoutubeScanner:
    """Watches channels and playlists by their feeds, and searches with the Data API.

    ``watched``: channel ids (``UC…``), playlist ids (``PL…``), or addresses that hold one. Their
    feeds need no key and no quota; with a key the API tells the rest of each video.
    """

    platform: ClassVar[str]
    is_for_shorts: ClassVar[bool]

    def __init__(self, settings: YoutubeSettings) -> None:
        self._settings = settings
        key = settings.api_key
        self._api = None if key is None else YoutubeApi(settings, key)

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield the watched channels' newest videos, then what the queries find.

        Raises:
            NoCredentials: there are queries, no key, and yt-dlp may not search.
            QuotaSpent: the day's searches are used up, and yt-dlp may not search.
        """
        scan = _Scan(self.platform, self._settings, self._api, request, tools)
        splitter, told = Splitter(), set[str]()
        spotted = [scan.watched(channel) for channel in request.watched]
        # YouTube's "short" is below 4 minutes; none of its other lengths starts above a Short's 3.
        duration = "short" if self.is_for_shorts else "any"
        spotted += [scan.searched(query, duration) for query in request.queries]
        sources = [self._ours(source, splitter, told) for source in spotted]
        if sources and self._api is not None:
            sources.append(scan.recounted(self._api, told))
        return gathered(request, *sources)

    async def _ours(self, source: _Spotted, splitter: Splitter, told: set[str]) -> Found:
        async with aclosing(source):
            async for item in source:
                if isinstance(item, Unusable):
                    yield item
                elif splitter.is_short(item) is self.is_for_shorts:
                    told.add(item.video.platform_video_id)
                    yield item.video


@dataclass(frozen=True, slots=True)
class _Scan:
    """One scan: the ways in which YouTube is asked."""

    platform: str
    settings: YoutubeSettings
    api: YoutubeApi | None
    request: ScanRequest
    tools: ScanTools

    async def watched(self, channel: str) -> _Spotted:
        """The newest videos of a channel or playlist."""
        answer = await self.tools.web.send(
            WebRequest(
                url=str(self.settings.feed_url),
                params=feed_params(channel),
                pace=_GENTLY,
                is_conditional=True,
            )
        )
        found = list(from_feed(answer, platform=self.platform, seen_at=datetime.now(UTC)))
        try:
            detailed = found if self.api is None else await self._retold(self.api, found)
        except ViralForgeError:
            for item in found:  # what the feed says is as true, only less
                yield item
            raise
        for item in detailed:
            yield item

    async def searched(self, query: str, duration: str) -> _Spotted:
        """What YouTube finds for a query."""
        try:
            async with aclosing(self._found(query, duration)) as found:
                async for item in found:
                    yield item
        except (NoCredentials, QuotaSpent):
            if not self.settings.searches_with_ytdlp:
                raise
            for item in await self._listed(query):
                yield item

    async def recounted(self, api: YoutubeApi, told: Collection[str]) -> Found:
        """The videos that earlier scans saw, counted anew, but for those in ``told``.

        Searches show what is new; how fast a video rises shows when it is counted again. That has
        an allowance of its own, without which a scan that found something is no failure.
        """
        known = await self.tools.known(
            self.request.niche,
            self.platform,
            since=self.request.since,
            most=self.settings.most_recounted,
        )
        left = {each.platform_video_id: each for each in known}
        video_ids = [video_id for video_id in left if video_id not in told]
        for start in range(0, len(video_ids), MOST_IDS):
            try:
                some = video_ids[start : start + MOST_IDS]
                items = await api.statistics(self.tools.web, some)
            except QuotaSpent:
                for _ in video_ids[start:]:
                    yield _NOT_RECOUNTED
                return
            for item in items:
                video_id = known_id(inside(item, "id"))
                if video_id is None:
                    yield NO_ID
                elif (video := left.pop(video_id, None)) is not None:
                    yield counted_anew(video, item, seen_at=datetime.now(UTC))

    async def _found(self, query: str, duration: str) -> _Spotted:
        if self.api is None:
            raise NoCredentials(
                "YouTube's search needs a key: set VIRAL_FORGE_YOUTUBE_API_KEY, or let yt-dlp "
                "search with VIRAL_FORGE_YOUTUBE_SEARCHES_WITH_YTDLP=true."
            )
        pages = self.api.search(self.tools.web, query, self.request, duration=duration)
        async with aclosing(pages):
            async for video_ids in pages:
                for item in await self._told(self.api, video_ids):
                    yield item

    async def _retold(
        self, api: YoutubeApi, found: Sequence[Spotted | Unusable]
    ) -> list[Spotted | Unusable]:
        """What the API tells of a feed's videos; what their links say of them stays."""
        by_link = {
            each.video.platform_video_id: each.is_short
            for each in found
            if isinstance(each, Spotted)
        }
        told = await self._told(api, list(by_link))
        return [each for each in found if isinstance(each, Unusable)] + [
            each
            if isinstance(each, Unusable)
            else replace(each, is_short=by_link.get(each.video.platform_video_id))
            for each in told
        ]

    async def _told(
        self, api: YoutubeApi, video_ids: Sequence[str | None]
    ) -> list[Spotted | Unusable]:
        """What the API tells of the videos, in their order."""
        known = [each for each in map(known_id, video_ids) if each is not None]
        told: list[Spotted | Unusable] = [NO_ID] * (len(video_ids) - len(known))
        by_id: dict[str, Spotted | Unusable] = dict.fromkeys(known, _GONE)
        for start in range(0, len(known), MOST_IDS):
            for item in await api.details(self.tools.web, known[start : start + MOST_IDS]):
                video_id = known_id(inside(item, "id"))
                seen = from_api(item, platform=self.platform, seen_at=datetime.now(UTC))
                if video_id in by_id:
                    by_id[video_id] = seen
        return [*told, *by_id.values()]

    async def _listed(self, query: str) -> list[Spotted | Unusable]:
        """What a search with yt-dlp finds."""
        most = min(self.settings.ytdlp_results, self.request.limit)
        answer = await self.tools.workers.run(
            "ytdlp",
            {
                "url": f"ytsearch{most}:{query}",
                "limit": most,
                "is_full": True,
                "approximate_dates": True,
            },
            deadline_s=self.settings.ytdlp_deadline_seconds,
        )
        found = (
            from_ytdlp(
                entry,
                platform=self.platform,
                since=self.request.since,
                seen_at=datetime.now(UTC),
            )
            for entry in entries(answer, name="yt-dlp's search of YouTube")
        )
        return [each for each in found if each is not None]
