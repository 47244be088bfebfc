"""How a refused submission is recovered from, and what follows a live post."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotPermitted,
    OutcomeUnknown,
    Permanent,
    RateLimited,
    ReauthorisationNeeded,
    Transient,
    ViralForgeError,
)
from viral_forge_resources.contracts.publishing import Post, PublicationState, Published

_S = PublicationState


class Recovery(StrEnum):
    """What helps after a platform's refusal; every publisher's table of errors speaks in these."""

    RETRY_SAME = "retry the same request"
    RETRY_AFTER = "wait, then retry"
    RESYNC_OFFSET = "ask how much arrived and go on there"
    NEW_SESSION = "begin anew, after making sure that the old one left nothing"
    REFRESH_TOKEN = "another token"  # noqa: S105
    REAUTH_USER = "a person must act on the account or the settings"
    FIX_REQUEST = "this post will never be taken as it is"
    RECONCILE = "look whether it took effect"


RECOVERIES: Mapping[type[ViralForgeError], Recovery] = MappingProxyType(
    {
        OutcomeUnknown: Recovery.RECONCILE,
        ReauthorisationNeeded: Recovery.REAUTH_USER,
        Misconfigured: Recovery.REAUTH_USER,
        NotPermitted: Recovery.REAUTH_USER,
        RateLimited: Recovery.RETRY_AFTER,
        Transient: Recovery.RETRY_SAME,
        Permanent: Recovery.FIX_REQUEST,
    }
)
"""By what a publisher raises; the nearest class of an error's family counts."""

STATES_AFTER: Mapping[Recovery, PublicationState] = MappingProxyType(
    {
        Recovery.RETRY_SAME: _S.APPROVED,
        Recovery.RETRY_AFTER: _S.APPROVED,
        Recovery.RESYNC_OFFSET: _S.APPROVED,
        Recovery.NEW_SESSION: _S.APPROVED,
        Recovery.REFRESH_TOKEN: _S.APPROVED,
        # A revoked token or a wrong setting says nothing against the post: it waits.
        Recovery.REAUTH_USER: _S.APPROVED,
        Recovery.FIX_REQUEST: _S.REJECTED,
        Recovery.RECONCILE: _S.UNKNOWN,
    }
)
"""What becomes of a publication whose submission ended so."""


def recovery_of(error: ViralForgeError) -> Recovery:
    """What helps; what is no clear answer may have taken effect and is looked up."""
    for kind in type(error).__mro__:
        if kind in RECOVERIES:
            return RECOVERIES[kind]
    return Recovery.RECONCILE


class StepState(StrEnum):
    """Where a step after a live post stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to be added to a live post.

    Attributes:
        step: its name, such as ``captions``.
        reason: why it waits or failed.
    """

    publication_id: str
    step: str
    state: StepState
    attempts: int
    due_at: datetime
    reason: str | None = None


@runtime_checkable
class Finisher(Protocol):
    """A publisher that adds to a post once it is live, such as a cover or captions.

    Whatever becomes of a step, the post stays live.
    """

    def steps(self) -> tuple[str, ...]:
        """Names of what is added to every post, in order."""

    def finish(self, step: str, post: Post, live: Published) -> None:
        """Do one step, if there is anything to add; done twice it comes to the same.

        Raises:
            Transient: it may succeed later.
            ViralForgeError: it will not.
        """
