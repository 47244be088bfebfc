"""What is to be seen no more, and what became of it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa
from pydantic import Field

from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import markdown_table, table_metadata
from viral_forge_assets.post_words import link
from viral_forge_assets.retracting import Complaint, Retracting, raise_complaint
from viral_forge_resources.contracts.publishing import Publisher
from viral_forge_resources.contracts.retraction import RetractionState
from viral_forge_resources.state import retractions as retractions_state
from viral_forge_resources.state.retractions import ListedTakedown

_MOST_ROWS = 200


class ComplaintConfig(dg.Config):
    """What is to be seen no more; nothing named goes on with what was asked for before."""

    clips: list[str] = Field(default=[], description="Content hashes, or their first 8 digits.")
    sources: list[str] = Field(default=[], description="Candidate keys: all made of that video.")
    holders: list[str] = Field(default=[], description="Rights holders: all made of their works.")
    why: str = Field(default="", description="For those who ask later.")
    asked_by: str = "operator"

    def complaint(self) -> Complaint | None:
        """None where nothing is named."""
        if not (self.clips or self.sources or self.holders):
            return None
        return Complaint(
            why=self.why or "a takedown was asked for",
            asked_by=self.asked_by,
            clips=tuple(self.clips),
            sources=tuple(self.sources),
            holders=tuple(self.holders),
        )


@dg.asset(key_prefix="publication", group_name="publication", kinds={"sql"})
def takedowns(
    context: dg.AssetExecutionContext,
    config: ComplaintConfig,
    state: dg.ResourceParam[sa.Engine],
    publishers: dg.ResourceParam[Mapping[str, Publisher]],
) -> dg.MaterializeResult[None]:
    """Posts that are to be seen no more: taken down by their platforms, or tasks for a person.

    Launched with a clip, a source or a rights holder, every post made of it is found, its rights
    end, and nothing more of it goes out. What no platform lets us take down stands as a task, with
    the post's address, until `viral-forge takedown done` says that a person did.
    """
    complaint = config.complaint()
    with dagster_failures("taking posts down"):
        if complaint is not None:
            with state.begin() as connection:
                reach = raise_complaint(connection, complaint, now=datetime.now(UTC))
            context.log.info("%d posts are to be taken down", len(reach.to_take_down))
        tried = Retracting(state=state, publishers=publishers).work()
        with state.connect() as connection:
            rows = retractions_state.listed(connection, limit=_MOST_ROWS)
    tasks = [row for row in rows if row.state is RetractionState.BY_HAND]
    facts = table_metadata(rows=len(rows), rows_read=tried, rows_new=0)
    return dg.MaterializeResult(
        metadata=facts
        | {"posts": markdown_table([_shown(row) for row in rows]), "tasks": len(tasks)}
        | {"open": sum(row.state is RetractionState.OPEN for row in rows)}
    )


def _shown(row: ListedTakedown) -> dict[str, object]:
    return {
        "state": row.state.value,
        "channel": row.channel_id,
        "post": link(row.post_url) or row.publication_id,
        "title": row.title,
        "why": row.why,
        "asked": f"{row.asked_at:%Y-%m-%d %H:%M} UTC by {row.asked_by}",
        "done": f"{row.done_at:%Y-%m-%d %H:%M} UTC" if row.done_at else "",
        "outcome": row.outcome or "",
    }
