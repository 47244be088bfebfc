"""Statements on ``thumbnails``: what small pictures of videos look like, by their address."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from viral_forge_resources.contracts.thumbnails import Thumbnail
from viral_forge_resources.state.rows import upsert
from viral_forge_resources.state.tables import thumbnails

_AT_ONCE = 400


def record(connection: sa.Connection, seen: Collection[Thumbnail]) -> None:
    """Remember what was seen, instead of what was known before."""
    for thumbnail in seen:
        row = {
            "url_sha256": _key(thumbnail.url),
            "perceptual_hash": thumbnail.perceptual_hash,
            "reason": thumbnail.reason,
            "hashed_at": thumbnail.hashed_at,
        }
        upsert(connection, thumbnails, row)


def hashes(connection: sa.Connection, urls: Collection[str]) -> dict[str, str]:
    """The perceptual hash of each address that one is known of."""
    return {
        url: row.perceptual_hash for url, row in _known(connection, urls) if row.perceptual_hash
    }


def unknown(
    connection: sa.Connection, urls: Sequence[str], *, tried_before: datetime
) -> tuple[str, ...]:
    """Those of ``urls`` to look at, in their order: new ones, and where that failed before then."""
    settled = {
        url
        for url, row in _known(connection, urls)
        if row.perceptual_hash or row.hashed_at >= tried_before
    }
    return tuple(url for url in dict.fromkeys(urls) if url not in settled)


def _known(connection: sa.Connection, urls: Collection[str]) -> Iterator[tuple[str, sa.Row[Any]]]:
    by_key = {_key(url): url for url in urls}
    keys = sorted(by_key)
    for start in range(0, len(keys), _AT_ONCE):
        some = thumbnails.c.url_sha256.in_(keys[start : start + _AT_ONCE])
        for row in connection.execute(sa.select(thumbnails).where(some)):
            yield by_key[row.url_sha256], row


def _key(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
