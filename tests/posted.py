"""Live posts and what was read of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tests import builders
from tests.builders import NOW, post_metric, save_publication, sha256
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.state import clips, post_metrics, tables


def publish(
    state: sa.Engine,
    number: int,
    *,
    at: datetime = NOW,
    recipe: str | None = None,
    read: Iterable[tuple[float, str, float | None]] = (),
    **post: Any,
) -> None:
    """The post of a video, live, and what was read of it: hours, metric, value."""
    duration_s = post.pop("duration_s", 30.0)
    key, content = f"cooking:inbox:video-{number}", sha256(f"clip {number}")
    row = save_publication(state, candidate_key=key, content_sha256=content, **post)
    with state.begin() as connection:
        if recipe:
            made = builders.clip(
                candidate_key=key,
                content_sha256=content,
                storage_key=f"{number}.mp4",
                recipe=f"{recipe}@1",
                duration_s=duration_s,
            )
            clips.record(connection, made)
        connection.execute(
            sa.update(tables.publications)
            .where(tables.publications.c.publication_id == row.publication_id)
            .values(state=PublicationState.PUBLISHED, published_at=at)
        )
        for age_h, name, value in read:
            told = post_metric(
                publication_id=row.publication_id,
                metric=name,
                value=value,
                unit="ratio",
                as_of=at + timedelta(hours=age_h),
                reason=None if value is not None else "the source leaves it out",
            )
            post_metrics.append(connection, [told])
