"""Access to our accounts: what a publisher asks for before it speaks to its platform."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

AT_LEAST = timedelta(minutes=5)
"""How long a token is good for, at the least, unless its user says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A secret that opens one account for a while; its ``repr`` does not hold it.

    Attributes:
        value: goes into a header, never into an address, a log, metadata or an error.
        account_id: whom the platform takes us for: YouTube channel id, TikTok ``open_id``,
            Instagram user id, Facebook page id, Threads, X or Pinterest user id, LinkedIn's
            ``sub`` (the author is ``urn:li:person:<sub>``).
        expires_at: None where the platform sets no end.
        scopes: as the platform granted them; may be fewer than were asked for.
    """

    value: str = field(repr=False)
    account_id: str
    expires_at: datetime | None
    scopes: frozenset[str] = frozenset()


class Accounts(Protocol):
    """Our accounts by their channel; safe to ask from several processes at once."""

    def access_token(self, channel_id: str, *, at_least: timedelta = AT_LEAST) -> AccessToken:
        """A token of the channel that is good for ``at_least``, refreshed first if need be.

        Ask again for each piece of a long upload: a call that finds a good token costs one read.
        Where no token of the platform lives for ``at_least``, a fresh one is given.

        Raises:
            ReauthorisationNeeded: nobody connected an account, or the access to it has ended. Says
                nothing about a post: its publication waits, it is not rejected.
            Transient: the platform gave no token this time.
            Misconfigured: no key opens the stored tokens, or the app's credentials are missing.
        """

    def refused(self, channel_id: str, token: AccessToken) -> AccessToken:
        """Another token in place of ``token``, which the platform answered with 401.

        Refreshes once, also before the time; where somebody else did so already, theirs is given.

        Raises:
            ReauthorisationNeeded: the platform gives no other one.
            Transient: the platform gave no token this time.
            Misconfigured: no key opens the stored tokens, or the app's credentials are missing.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What became of one account whose token was to be refreshed.

    Attributes:
        error: names the channel and what is wrong; None where the token is fresh now.
        has_ended: its owner has to connect it anew.
    """

    channel_id: str
    error: str | None = None
    has_ended: bool = False


class TokenKeeper(Protocol):
    """Keeps tokens fresh before anybody needs them."""

    def due(self, *, ahead: timedelta) -> tuple[str, ...]:
        """Channels whose token's window begins within ``ahead``, or that were left alone long."""

    def refresh_due(self, *, ahead: timedelta) -> tuple[Refreshed, ...]:
        """Refresh each of them; one that fails is in nobody's way.

        Raises:
            Misconfigured: there is no key.
        """
