"""Statements on ``approvals``, append-only."""

import sqlalchemy as sa

from viral_forge_resources.contracts.publishing import Approval
from viral_forge_resources.state.rows import read_one, to_row
from viral_forge_resources.state.tables import approvals


def record(connection: sa.Connection, approval: Approval) -> None:
    """Remember a person's yes or no; what was said before stays on record."""
    connection.execute(sa.insert(approvals), to_row(approval))


def current(connection: sa.Connection, content_sha256: str) -> Approval | None:
    """The newest word on these bytes, None while nobody spoke."""
    newest_first = (approvals.c.decided_at.desc(), approvals.c.approval_id.desc())
    statement = sa.select(approvals).where(approvals.c.content_sha256 == content_sha256)
    return read_one(connection, Approval, statement.order_by(*newest_first).limit(1))
