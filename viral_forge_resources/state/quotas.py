"""Counts on ``quota_ledger`` what platforms let us ask, for all processes together."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from viral_forge_resources.contracts.errors import Misconfigured, QuotaSpent
from viral_forge_resources.contracts.quota import Balance, Bucket, Use, Window
from viral_forge_resources.state.rows import read_all, upsert
from viral_forge_resources.state.tables import quota_ledger

_WEEK = timedelta(days=7)
# Longer than any window; what was used before counts nowhere.
_KEPT_FOR = timedelta(days=62)
_LONGEST_ITEM = 200
_NO_ITEM = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    item: str
    used: int
    taken_at: datetime


class SqlQuotaLedger:
    """The ledger in the state database; threads and processes may share it.

    A use is committed before the call is made: a call that then fails stays counted, as platforms
    count it too. ``take`` waits while another writer is at it, so it is called in no transaction.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def take(self, uses: tuple[Use, ...], *, now: datetime) -> None:
        """Count all of ``uses``, or none of them.

        Raises:
            QuotaSpent: a bucket does not hold that much any more; says when it will.
            Misconfigured: a bucket's zone is none.
        """
        if not uses:
            return
        refusal: QuotaSpent | None = None
        with self._engine.begin() as connection:
            _lock(connection, (use.bucket for use in uses))
            for use in uses:
                _state_limit(connection, use.bucket)
            try:
                with connection.begin_nested():
                    for use in uses:
                        _count(connection, use, now=now)
            except QuotaSpent as error:
                refusal = error  # the limit that it ran into stays stated
        if refusal is not None:
            raise refusal


def balances(connection: sa.Connection, *, now: datetime) -> tuple[Balance, ...]:
    """What is left of every bucket that was ever used, by platform, project and name."""
    ledger = quota_ledger.c
    named = (ledger.platform, ledger.project, ledger.bucket)
    stated = (*named, ledger.limit, ledger.window, ledger.zone)
    rows = connection.execute(sa.select(*stated).distinct().order_by(*named)).mappings()
    buckets = [
        Bucket(
            platform=row["platform"],
            project=row["project"],
            name=row["bucket"],
            limit=row["limit"],
            window=Window(row["window"]),
            zone=row["zone"],
        )
        for row in rows
    ]
    return tuple(_balance(connection, bucket, now=now) for bucket in buckets)


def _balance(connection: sa.Connection, bucket: Bucket, *, now: datetime) -> Balance:
    counted = _counted(connection, bucket, now=now)
    used = sum(row.used for row in counted)
    return Balance(
        bucket=bucket, used=used, resets_at=_free_at(bucket, counted, units=1, used=used, now=now)
    )


def _count(connection: sa.Connection, use: Use, *, now: datetime) -> None:
    bucket, item = use.bucket, _stored_item(use.item)
    counted = _counted(connection, bucket, now=now)
    if item != _NO_ITEM and any(row.item == item for row in counted):
        return
    used = sum(row.used for row in counted)
    if used + use.units > bucket.limit:
        raise _refusal(use, counted, used=used, now=now)
    taken = {
        "platform": bucket.platform,
        "project": bucket.project,
        "bucket": bucket.name,
        "slot": _slot(bucket, now),
        "item": item,
        "used": use.units,
        "limit": bucket.limit,
        "window": bucket.window.value,
        "zone": bucket.zone,
        "taken_at": now,
    }
    added = quota_ledger.c.used + use.units
    upsert(connection, quota_ledger, taken, instead={"used": added})
    old = _is_of(bucket) & (quota_ledger.c.slot < now - _KEPT_FOR)
    connection.execute(sa.delete(quota_ledger).where(old))


def _refusal(use: Use, counted: tuple[_Counted, ...], *, used: int, now: datetime) -> QuotaSpent:
    bucket = use.bucket
    told = (
        f"{bucket.platform}: {used:,} of {bucket.limit:,} units of '{bucket.name}' a"
        f" {bucket.window} are used in project '{bucket.project}', and this call takes {use.units}"
    )
    if use.units > bucket.limit:
        return QuotaSpent(f"{told}: more than there ever is; raise the limit in the settings.")
    resets_at = _free_at(bucket, counted, units=use.units, used=used, now=now)
    return QuotaSpent(
        f"{told}; it resets at {resets_at:%Y-%m-%d %H:%M} UTC.",
        retry_after=resets_at - now,
    )


def _counted(connection: sa.Connection, bucket: Bucket, *, now: datetime) -> tuple[_Counted, ...]:
    """What counts against the bucket now, the oldest first."""
    ledger = quota_ledger.c
    if bucket.window is Window.WEEK:
        # A day counts until seven days after its last use, an item until seven after its only one.
        is_running = ledger.taken_at > now - _WEEK
    else:
        is_running = ledger.slot >= _slot(bucket, now)
    statement = sa.select(ledger.item, ledger.used, ledger.taken_at)
    statement = statement.where(_is_of(bucket) & is_running).order_by(ledger.taken_at)
    return read_all(connection, _Counted, statement)


def _free_at(
    bucket: Bucket,
    counted: tuple[_Counted, ...],
    *,
    units: int,
    used: int,
    now: datetime,
) -> datetime:
    """When ``units`` more than the running window's rest, or its next unit, become free."""
    if bucket.window is not Window.WEEK:
        return _next_slot(bucket, now)
    for row in counted:
        used -= row.used
        if used + units <= bucket.limit:
            return row.taken_at + _WEEK
    return now  # nothing is used


def _slot(bucket: Bucket, moment: datetime) -> datetime:
    """Start of the hour, day or month of ``moment`` by the platform's clock; of a week's day."""
    local = moment.astimezone(_zone(bucket))
    start = local.replace(minute=0, second=0, microsecond=0)
    if bucket.window is not Window.HOUR:  # of an hour that the clock shows twice each is one
        start = start.replace(hour=0, fold=0)
    if bucket.window is Window.MONTH:
        start = start.replace(day=1)
    return start.astimezone(UTC)


def _next_slot(bucket: Bucket, now: datetime) -> datetime:
    start = _slot(bucket, now)
    if bucket.window is Window.HOUR:
        return start + timedelta(hours=1)
    # A day has 25 hours at most and a month 31 days: this lies in the next one.
    later = timedelta(days=32) if bucket.window is Window.MONTH else timedelta(hours=26)
    return _slot(bucket, start + later)


def _zone(bucket: Bucket) -> ZoneInfo:
    try:
        return ZoneInfo(bucket.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Misconfigured(
            f"'{bucket.zone}' is no time zone for {bucket.platform}'s '{bucket.name}'."
            " Give an IANA name such as America/Los_Angeles."
        ) from error


def _is_of(bucket: Bucket) -> sa.ColumnElement[bool]:
    ledger = quota_ledger.c
    return (
        (ledger.platform == bucket.platform)
        & (ledger.project == bucket.project)
        & (ledger.bucket == bucket.name)
    )


def _state_limit(connection: sa.Connection, bucket: Bucket) -> None:
    """A changed allowance counts for what was used before, too."""
    stated = {"limit": bucket.limit, "window": bucket.window.value, "zone": bucket.zone}
    is_other = sa.or_(*(quota_ledger.c[name] != value for name, value in stated.items()))
    connection.execute(sa.update(quota_ledger).where(_is_of(bucket) & is_other).values(stated))


def _lock(connection: sa.Connection, buckets: Iterable[Bucket]) -> None:
    """Let nobody else count these buckets until this transaction ends.

    On SQLite the transaction holds the one write lock there is.
    """
    if connection.dialect.name != "postgresql":
        return
    names = {f"quota\0{bucket.platform}\0{bucket.project}\0{bucket.name}" for bucket in buckets}
    for number in sorted(map(_lock_number, names)):  # in one order: nobody waits in a circle
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def _lock_number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


def _stored_item(item: str | None) -> str:
    """``item``, or its hash where the column cannot hold it."""
    if item is None:
        return _NO_ITEM
    if item and len(item) <= _LONGEST_ITEM and item.isprintable():
        return item
    return hashlib.sha256(item.encode("utf-8", "surrogatepass")).hexdigest()
