"""The stretches of time that uses of an allowance are counted in, by the platform's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.contracts.quota import Bucket, Window

SHORT_WINDOWS = (Window.MINUTE, Window.FIVE_MINUTES, Window.QUARTER_HOUR)
_SLOTS = 60  # of a short window: it rolls on slot by slot


def slot_of(bucket: Bucket, moment: datetime) -> datetime:
    """Start of the hour, day or month of ``moment`` by the platform's clock; of a week's day.

    A short window has slots of a sixtieth each.

    Raises:
        Misconfigured: the bucket's zone is none.
    """
    if bucket.window in SHORT_WINDOWS:
        return _short_slot(bucket.window, moment)
    local = moment.astimezone(_zone(bucket))
    start = local.replace(minute=0, second=0, microsecond=0)
    if bucket.window is not Window.HOUR:  # of an hour that the clock shows twice each is one
        start = start.replace(hour=0, fold=0)
    if bucket.window is Window.MONTH:
        start = start.replace(day=1)
    return start.astimezone(UTC)


def _short_slot(window: Window, moment: datetime) -> datetime:
    length = window.rolls_over or timedelta()
    grain_s = int(length.total_seconds()) // _SLOTS
    return datetime.fromtimestamp(int(moment.timestamp()) // grain_s * grain_s, UTC)


def next_slot(bucket: Bucket, now: datetime) -> datetime:
    """Start of the hour, day or month after that of ``now``."""
    start = slot_of(bucket, now)
    if bucket.window is Window.HOUR:
        return start + timedelta(hours=1)
    # A day has 25 hours at most and a month 31 days: this lies in the next one.
    later = timedelta(days=32) if bucket.window is Window.MONTH else timedelta(hours=26)
    return slot_of(bucket, start + later)


def _zone(bucket: Bucket) -> ZoneInfo:
    try:
        return ZoneInfo(bucket.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Misconfigured(
            f"'{bucket.zone}' is no time zone for {bucket.platform}'s '{bucket.name}'."
            " Give an IANA name such as America/Los_Angeles."
        ) from error
