"""Learns the ids of live posts that platforms told only after the posts went out."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.errors import NotFound, ViralForgeError
from viral_forge_resources.contracts.publishing import (
    MetricsReader,
    Publication,
    Published,
    TellsLate,
)
from viral_forge_resources.state import publications as publications_state

_LOGGER = logging.getLogger(__name__)
_MOST_OF_A_CHANNEL = 25
"""In one round: TikTok answers 30 such questions a minute, and posting asks them, too."""


def with_late_ids(
    state: sa.Engine, readers: Mapping[str, MetricsReader], posts: Sequence[Publication]
) -> list[Publication]:
    """``posts`` as they are known now: an id that was told since is kept, once.

    What fails is in no reading's way: it is asked for again when the post is read next.
    """
    found = dict(_told(readers, posts))
    if not found:
        return list(posts)
    kept = {}
    with state.begin() as connection:
        for post in posts:
            published = found.get(post.publication_id)
            if published and publications_state.rename(connection, post, published):
                kept[post.publication_id] = publications_state.get(connection, post.publication_id)
    return [kept.get(post.publication_id) or post for post in posts]


def _told(
    readers: Mapping[str, MetricsReader], posts: Iterable[Publication]
) -> Iterator[tuple[str, Published]]:
    nameless: defaultdict[str, list[Publication]] = defaultdict(list)
    for post in posts:
        reader = readers.get(post.channel_id.partition(":")[0])
        if isinstance(reader, TellsLate) and reader.lacks_id(post):
            nameless[post.channel_id].append(post)
    for channel_id, of_channel in nameless.items():
        reader = readers[channel_id.partition(":")[0]]
        if isinstance(reader, TellsLate):
            yield from _told_of_channel(reader, of_channel)


def _told_of_channel(
    reader: TellsLate, posts: Sequence[Publication]
) -> Iterator[tuple[str, Published]]:
    """The newest posts first: an id comes within hours, or when a person makes the post public."""
    for post in sorted(posts, key=_moment, reverse=True)[:_MOST_OF_A_CHANNEL]:
        try:
            published = reader.told_since(post)
        except NotFound as error:
            _LOGGER.warning("%s: its id will not be told: %s", post.publication_id, error)
            continue
        except ViralForgeError as error:
            _LOGGER.warning("%s: no id was told: %s", post.publication_id, error)
            return
        if published is not None:
            yield post.publication_id, published


def _moment(post: Publication) -> datetime:
    return post.published_at or post.planned_at
