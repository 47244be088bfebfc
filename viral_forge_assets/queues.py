"""What goes out when and where: for people who plan posts."""

from collections import Counter
from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.metadata import markdown_table, table_metadata
from viral_forge_assets.post_words import moment, state_words
from viral_forge_resources.state import queues as queues_state
from viral_forge_resources.state.queues import QueuedPost

_MOST_ROWS = 200


@dg.asset(key_prefix="publication", group_name="publication", kinds={"sql"})
def posting_queue(
    context: dg.AssetExecutionContext, state: dg.ResourceParam[sa.Engine]
) -> dg.MaterializeResult[None]:
    """What goes out when, where and approved by whom, the next first: the outbox at this moment.

    The first 200 posts that wait or are under way; `viral-forge queue show` shows them live.
    """
    with state.connect() as connection:
        rows = queues_state.queued(connection, limit=_MOST_ROWS)
    by_state = Counter(row.state.value for row in rows)
    late = sum(row.due_at < datetime.now(UTC) for row in rows)
    facts = table_metadata(rows=len(rows), rows_read=len(rows), rows_new=0)
    return dg.MaterializeResult(
        metadata=facts
        | {"posts": markdown_table([shown(row) for row in rows])}
        | {"their_time_has_come": late}
        | {f"{name}": count for name, count in sorted(by_state.items())}
    )


def shown(row: QueuedPost) -> dict[str, object]:
    """A row as people read it."""
    return {
        "goes out": moment(row.due_at),
        "channel": row.channel_id,
        "state": state_words(row.state),
        "approved by": row.approved_by or "nobody yet",
        "title": row.title,
        "reason": _reason(row) or None,
        "priority": row.priority,
        "clip": f"{row.candidate_key} #{row.clip_number}",
        "post": row.publication_id,
    }


def _reason(row: QueuedPost) -> str:
    waits = row.halted_because and f"its channel has stopped: {row.halted_because}"
    return "; ".join(filter(None, (waits, row.reason)))
