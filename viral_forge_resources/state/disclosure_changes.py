"""Statements on ``disclosure_changes``, append-only."""

import sqlalchemy as sa

from viral_forge_resources.contracts.disclosures import DisclosureChange
from viral_forge_resources.state.rows import read_all, to_row
from viral_forge_resources.state.tables import disclosure_changes


def record(connection: sa.Connection, change: DisclosureChange) -> None:
    """Remember what a person said; what was said before stays on record."""
    connection.execute(sa.insert(disclosure_changes), to_row(change))


def of_post(
    connection: sa.Connection, content_sha256: str, publication_id: str
) -> tuple[DisclosureChange, ...]:
    """What was said of these bytes or of that post of them, the newest last."""
    of = disclosure_changes.c
    statement = (
        sa.select(disclosure_changes)
        .where(of.content_sha256 == content_sha256)
        .where(of.publication_id.is_(None) | (of.publication_id == publication_id))
        .order_by(of.decided_at, of.disclosure_change_id)
    )
    return read_all(connection, DisclosureChange, statement)
