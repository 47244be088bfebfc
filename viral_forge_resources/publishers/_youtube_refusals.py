"""What YouTube's refusals mean, by its own reasons: the status alone says too little.

Source: https://developers.google.com/youtube/v3/docs/errors
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from viral_forge_resources.contracts.errors import printable
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside, one_line
from viral_forge_resources.publishers._calling import Answer, Judge, Refused

DAY_STARTS_IN = "America/Los_Angeles"
_R = Recovery

RECOVERIES: Mapping[str, Recovery] = MappingProxyType(
    {
        "quotaExceeded": _R.RETRY_AFTER,
        "dailyLimitExceeded": _R.RETRY_AFTER,
        "rateLimitExceeded": _R.RETRY_AFTER,
        "userRateLimitExceeded": _R.RETRY_AFTER,
        "uploadLimitExceeded": _R.RETRY_AFTER,
        "uploadRateLimitExceeded": _R.RETRY_AFTER,
        "authError": _R.REFRESH_TOKEN,
        "authorizationRequired": _R.REFRESH_TOKEN,
        "youtubeSignupRequired": _R.REAUTH_USER,
        "insufficientPermissions": _R.REAUTH_USER,
        "forbidden": _R.REAUTH_USER,
        "forbiddenPrivacySetting": _R.REAUTH_USER,
        "forbiddenLicenseSetting": _R.REAUTH_USER,
        "accessNotConfigured": _R.REAUTH_USER,
        "videoNotFound": _R.RECONCILE,
        "backendError": _R.RETRY_SAME,
    }
)
_OF_THE_PROJECT = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_SETTINGS = frozenset({"forbiddenPrivacySetting", "forbiddenLicenseSetting", "accessNotConfigured"})
_WAITS: Mapping[str, timedelta] = {
    "uploadLimitExceeded": timedelta(hours=24),  # of the channel, whatever the project has left
    "uploadRateLimitExceeded": timedelta(hours=2),
}
_INCOMPLETE = 308
_GONE = frozenset({404, 410})
_UNAUTHORIZED = 401
_TOO_MANY = 429


def judge_calls(clock: Callable[[], datetime]) -> Judge:
    """Judges answers to calls of the Data API."""

    def judge(answer: Answer) -> Refused | None:
        if answer.is_success:
            return None
        error = inside(answer.document, "error")
        reason = str(inside(error, "errors", 0, "reason") or f"status {answer.status}")
        said = printable(one_line(inside(error, "message")) or f"status {answer.status}")
        return Refused(
            f"YouTube says {reason}: {said}",
            _recovery(answer, reason),
            retry_after=_wait(reason, clock()),
            is_ours=reason in _SETTINGS,
            code=reason,
        )

    return judge


def judge_uploads(clock: Callable[[], datetime]) -> Judge:
    """Judges answers of an upload's own address, where 308 is a good one."""
    judge = judge_calls(clock)

    def judged(answer: Answer) -> Refused | None:
        if answer.status == _INCOMPLETE:
            return None
        refused = judge(answer)
        if refused is not None and answer.status in _GONE:
            refused.recovery = _R.NEW_SESSION
        return refused

    return judged


def midnight(now: datetime) -> datetime:
    """When the project's quota of the day starts anew."""
    local = now.astimezone(ZoneInfo(DAY_STARTS_IN))
    tomorrow = (local + timedelta(hours=26)).replace(hour=0, minute=0, second=0, microsecond=0)
    if tomorrow.date() - local.date() > timedelta(days=1):
        tomorrow -= timedelta(days=1)
    return tomorrow.astimezone(UTC)


def _recovery(answer: Answer, reason: str) -> Recovery:
    if reason in RECOVERIES:
        return RECOVERIES[reason]
    if answer.status == _UNAUTHORIZED:
        return _R.REFRESH_TOKEN
    if answer.status == _TOO_MANY:
        return _R.RETRY_AFTER
    return _R.RETRY_SAME if answer.is_server_error else _R.FIX_REQUEST


def _wait(reason: str, now: datetime) -> timedelta | None:
    return midnight(now) - now if reason in _OF_THE_PROJECT else _WAITS.get(reason)
