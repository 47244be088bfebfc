"""Taking posts down: what was asked for, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from viral_forge_resources.contracts.publishing import Publication


class RetractionState(StrEnum):
    """Where one takedown stands."""

    OPEN = "open"
    BY_HAND = "by_hand"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """One post that is to be seen no more.

    Attributes:
        due_at: while open, when a machine tries next.
        outcome: what came of the last try, for people.
        done_at: when the post was certainly seen no more.
    """

    publication_id: str
    asked_by: str
    asked_at: datetime
    why: str
    state: RetractionState
    due_at: datetime
    attempts: int = 0
    outcome: str | None = None
    done_at: datetime | None = None


class Takedown(StrEnum):
    """What a platform did with a post that is to be seen no more."""

    HIDDEN = "only its owner sees it"
    DELETED = "it is deleted"
    ABSENT = "it was gone already"


@runtime_checkable
class Retractor(Protocol):
    """Takes posts down again."""

    def retract(self, publication: Publication, *, channel: str) -> Takedown:
        """Let nobody see the post; once more does no harm.

        Raises:
            Permanent: the platform does not let us; a person must.
            ReauthorisationNeeded: the account must be connected anew first.
            Transient: no answer this time.
            OutcomeUnknown: the answer was lost; may be tried again.
        """
