"""Connects a channel with an account: sends a person to the platform, and takes its answer."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from viral_forge_resources.accounts.answers import (
    AGAIN,
    Answer,
    read_answer,
    require_same_way,
    unknown_attempt,
)
from viral_forge_resources.accounts.choosing import Found, chosen, require_its_own
from viral_forge_resources.accounts.keeping import lock_name, with_grant
from viral_forge_resources.accounts.vault import Sealed, Vault
from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    NotPermitted,
    Permanent,
    printable,
)
from viral_forge_resources.contracts.oauth import (
    Account,
    AccountState,
    Attempt,
    Grant,
    Login,
    PendingLogin,
    StoredAccount,
)
from viral_forge_resources.contracts.publishing import Channel
from viral_forge_resources.state import channels, oauth_tokens, pending_logins
from viral_forge_resources.state.locks import alone
from viral_forge_resources.state.quotas import SqlQuotaLedger

LIFE = timedelta(minutes=10)
"""How long an attempt waits for the platform's answer."""

_STATE_BYTES = 32
_VERIFIER_BYTES = 64  # 86 characters; RFC 7636 wants 43 to 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be connected.

    Attributes:
        account: id or name of one of several accounts; None: the one that was there before, or the
            only one.
        is_replacing: another account than before is meant.
    """

    channel: Channel
    account: str | None = None
    is_replacing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt that waits: ``address`` is where the person goes."""

    address: str
    state: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A channel that has its account now.

    Attributes:
        missing: scopes that were not granted, and what each is needed for.
        end: when the access ends unless its owner prolongs it; None: it is prolonged by itself.
    """

    channel_id: str
    account: Account
    missing: dict[str, str]
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Connector:
    """Connects channels.

    Attributes:
        open_login: the login of a platform.
    """

    engine: sa.Engine
    vault: Vault
    open_login: Callable[[str], Login]

    def begin(
        self, wanted: Wanted, *, redirect_uri: str, now: datetime, browser: str | None = None
    ) -> Begun:
        """An attempt whose answer comes to ``redirect_uri``.

        Args:
            wanted: what is to be connected.
            redirect_uri: as the platform knows it.
            now: the moment.
            browser: secret of the browser that alone may bring the answer; None in a terminal.

        Raises:
            NoCredentials: no key, or none of the app's credentials, is set.
        """
        self.vault.require_key()
        attempt = Attempt(
            redirect_uri=redirect_uri,
            state=secrets.token_urlsafe(_STATE_BYTES),
            verifier=secrets.token_urlsafe(_VERIFIER_BYTES),
        )
        address = self.open_login(wanted.channel.publisher).authorisation_url(attempt)
        pending = self._pending(wanted, attempt, now=now, browser=browser)
        with self.engine.begin() as connection:
            pending_logins.remove_expired(connection, now=now)
            pending_logins.add(connection, pending)
        return Begun(address=address, state=attempt.state, expires_at=pending.expires_at)

    def finish(self, returned: str, *, now: datetime, browser: str | None = None) -> Connected:
        """What came of the attempt that the address ``returned`` answers.

        Raises:
            BadInput: it answers no open attempt, or another account than the channel's.
            NotPermitted: the person said no.
            QuotaSpent: the platform would not say today whose account it is; nothing was asked.
            ViralForgeError: the platform gave nothing for it.
        """
        answer = read_answer(returned)
        pending, attempt = self._take(answer, now=now, browser=browser)
        if answer.error is not None:
            raise NotPermitted(
                f"{pending.channel_id} is not connected: {pending.publisher} answered"
                f" {printable(answer.error)}. {AGAIN}"
            )
        login = self.open_login(pending.publisher)
        SqlQuotaLedger(self.engine).take(login.manners.naming, now=now)
        try:
            grant = login.exchange(answer.code, attempt)
        except Misconfigured:
            raise
        except Permanent as error:
            raise BadInput(
                pending.channel_id, reason=f"is not connected: {error}", remedy=AGAIN
            ) from None
        found = login.accounts(grant)
        return self._store(pending, login, found, now=now)

    def _pending(
        self, wanted: Wanted, attempt: Attempt, *, now: datetime, browser: str | None
    ) -> PendingLogin:
        row = _sha256(attempt.state)
        sealed = self.vault.seal(row, {"state": attempt.state, "verifier": attempt.verifier})
        return PendingLogin(
            state_sha256=row,
            channel_id=wanted.channel.channel_id,
            publisher=wanted.channel.publisher,
            name=wanted.channel.name,
            niche=wanted.channel.niche,
            redirect_uri=attempt.redirect_uri,
            browser_sha256=None if browser is None else _sha256(browser),
            account_id=wanted.account,
            is_replacing=wanted.is_replacing,
            started_at=now,
            expires_at=now + LIFE,
            sealed=sealed.text,
            key_id=sealed.key_id,
        )

    def _take(
        self, answer: Answer, *, now: datetime, browser: str | None
    ) -> tuple[PendingLogin, Attempt]:
        """The attempt, and nobody gets it again; one that this is no answer to stays open."""
        row = _sha256(answer.state)
        with self.engine.connect() as connection:
            pending = pending_logins.look(connection, row)
        if pending is not None:
            require_same_way(pending, answer, browser and _sha256(browser))
            with self.engine.begin() as connection:
                pending = pending_logins.take(connection, row)
        if pending is None or pending.expires_at <= now:
            raise unknown_attempt()
        sealed = Sealed(text=pending.sealed, key_id=pending.key_id)
        kept = self.vault.open(row, sealed)
        if not hmac.compare_digest(str(kept["state"]).encode(), answer.state.encode()):
            raise unknown_attempt()
        return pending, Attempt(
            redirect_uri=pending.redirect_uri,
            state=answer.state,
            verifier=str(kept["verifier"]),
        )

    def _store(
        self,
        pending: PendingLogin,
        login: Login,
        found: Found,
        *,
        now: datetime,
    ) -> Connected:
        with alone(self.engine, lock_name(pending.channel_id)), self.engine.begin() as connection:
            before = oauth_tokens.get(connection, pending.channel_id)
            account, grant = chosen(pending, before, found)
            require_its_own(connection, pending, before, account)
            grant = self._kept(grant, before, account)
            _require_lasting(pending, login, grant)
            blank = _blank(pending, account, version=before.version if before else 0, now=now)
            stored = with_grant(blank, grant, vault=self.vault, asked=login.manners.scopes)
            known = channels.get(connection, pending.channel_id)
            channels.save(connection, known or _channel(pending), now=now)
            oauth_tokens.save(connection, stored)
        missing = {scope: login.manners.scopes[scope] for scope in stored.missing_scopes}
        return Connected(
            channel_id=stored.channel_id,
            account=account,
            missing=missing,
            end=None if stored.has_refresh_token else stored.expires_at,
        )

    def _kept(self, grant: Grant, before: StoredAccount | None, account: Account) -> Grant:
        """The grant with the refresh token that was there, where the platform gave no new one."""
        if grant.refresh_token or before is None or before.account_id != account.account_id:
            return grant
        sealed = Sealed(text=before.sealed, key_id=before.key_id)
        return replace(
            grant,
            refresh_token=self.vault.open(before.channel_id, sealed)["refresh_token"],
            refresh_expires_at=grant.refresh_expires_at or before.refresh_expires_at,
        )


def _require_lasting(pending: PendingLogin, login: Login, grant: Grant) -> None:
    if grant.refresh_token is None and login.manners.refreshes:
        raise BadInput(
            pending.channel_id,
            reason=f"is not connected: {pending.publisher} gave no refresh token, so that access"
            " would end within hours",
            remedy="Take the app's access away in the account's settings, then connect again.",
        )


def _blank(
    pending: PendingLogin, account: Account, *, version: int, now: datetime
) -> StoredAccount:
    return StoredAccount(
        channel_id=pending.channel_id,
        platform=pending.publisher,
        account_id=account.account_id,
        account_name=account.name,
        grantor_id=account.grantor_id,
        state=AccountState.CONNECTED,
        reason=None,
        scopes=(),
        missing_scopes=(),
        connected_at=now,
        issued_at=now,
        expires_at=None,
        refresh_expires_at=None,
        has_refresh_token=False,
        refreshing_since=None,
        sealed="",
        key_id="",
        version=version,
    )


def _channel(pending: PendingLogin) -> Channel:
    return Channel(
        channel_id=pending.channel_id,
        publisher=pending.publisher,
        name=pending.name,
        niche=pending.niche,
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
