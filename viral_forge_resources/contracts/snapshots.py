"""Which readings of a post's results are still to be taken, and what became of the others."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SnapshotState(StrEnum):
    """Where one reading at one age stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    MISSED = "missed"  # never made up for: nobody knows any more what the number was then


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One reading of one post at one age.

    Attributes:
        age_hours: how old the post is then.
        due_at: not before this moment; later than the age where a try was put off.
        attempts: readings that failed; what a spent quota put off is no attempt.
        reason: why it was put off or missed.
    """

    publication_id: str
    age_hours: int
    channel_id: str
    due_at: datetime
    state: SnapshotState = SnapshotState.WAITING
    attempts: int = 0
    taken_at: datetime | None = None
    reason: str | None = None
