"""How an account stands, in words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from viral_forge_resources.accounts.timing import ends_unrefreshed
from viral_forge_resources.contracts.oauth import AccountState, Manners, StoredAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an account stands.

    Attributes:
        state: one or two words.
        text: the account, its end, and what is missing.
        is_good: nobody has to do anything.
    """

    state: str
    text: str
    is_good: bool


def standing(
    account: StoredAccount, manners: Manners, *, key_ids: Collection[str], now: datetime
) -> Standing:
    """How ``account`` stands with the keys of these names."""
    name = f"{account.account_name} ({account.account_id})"
    if account.state is AccountState.REAUTHORISE:
        return Standing(
            state="connect again",
            text=f"{name}: {account.reason}. {_command(account)}",
            is_good=False,
        )
    if account.key_id not in key_ids:
        return Standing(
            state="no key",
            text=f"{name}: its tokens were sealed with key {account.key_id}, which is not in"
            " VIRAL_FORGE_TOKEN_KEYS. Put that key back; the account need not be connected anew.",
            is_good=False,
        )
    told = [name, _end(account), _scopes(account, manners)]
    if account.reason:
        told.append(f"last refresh: {account.reason}")
    is_ending = ends_unrefreshed(account, manners, now=now)
    if is_ending:
        told.append(f"nothing prolongs it but its owner. {_command(account)}")
    return Standing(
        state="ends soon" if is_ending else "connected",
        text="; ".join(told),
        is_good=not (is_ending or account.missing_scopes or account.reason),
    )


def missing_in_words(missing: dict[str, str]) -> list[str]:
    """A line for each scope that was not granted."""
    return [f"not granted: {scope}, needed for {need}" for scope, need in missing.items()]


def _end(account: StoredAccount) -> str:
    if account.expires_at is None:
        return "without an end"
    if not account.has_refresh_token:
        return f"until {account.expires_at:%Y-%m-%d %H:%M} UTC"
    if account.refresh_expires_at is None:
        return "prolonged by itself"
    return f"prolonged by itself, unless unused until {account.refresh_expires_at:%Y-%m-%d}"


def _scopes(account: StoredAccount, manners: Manners) -> str:
    missing = {scope: manners.scopes.get(scope, "") for scope in account.missing_scopes}
    if missing:
        return "; ".join(missing_in_words(missing))
    return f"{len(account.scopes)} scopes granted"


def _command(account: StoredAccount) -> str:
    channel = account.channel_id.partition(":")[2]
    return f"Connect it again: `viral-forge connect {account.platform} --channel {channel}`."
