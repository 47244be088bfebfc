"""When a token is refreshed; pure."""

from datetime import datetime, timedelta

from viral_forge_resources.contracts.oauth import Manners, StoredAccount

_LEAST_WINDOW = timedelta(seconds=300)
_WINDOW_SHARE = 0.1
_MOST_SHARE = 0.9
"""Of a lifetime: however much is asked for, a token that was given just now is good enough."""


def window(lifetime: timedelta) -> timedelta:
    """How long before its end a token is refreshed."""
    return max(_LEAST_WINDOW, lifetime * _WINDOW_SHARE)


def is_good(
    issued_at: datetime, expires_at: datetime | None, *, now: datetime, at_least: timedelta
) -> bool:
    """A token needs no refresh: it is outside of its window, and good for ``at_least``."""
    if expires_at is None:
        return True
    lifetime = expires_at - issued_at
    ahead = min(max(window(lifetime), at_least), lifetime * _MOST_SHARE)
    return now < expires_at - ahead


def may_refresh(account: StoredAccount, manners: Manners, *, now: datetime) -> bool:
    """The platform would take a refresh of it now."""
    if not account.has_refresh_token:
        return False
    return now >= account.issued_at + manners.youngest


def is_due(
    account: StoredAccount, manners: Manners, *, now: datetime, ahead: timedelta = timedelta(0)
) -> bool:
    """The schedule refreshes it: its window begins within ``ahead``, or it was left alone long."""
    is_idle = manners.idle is not None and now >= account.issued_at + manners.idle
    is_ending = not is_good(
        account.issued_at, account.expires_at, now=now + ahead, at_least=timedelta(0)
    )
    return (is_idle or is_ending) and may_refresh(account, manners, now=now)


def ends_unrefreshed(account: StoredAccount, manners: Manners, *, now: datetime) -> bool:
    """Its end is near, and only its owner can prolong it."""
    if account.expires_at is None or account.has_refresh_token:
        return False
    return now >= account.expires_at - manners.warn
