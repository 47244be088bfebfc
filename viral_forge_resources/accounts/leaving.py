"""Gives access back."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from viral_forge_resources.accounts.keeping import SqlAccounts, lock_name
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.contracts.errors import NotSupported
from viral_forge_resources.contracts.oauth import Login, StoredAccount
from viral_forge_resources.state import oauth_tokens
from viral_forge_resources.state.locks import alone


@dataclass(frozen=True, slots=True)
class Leaver:
    """Ends the access to accounts.

    Attributes:
        open_login: the login of a platform.
    """

    engine: sa.Engine
    vault: Vault
    open_login: Callable[[str], Login]

    def leave(self, channel_id: str, *, is_forgetting: bool = False) -> str:
        """End the access at the platform, then delete what is stored; says what was done.

        Args:
            channel_id: whose account.
            is_forgetting: delete without telling the platform.

        Raises:
            Misconfigured: no key opens the tokens.
            Transient: the platform did not answer; nothing was deleted.
        """
        with alone(self.engine, lock_name(channel_id)):
            with self.engine.connect() as connection:
                account = oauth_tokens.get(connection, channel_id)
            if account is None:
                return "no account was connected"
            said = "the access was not taken back at the platform"
            if not is_forgetting:
                said = self._give_back(account)
            with self.engine.begin() as connection:
                oauth_tokens.remove(connection, channel_id)
        return said

    def _give_back(self, account: StoredAccount) -> str:
        with self.engine.connect() as connection:
            shared = oauth_tokens.of_grantor(connection, account.platform, account.grantor_id)
        others = [each.channel_id for each in shared if each.channel_id != account.channel_id]
        if others:
            return (
                f"{account.platform} was not told: the same consent opens {', '.join(others)}, too"
            )
        accounts = SqlAccounts(self.engine, self.vault, self.open_login)
        try:
            self.open_login(account.platform).revoke(accounts.grant_of(account))
        except NotSupported as error:
            return f"delete the access yourself: {error}"
        return f"{account.platform} has taken the access to {account.account_name} back"
