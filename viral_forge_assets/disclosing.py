"""What people say about what viewers of posts are told."""

from dataclasses import replace

import sqlalchemy as sa

from viral_forge_resources.contracts.disclosures import (
    DisclosureChange,
    disclosure_of,
    flags_of,
)
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.state import disclosure_changes as disclosure_changes_state
from viral_forge_resources.state import publications as publications_state

_WAITING = frozenset({PublicationState.PLANNED, PublicationState.APPROVED})


def change_disclosure(
    connection: sa.Connection, target: str, change: DisclosureChange
) -> tuple[Publication, ...]:
    """The posts that wait and tell so now.

    Args:
        connection: in a transaction of the caller's.
        target: a publication's id, or the content hash of a clip for all posts of it.
        change: what is said; the ids in it are found here.

    Raises:
        BadInput: it is about nothing that waits, or takes something away without a reason.
    """
    if not change.is_told and not (change.why or "").strip():
        raise BadInput(
            target,
            reason=f"would not tell viewers of {change.flag} for no reason",
            remedy="Say with --why what makes it unnecessary; it stays on record.",
        )
    post = publications_state.get(connection, target)
    rows = (post,) if post else publications_state.of_content(connection, target)
    waiting = [row for row in rows if row.state in _WAITING]
    if not waiting:
        raise BadInput(
            target,
            reason="names no post that waits, nor a clip of one",
            remedy="`viral-forge queue show` names them; a live post is changed on its platform.",
        )
    disclosure_changes_state.record(
        connection,
        replace(
            change,
            content_sha256=waiting[0].content_sha256,
            publication_id=post.publication_id if post else None,
        ),
    )
    return tuple(_changed(connection, row, change) for row in waiting)


def _changed(connection: sa.Connection, row: Publication, change: DisclosureChange) -> Publication:
    before = flags_of(row.disclosure)
    after = before | {change.flag} if change.is_told else before - {change.flag}
    disclosure = disclosure_of(after)
    publications_state.tell(connection, row.publication_id, disclosure)
    return replace(row, disclosure=disclosure)
