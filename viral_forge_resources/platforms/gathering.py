"""Puts the answers to several questions to one platform together."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from viral_forge_resources.contracts.errors import NotSupported, ViralForgeError
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest, Unusable
from viral_forge_resources.platforms.reading import is_older

Found = AsyncGenerator[ScannedVideo | Unusable, None]


async def gathered(request: ScanRequest, *sources: Found) -> Found:
    """What ``sources`` find, one asked after the other, as ``request`` wants it.

    Each video once, none older than ``request.since`` unless a person chose it, at most
    ``request.limit``. A source that
    fails takes nothing from the others: its error comes after what they found, the first of
    several.

    Raises:
        NotSupported: there is no source, as the niche has neither queries nor anything to watch.
    """
    if not sources:
        raise NotSupported(
            f"nothing to ask: the niche {request.niche} has no queries for it, and watches nothing "
            "there"
        )
    seen: set[str] = set()
    first: ViralForgeError | None = None
    for source in sources:
        try:
            async with aclosing(_new(source, request, seen)) as found:
                async for item in found:
                    yield item
        except ViralForgeError as error:
            first = first or error
    if first is not None and len(seen) < request.limit:
        raise first


async def _new(source: Found, request: ScanRequest, seen: set[str]) -> Found:
    if len(seen) >= request.limit:
        return
    async with aclosing(source):
        async for item in source:
            if isinstance(item, ScannedVideo):
                is_old = is_older(item.published_at, request.since) and not item.is_hand_picked
                if item.platform_video_id in seen or is_old:
                    continue
                seen.add(item.platform_video_id)
            yield item
            if len(seen) >= request.limit:
                return
