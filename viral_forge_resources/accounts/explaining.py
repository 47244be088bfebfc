"""Why access has ended, and what its owner can do; pure."""

from datetime import datetime, timedelta

from viral_forge_resources.contracts.errors import ReauthorisationNeeded
from viral_forge_resources.contracts.oauth import Manners, StoredAccount

_NEARLY = timedelta(hours=1)
"""A refresh comes a little before the end that it was to prevent."""


def why_ended(account: StoredAccount, manners: Manners, *, refusal: str, now: datetime) -> str:
    """What a person reads of a refresh that was refused.

    Args:
        account: as it was before the refresh.
        manners: of its platform.
        refusal: the platform's words.
        now: when it was refused.
    """
    if _was_in_testing(account, manners, now=now):
        return (
            f"access ended {_days(manners.testing_life)} days after it was given ({refusal})."
            " That is what Google does to apps whose consent screen is External and in Testing."
            " Set it to In production (Google Auth Platform, Audience); access that was given"
            " before does not heal by that"
        )
    if account.refreshing_since is not None and manners.rotates:
        return (
            f"a refresh that began at {account.refreshing_since:%Y-%m-%d %H:%M:%S} UTC was cut off"
            f" before its answer was stored, and {account.platform} ends a refresh token with its"
            f" use ({refusal})"
        )
    return (
        f"access has ended: its owner took it back, it was left unused for too long, or the app"
        f" lost it ({refusal})"
    )


def why_unrefreshable(account: StoredAccount, *, now: datetime) -> str:
    """What a person reads of access that nothing but its owner prolongs."""
    if account.expires_at is not None and account.expires_at <= now:
        lasted = _days(account.expires_at - account.issued_at)
        return (
            f"access ended at {account.expires_at:%Y-%m-%d %H:%M} UTC: {account.platform} gives it"
            f" for {lasted} days, and nothing to prolong it with"
        )
    return f"{account.platform} refuses our access, and gave nothing to get another with"


def reauthorisation(channel_id: str, reason: str) -> ReauthorisationNeeded:
    """The error for access that has ended, or that nobody gave."""
    platform, _, name = channel_id.partition(":")
    return ReauthorisationNeeded(
        channel_id,
        reason=reason,
        remedy=f"Connect it: `viral-forge connect {platform} --channel {name}`.",
    )


def _was_in_testing(account: StoredAccount, manners: Manners, *, now: datetime) -> bool:
    """It died at that age: it was never refreshed at a greater one."""
    if manners.testing_life is None:
        return False
    end = account.connected_at + manners.testing_life
    return account.issued_at <= end and now >= end - _NEARLY


def _days(duration: timedelta | None) -> int:
    return 0 if duration is None else round(duration / timedelta(days=1))
