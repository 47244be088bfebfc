"""Statements on ``oauth_tokens``."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from viral_forge_resources.contracts.oauth import AccountState, StoredAccount
from viral_forge_resources.state.rows import read_all, read_one, to_row, upsert
from viral_forge_resources.state.tables import oauth_tokens


def get(connection: sa.Connection, channel_id: str) -> StoredAccount | None:
    """The account of the channel."""
    return read_one(
        connection,
        StoredAccount,
        sa.select(oauth_tokens).where(oauth_tokens.c.channel_id == channel_id),
    )


def all_accounts(connection: sa.Connection) -> tuple[StoredAccount, ...]:
    """Every account, by channel."""
    return read_all(
        connection, StoredAccount, sa.select(oauth_tokens).order_by(oauth_tokens.c.channel_id)
    )


def of_account(connection: sa.Connection, platform: str, account_id: str) -> StoredAccount | None:
    """The row of that account, whatever its channel."""
    return read_one(
        connection,
        StoredAccount,
        sa.select(oauth_tokens).where(
            oauth_tokens.c.platform == platform, oauth_tokens.c.account_id == account_id
        ),
    )


def of_grantor(
    connection: sa.Connection, platform: str, grantor_id: str
) -> tuple[StoredAccount, ...]:
    """Every account that this person's consent opens."""
    return read_all(
        connection,
        StoredAccount,
        sa.select(oauth_tokens)
        .where(oauth_tokens.c.platform == platform, oauth_tokens.c.grantor_id == grantor_id)
        .order_by(oauth_tokens.c.channel_id),
    )


def save(connection: sa.Connection, account: StoredAccount) -> None:
    """Remember ``account``, in place of what its channel had."""
    upsert(connection, oauth_tokens, to_row(account))


def change(connection: sa.Connection, account: StoredAccount, **values: Any) -> bool:  # noqa: ANN401
    """Whether the row still was of ``account``'s version; then it has the new values now."""
    statement = (
        sa.update(oauth_tokens)
        .where(
            oauth_tokens.c.channel_id == account.channel_id,
            oauth_tokens.c.version == account.version,
        )
        .values(**values)
    )
    return connection.execute(statement).rowcount == 1


def mark_refreshing(connection: sa.Connection, account: StoredAccount, *, now: datetime) -> bool:
    """Whether the row still was of that version; then it says that a refresh has begun."""
    return change(connection, account, refreshing_since=now)


def end(connection: sa.Connection, account: StoredAccount, *, reason: str) -> bool:
    """Whether the row still was of that version; then its owner has to connect it anew."""
    return change(
        connection,
        account,
        state=AccountState.REAUTHORISE,
        reason=reason,
        refreshing_since=None,
        version=account.version + 1,
    )


def remove(connection: sa.Connection, channel_id: str) -> bool:
    """Whether there was a row of that channel; it is gone now."""
    statement = sa.delete(oauth_tokens).where(oauth_tokens.c.channel_id == channel_id)
    return connection.execute(statement).rowcount == 1
