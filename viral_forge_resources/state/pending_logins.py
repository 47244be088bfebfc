"""Statements on ``pending_logins``."""

from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.oauth import PendingLogin
from viral_forge_resources.state.rows import from_row, read_one, to_row
from viral_forge_resources.state.tables import pending_logins


def add(connection: sa.Connection, login: PendingLogin) -> None:
    """Remember an attempt."""
    connection.execute(sa.insert(pending_logins).values(to_row(login)))


def look(connection: sa.Connection, state_sha256: str) -> PendingLogin | None:
    """The attempt of that state, which stays open."""
    return read_one(
        connection,
        PendingLogin,
        sa.select(pending_logins).where(pending_logins.c.state_sha256 == state_sha256),
    )


def take(connection: sa.Connection, state_sha256: str) -> PendingLogin | None:
    """The attempt of that state, which nobody can take a second time."""
    statement = (
        sa.delete(pending_logins)
        .where(pending_logins.c.state_sha256 == state_sha256)
        .returning(*pending_logins.c)
    )
    row = connection.execute(statement).mappings().first()
    return None if row is None else from_row(PendingLogin, row)


def remove_expired(connection: sa.Connection, *, now: datetime) -> int:
    """How many attempts are gone that nobody finished in time."""
    statement = sa.delete(pending_logins).where(pending_logins.c.expires_at <= now)
    return connection.execute(statement).rowcount
