"""Gives out access tokens, and refreshes them: one process at a time, stored before first use.

No transaction is open while a platform is asked. A refresh is marked before it begins: where its
answer is lost with the process, what comes next can say so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from viral_forge_resources.accounts.explaining import (
    reauthorisation,
    why_ended,
    why_unrefreshable,
)
from viral_forge_resources.accounts.timing import is_due, is_good, may_refresh
from viral_forge_resources.accounts.vault import Sealed, Vault
from viral_forge_resources.contracts.accounts import AT_LEAST, AccessToken, Refreshed
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    Permanent,
    ReauthorisationNeeded,
    Transient,
    ViralForgeError,
)
from viral_forge_resources.contracts.oauth import (
    AccountState,
    Grant,
    GrantEnded,
    Login,
    StoredAccount,
)
from viral_forge_resources.state import oauth_tokens
from viral_forge_resources.state.locks import alone

_NOBODY = "nobody connected an account"


def lock_name(channel_id: str) -> str:
    """What is held while the tokens of a channel change."""
    return f"account {channel_id}"


@dataclass(frozen=True, slots=True)
class SqlAccounts:
    """``Accounts`` and ``TokenKeeper`` over the state database.

    Attributes:
        open_login: the login of a platform.
    """

    engine: sa.Engine
    vault: Vault
    open_login: Callable[[str], Login]

    def access_token(self, channel_id: str, *, at_least: timedelta = AT_LEAST) -> AccessToken:
        """See ``Accounts``."""

        def is_fine(account: StoredAccount) -> bool:
            return is_good(
                account.issued_at, account.expires_at, now=datetime.now(UTC), at_least=at_least
            )

        account = self._connected(channel_id)
        if is_fine(account):
            return self._token(account)
        return self._refreshed(channel_id, is_fine=is_fine, at_least=at_least)

    def refused(self, channel_id: str, token: AccessToken) -> AccessToken:
        """See ``Accounts``."""
        return self._refreshed(
            channel_id, is_fine=lambda account: self._token(account).value != token.value
        )

    def due(self, *, ahead: timedelta) -> tuple[str, ...]:
        """See ``TokenKeeper``."""
        with self.engine.connect() as connection:
            accounts = oauth_tokens.all_accounts(connection)
        return tuple(
            account.channel_id
            for account in accounts
            if account.state is AccountState.CONNECTED and self._is_due(account, ahead=ahead)
        )

    def refresh_due(self, *, ahead: timedelta) -> tuple[Refreshed, ...]:
        """See ``TokenKeeper``."""
        due = self.due(ahead=ahead)
        if due:
            self.vault.require_key()
        return tuple(self._refresh_if_due(channel_id, ahead=ahead) for channel_id in due)

    def _refresh_if_due(self, channel_id: str, *, ahead: timedelta) -> Refreshed:
        try:
            self._refreshed(
                channel_id, is_fine=lambda account: not self._is_due(account, ahead=ahead)
            )
        except ReauthorisationNeeded as error:
            return Refreshed(channel_id=channel_id, error=str(error), has_ended=True)
        except ViralForgeError as error:
            return Refreshed(channel_id=channel_id, error=f"{channel_id}: {error}")
        return Refreshed(channel_id=channel_id)

    def _is_due(self, account: StoredAccount, *, ahead: timedelta) -> bool:
        manners = self.open_login(account.platform).manners
        return is_due(account, manners, now=datetime.now(UTC), ahead=ahead)

    def _connected(self, channel_id: str) -> StoredAccount:
        with self.engine.connect() as connection:
            account = oauth_tokens.get(connection, channel_id)
        if account is None:
            raise reauthorisation(channel_id, _NOBODY)
        if account.state is AccountState.REAUTHORISE:
            raise reauthorisation(channel_id, account.reason or "access has ended")
        return account

    def _token(self, account: StoredAccount) -> AccessToken:
        return AccessToken(
            value=self.grant_of(account).access_token,
            account_id=account.account_id,
            expires_at=account.expires_at,
            scopes=frozenset(account.scopes),
        )

    def grant_of(self, account: StoredAccount) -> Grant:
        """What is sealed in the row.

        Raises:
            Misconfigured: no key opens it.
        """
        sealed = Sealed(text=account.sealed, key_id=account.key_id)
        secrets = self.vault.open(account.channel_id, sealed)
        return Grant(
            access_token=secrets["access_token"] or "",
            issued_at=account.issued_at,
            expires_at=account.expires_at,
            refresh_token=secrets["refresh_token"],
            refresh_expires_at=account.refresh_expires_at,
            scopes=frozenset(account.scopes),
        )

    def _refreshed(
        self,
        channel_id: str,
        *,
        is_fine: Callable[[StoredAccount], bool],
        at_least: timedelta | None = None,
    ) -> AccessToken:
        """A token that is fine, whoever refreshed it.

        Args:
            channel_id: whose.
            is_fine: the token needs no refresh; asked again once nobody else is at it.
            at_least: where the platform gives no other now, one that is good for so long will do;
                None: none will.
        """
        with alone(self.engine, lock_name(channel_id)):
            account = self._connected(channel_id)
            if is_fine(account):
                return self._token(account)
            old = self.grant_of(account)  # before anything is marked: a wrong key changes nothing
            now = datetime.now(UTC)
            login = self.open_login(account.platform)
            if not may_refresh(account, login.manners, now=now):
                return self._as_it_is(account, is_enough=at_least is not None, now=now)
            with self.engine.begin() as connection:
                oauth_tokens.mark_refreshing(connection, account, now=now)
            try:
                fresh = login.refresh(account.account_id, old)
            except GrantEnded as error:
                return self._ended(
                    account, why_ended(account, login.manners, refusal=str(error), now=now)
                )
            except Transient:
                if at_least is None or _is_over(account, now + at_least):
                    raise
                return self._token(account)
            except (Misconfigured, Permanent) as error:
                self._note(account, str(error))
                raise
            return self._store(account, login, _merged(old, fresh))

    def _as_it_is(self, account: StoredAccount, *, is_enough: bool, now: datetime) -> AccessToken:
        """Nothing prolongs this token: it is used for as long as it lasts."""
        if is_enough and not _is_over(account, now):
            return self._token(account)
        return self._ended(account, why_unrefreshable(account, now=now))

    def _ended(self, account: StoredAccount, reason: str) -> AccessToken:
        """Read once more before the owner is sent for: somebody may have stored another token."""
        with self.engine.begin() as connection:
            has_ended = oauth_tokens.end(connection, account, reason=reason)
        if has_ended:
            raise reauthorisation(account.channel_id, reason)
        return self._token(self._connected(account.channel_id))

    def _note(self, account: StoredAccount, reason: str) -> None:
        with self.engine.begin() as connection:
            oauth_tokens.change(connection, account, reason=reason, refreshing_since=None)

    def _store(self, account: StoredAccount, login: Login, grant: Grant) -> AccessToken:
        """The grant's token, once it is stored."""
        after = with_grant(account, grant, vault=self.vault, asked=login.manners.scopes)
        with self.engine.begin() as connection:
            current = oauth_tokens.get(connection, account.channel_id)
            if current is not None and current.version == account.version:
                oauth_tokens.save(connection, after)
        return self._token(self._connected(account.channel_id))


def with_grant(
    account: StoredAccount, grant: Grant, *, vault: Vault, asked: dict[str, str]
) -> StoredAccount:
    """The row with ``grant`` in place of what it held; ``asked`` are the scopes it could have."""
    secrets = {"access_token": grant.access_token, "refresh_token": grant.refresh_token}
    sealed = vault.seal(account.channel_id, secrets)
    return replace(
        account,
        state=AccountState.CONNECTED,
        reason=None,
        scopes=tuple(sorted(grant.scopes)),
        missing_scopes=tuple(scope for scope in asked if scope not in grant.scopes),
        issued_at=grant.issued_at,
        expires_at=grant.expires_at,
        refresh_expires_at=grant.refresh_expires_at,
        has_refresh_token=grant.refresh_token is not None,
        refreshing_since=None,
        sealed=sealed.text,
        key_id=sealed.key_id,
        version=account.version + 1,
    )


def _merged(old: Grant, fresh: Grant) -> Grant:
    """What is not given anew stays as it was: above all, the refresh token."""
    if fresh.refresh_token is not None:
        return replace(fresh, scopes=fresh.scopes or old.scopes)
    return replace(
        fresh,
        refresh_token=old.refresh_token,
        refresh_expires_at=fresh.refresh_expires_at or old.refresh_expires_at,
        scopes=fresh.scopes or old.scopes,
    )


def _is_over(account: StoredAccount, moment: datetime) -> bool:
    return account.expires_at is not None and account.expires_at <= moment
