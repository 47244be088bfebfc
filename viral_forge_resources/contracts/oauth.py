"""Access that an account's owner gives us: what is stored of it, and what a login does."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from viral_forge_resources.contracts.errors import Permanent
from viral_forge_resources.contracts.quota import Use


class AccountState(StrEnum):
    """Where our access to an account stands."""

    CONNECTED = "connected"
    REAUTHORISE = "reauthorise"


class GrantEnded(Permanent):
    """The platform takes a code or token no more: it was used, revoked or is too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom a platform takes us for.

    Attributes:
        account_id: never changes, however the account is renamed.
        name: for people.
        grantor_id: the person whose consent it is; one person may give several accounts. A
            revocation ends all that this person gave.
    """

    account_id: str
    name: str
    grantor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a platform gave us. Its ``repr`` holds no secret.

    Attributes:
        issued_at: when we asked for it: lifetimes are counted from there.
        expires_at: of the access token; None where the platform sets no end.
        refresh_token: what the next access token is asked for with; None where there is none.
        refresh_expires_at: None where the platform does not say.
        scopes: as granted.
    """

    access_token: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime | None
    refresh_token: str | None = field(default=None, repr=False)
    refresh_expires_at: datetime | None = None
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to log in.

    Attributes:
        state: what the platform hands back unchanged; ties its answer to this attempt.
        verifier: what the challenge was made of.
    """

    redirect_uri: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What a platform's logins have in common, whoever logs in.

    Attributes:
        scopes: what we ask for, and what each is needed for.
        redirect_url: where the platform sends its answer, as registered there; None if the app has
            none that is fixed.
        takes_any_port: answers go to any port of 127.0.0.1 without its being registered.
        refreshes: without a refresh token access would end within hours.
        rotates: a refresh token ends with its use.
        idle: a grant that was not refreshed for so long is, lest it ends unused.
        youngest: a token younger than this cannot be refreshed.
        warn: how long before the end people are told, where nothing can be refreshed.
        testing_life: what a login of an app that is in testing lives for.
        naming: what asking for the accounts of a grant takes out of documented allowances.
        revoke_by_hand: where its owner ends the access, where the platform has no call for that.
    """

    scopes: dict[str, str]
    redirect_url: str | None = None
    takes_any_port: bool = False
    refreshes: bool = True
    rotates: bool = False
    idle: timedelta | None = None
    youngest: timedelta = timedelta(0)
    warn: timedelta = timedelta(days=10)
    testing_life: timedelta | None = None
    naming: tuple[Use, ...] = ()
    revoke_by_hand: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAccount:
    """One row of ``oauth_tokens``: an account's access, its secrets sealed.

    Attributes:
        platform: whose login it came by.
        reason: why it is not connected any more, or what the last refresh met.
        scopes: as granted.
        missing_scopes: asked for and not granted.
        connected_at: when its owner consented last.
        refreshing_since: a refresh began and its answer was not stored yet.
        sealed: the tokens, encrypted.
        key_id: which key they were encrypted with.
        version: counts every change of the tokens.
    """

    channel_id: str
    platform: str
    account_id: str
    account_name: str
    grantor_id: str
    state: AccountState
    reason: str | None
    scopes: tuple[str, ...]
    missing_scopes: tuple[str, ...]
    connected_at: datetime
    issued_at: datetime
    expires_at: datetime | None
    refresh_expires_at: datetime | None
    has_refresh_token: bool
    refreshing_since: datetime | None
    sealed: str = field(repr=False)
    key_id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLogin:
    """An attempt that waits for the platform's answer; its state and verifier are sealed.

    Attributes:
        state_sha256: of the state, which is stored nowhere in clear.
        browser_sha256: of the cookie of the browser that may bring the answer; None in a terminal.
        account_id: which account is wanted where a person has several; None: the only one.
        is_replacing: another account than before is meant.
    """

    state_sha256: str
    channel_id: str
    publisher: str
    name: str
    niche: str
    redirect_uri: str
    browser_sha256: str | None
    account_id: str | None
    is_replacing: bool
    started_at: datetime
    expires_at: datetime
    sealed: str = field(repr=False)
    key_id: str


class Login(Protocol):
    """How one platform lets people give us access; it holds the app's credentials."""

    manners: Manners

    def authorisation_url(self, attempt: Attempt) -> str:
        """The address where a person says yes or no.

        Raises:
            NoCredentials: the app's are not set.
        """

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """What the platform gives for ``code``, which works once.

        Raises:
            GrantEnded: the code was used, is too old, or belongs to another attempt.
            Misconfigured: the platform does not know the app.
            Transient: no answer; the code may be lost.
        """

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """The accounts that the grant opens, each with its own.

        Raises:
            ViralForgeError: the platform does not say.
        """

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """A newer grant of the account. Where it names no refresh token, the old one stays good.

        Raises:
            GrantEnded: only the owner can give access anew.
            Misconfigured: the platform does not know the app.
            Transient: no answer this time.
        """

    def revoke(self, grant: Grant) -> None:
        """End the access at the platform; one that has ended already is no error.

        Raises:
            NotSupported: the owner has to do it; says where.
            Transient: no answer this time.
        """
