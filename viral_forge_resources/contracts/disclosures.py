"""What people say about what viewers of a post must be told; the disclosure itself is computed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from viral_forge_resources.contracts.publishing import Disclosure


class Flag(StrEnum):
    """One thing that viewers may have to be told."""

    SYNTHETIC = "synthetic"
    PAID = "paid"
    MADE_FOR_KIDS = "made_for_kids"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureChange:
    """A person adds a flag to a clip's posts, or takes one away.

    Attributes:
        publication_id: of the one post it is about; None: about all of these bytes.
        is_told: False takes the flag away.
        why: never None where it is taken away.
    """

    content_sha256: str
    flag: Flag
    is_told: bool
    decided_by: str
    decided_at: datetime
    publication_id: str | None = None
    why: str | None = None


def flags_of(disclosure: Disclosure) -> frozenset[Flag]:
    """What it tells."""
    told = {
        Flag.SYNTHETIC: disclosure.is_synthetic,
        Flag.PAID: disclosure.is_paid,
        Flag.MADE_FOR_KIDS: disclosure.is_made_for_kids,
    }
    return frozenset(flag for flag, is_told in told.items() if is_told)


def disclosure_of(flags: frozenset[Flag]) -> Disclosure:
    """The disclosure that tells ``flags``."""
    return Disclosure(
        is_synthetic=Flag.SYNTHETIC in flags,
        is_paid=Flag.PAID in flags,
        is_made_for_kids=Flag.MADE_FOR_KIDS in flags,
    )
