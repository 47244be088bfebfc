"""Which account a channel gets, and why not another."""

import sqlalchemy as sa

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.oauth import Account, Grant, PendingLogin, StoredAccount
from viral_forge_resources.state import oauth_tokens

Found = tuple[tuple[Account, Grant], ...]


def chosen(
    pending: PendingLogin, before: StoredAccount | None, found: Found
) -> tuple[Account, Grant]:
    """The one that was named, else the one that was there before, else the only one.

    Raises:
        BadInput: none of them is; names those that there are.
    """
    if pending.account_id is not None:
        wanted = {pending.account_id.removeprefix("@")}
    elif before is not None and not pending.is_replacing and len(found) > 1:
        wanted = {before.account_id}
    elif len(found) == 1:
        return found[0]
    else:
        wanted = set()
    for account, grant in found:
        if wanted & {account.account_id, account.name.removeprefix("@")}:
            return account, grant
    there_are = ", ".join(f"{account.name} ({account.account_id})" for account, _ in found)
    raise BadInput(
        pending.channel_id,
        reason=f"is not connected: the login opens {there_are}, and it is not clear which is meant",
        remedy="Name one with --account.",
    )


def require_its_own(
    connection: sa.Connection,
    pending: PendingLogin,
    before: StoredAccount | None,
    account: Account,
) -> None:
    """Return if the account may become that of the channel.

    Raises:
        BadInput: the channel has another one, or another channel has it.
    """
    is_another = before is not None and before.account_id != account.account_id
    if before is not None and is_another and not pending.is_replacing:
        raise BadInput(
            pending.channel_id,
            reason=f"is connected with {before.account_name} ({before.account_id}), and this login"
            f" is of {account.name} ({account.account_id})",
            remedy=f"Log in as {before.account_name}; or give {account.name} a channel of its own;"
            " or say that another account is meant (--replace).",
        )
    other = oauth_tokens.of_account(connection, pending.publisher, account.account_id)
    if other is not None and other.channel_id != pending.channel_id:
        raise BadInput(
            pending.channel_id,
            reason=f"is not connected: {account.name} ({account.account_id}) is the account of"
            f" {other.channel_id} already",
            remedy="Log in to another account, or remove that channel first.",
        )
