"""A post's page: its numbers, and the way from them back to the source and the right to it."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from viral_forge_assets.domain.origin_words import (
    clip_cost_words,
    number_words,
    recipe_words,
    revenue_words,
    right_words,
    source_words,
)
from viral_forge_resources.contracts.lineage import Lineage
from viral_forge_resources.contracts.metrics import ESTIMATED_REVENUE, VIEWS, position_of
from viral_forge_resources.contracts.publishing import PostMetric
from viral_forge_resources.contracts.records import Artefact, ArtefactKind
from viral_forge_resources.state import artefacts, lineage


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """A post with everything that it came from.

    Attributes:
        numbers: the newest of each, views first, without the points of its retention curve.
        curve_points: how many points that curve has.
        clip: the file that was posted, if it is still kept.
        files: of its candidate that are kept, by kind.
    """

    post: Lineage
    numbers: tuple[PostMetric, ...]
    curve_points: int
    clip: Artefact | None
    files: Mapping[ArtefactKind, Artefact]

    @property
    def words(self) -> Mapping[str, str]:
        """What ``viral-forge explain`` says, by subject."""
        return {
            "recipe": recipe_words(self.post),
            "source": source_words(self.post),
            "right": right_words(self.post),
            "cost": clip_cost_words(self.post),
            "revenue": revenue_words(self.post, self.numbers),
        }

    @property
    def rows(self) -> tuple[tuple[str, str, PostMetric], ...]:
        """Name, value and reading of each number but the revenue, which stands by itself."""
        return tuple(
            (each.metric.replace("_", " "), number_words(each), each)
            for each in self.numbers
            if each.metric != ESTIMATED_REVENUE
        )


def post_page(connection: sa.Connection, publication_id: str) -> PostPage | None:
    """All about a post; None where there is none of that id."""
    post = lineage.of_publication(connection, publication_id)
    if post is None:
        return None
    newest = lineage.newest_numbers(connection, publication_id)
    numbers = sorted(newest, key=lambda each: (each.metric != VIEWS, each.metric))
    files = {
        file.kind: file
        for file in artefacts.of_candidate(connection, post.candidate_key)
        if file.clip_number in {post.clip_number, None}
    }
    clip = files.get(ArtefactKind.CLIP)
    return PostPage(
        post=post,
        numbers=tuple(each for each in numbers if position_of(each.metric) is None),
        curve_points=sum(position_of(each.metric) is not None for each in numbers),
        clip=clip if clip is not None and clip.sha256 == post.content_sha256 else None,
        files=files,
    )
