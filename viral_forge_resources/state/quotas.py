"""Counts on ``quota_ledger`` what platforms let us ask, for all processes together."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from viral_forge_resources.contracts.errors import OverBudget, QuotaSpent, RateLimited
from viral_forge_resources.contracts.quota import Balance, Bucket, Use, Window
from viral_forge_resources.state.columns import UtcDateTime
from viral_forge_resources.state.quota_slots import SHORT_WINDOWS, next_slot, slot_of
from viral_forge_resources.state.rows import read_all, upsert
from viral_forge_resources.state.tables import quota_ledger
from viral_forge_resources.state.tills import SqlTill

# Longer than any window; what was used before counts nowhere.
_KEPT_FOR = timedelta(days=62)
_SHORT_KEPT_FOR = timedelta(days=2)
_TIDIED_EVERY = timedelta(hours=1)
_CLOCK = {False: "%Y-%m-%d %H:%M", True: "%Y-%m-%d %H:%M:%S"}
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
    count it too. Counting waits while another writer is at it, so it is done in no transaction.

    Args:
        till: pays for units that have a price; None: none has.
    """

    def __init__(self, engine: sa.Engine, till: SqlTill | None = None) -> None:
        self._engine = engine
        self._till = till
        self._tidied_at: datetime | None = None

    def take(self, uses: tuple[Use, ...], *, now: datetime) -> None:
        """Count all of ``uses``, or none of them.

        Raises:
            QuotaSpent: a bucket does not hold that much any more; says when it will.
            OverBudget: a budget does not hold what it costs.
            Misconfigured: a bucket's zone is none.
        """
        (refusal,) = self.take_each((uses,), now=now)
        if refusal is not None:
            raise refusal

    def take_each(
        self, calls: Sequence[tuple[Use, ...]], *, now: datetime
    ) -> tuple[RateLimited | None, ...]:
        """See ``contracts.quota.QuotaLedger``; all of ``calls`` in one transaction.

        Raises:
            Misconfigured: a bucket's zone is none; nothing is counted.
        """
        if not any(calls):
            return (None,) * len(calls)
        with self._engine.begin() as connection:
            limited = {use.bucket for uses in calls for use in _limited(uses)}
            _lock(connection, limited)
            for bucket in limited:
                _state_limit(connection, bucket)
            # The limit that a call ran into stays stated.
            refusals = tuple(self._refused(connection, uses, now=now) for uses in calls)
            taken = (uses for uses, refusal in zip(calls, refusals, strict=True) if refusal is None)
            _count_unlimited(connection, [use for uses in taken for use in uses], now=now)
            self._tidy(connection, now=now)
        return refusals

    def _refused(
        self, connection: sa.Connection, uses: tuple[Use, ...], *, now: datetime
    ) -> RateLimited | None:
        """Why not all of the uses that have a limit or a price are taken: then none is."""
        limited = _limited(uses)
        till = self._till
        paid = [partial(till.reserve, use=use) for use in uses if till.charges(use)] if till else []
        if not limited and not paid:
            return None
        try:
            with connection.begin_nested():
                for use in limited:
                    _count(connection, use, now=now)
                for reserve in paid:
                    reserve(connection, now=now)
        except (QuotaSpent, OverBudget) as error:
            return error
        return None

    def _tidy(self, connection: sa.Connection, *, now: datetime) -> None:
        if self._tidied_at is not None and now - self._tidied_at < _TIDIED_EVERY:
            return
        self._tidied_at = now
        is_short = quota_ledger.c.window.in_([window.value for window in SHORT_WINDOWS])
        old = quota_ledger.c.slot < sa.case(
            (is_short, sa.literal(now - _SHORT_KEPT_FOR, UtcDateTime)),
            else_=sa.literal(now - _KEPT_FOR, UtcDateTime),
        )
        connection.execute(sa.delete(quota_ledger).where(old))


def balances(connection: sa.Connection, *, now: datetime) -> tuple[Balance, ...]:
    """What is left of every bucket that was used lately, by platform, project and name."""
    ledger = quota_ledger.c
    named = (ledger.platform, ledger.project, ledger.bucket)
    stated = (*named, ledger.limit, ledger.window, ledger.zone)
    rows = sa.select(*stated).group_by(*stated).order_by(*named, sa.func.max(ledger.taken_at))
    buckets = [
        Bucket(
            platform=row["platform"],
            project=row["project"],
            name=row["bucket"],
            limit=row["limit"],
            window=Window(row["window"]),
            zone=row["zone"],
        )
        for row in connection.execute(rows).mappings()
    ]
    # Of one whose limit is stated in two ways the last holds.
    last = {(bucket.platform, bucket.project, bucket.name): bucket for bucket in buckets}
    return tuple(_balance(connection, bucket, now=now) for bucket in last.values())


def _balance(connection: sa.Connection, bucket: Bucket, *, now: datetime) -> Balance:
    counted = _counted(connection, bucket, now=now)
    used = sum(row.used for row in counted)
    return Balance(
        bucket=bucket, used=used, resets_at=_free_at(bucket, counted, units=1, used=used, now=now)
    )


def _limited(uses: Iterable[Use]) -> list[Use]:
    return [use for use in uses if use.bucket.limit is not None]


def _count(connection: sa.Connection, use: Use, *, now: datetime) -> None:
    bucket, item = use.bucket, _stored_item(use.item)
    counted = _counted(connection, bucket, now=now)
    if item != _NO_ITEM and any(row.item == item for row in counted):
        return
    used = sum(row.used for row in counted)
    if bucket.limit is not None and used + use.units > bucket.limit:
        raise _refusal(use, counted, used=used, limit=bucket.limit, now=now)
    _add(connection, bucket, use.units, item=item, now=now)


def _count_unlimited(connection: sa.Connection, uses: Iterable[Use], *, now: datetime) -> None:
    """Needs no reading and no lock, but one order: nobody waits for the other in a circle."""
    units: Counter[Bucket] = Counter()
    for use in uses:
        if use.bucket.limit is None:
            units[use.bucket] += use.units
    for bucket in sorted(units, key=lambda each: (each.platform, each.project, each.name)):
        _add(connection, bucket, units[bucket], item=_NO_ITEM, now=now)


def _add(
    connection: sa.Connection, bucket: Bucket, units: int, *, item: str, now: datetime
) -> None:
    taken = {
        "platform": bucket.platform,
        "project": bucket.project,
        "bucket": bucket.name,
        "slot": slot_of(bucket, now),
        "item": item,
        "used": units,
        "limit": bucket.limit,
        "window": bucket.window.value,
        "zone": bucket.zone,
        "taken_at": now,
    }
    upsert(connection, quota_ledger, taken, instead={"used": quota_ledger.c.used + units})


def _refusal(
    use: Use, counted: tuple[_Counted, ...], *, used: int, limit: int, now: datetime
) -> QuotaSpent:
    bucket = use.bucket
    told = (
        f"{bucket.platform}: {used:,} of {limit:,} units of '{bucket.name}' {bucket.window.worded}"
        f" are used in project '{bucket.project}', and this call takes {use.units}"
    )
    if use.units > limit:
        return QuotaSpent(f"{told}: more than there ever is; raise the limit in the settings.")
    resets_at = _free_at(bucket, counted, units=use.units, used=used, now=now)
    return QuotaSpent(
        f"{told}; it resets at {resets_at:{_CLOCK[bucket.window in SHORT_WINDOWS]}} UTC.",
        retry_after=resets_at - now,
    )


def _counted(connection: sa.Connection, bucket: Bucket, *, now: datetime) -> tuple[_Counted, ...]:
    """What counts against the bucket now, the oldest first."""
    ledger = quota_ledger.c
    length = bucket.window.rolls_over
    if length is not None:
        # A slot counts until a window after its last use, an item until one after its only one.
        starts_at = now - length
        is_running = sa.and_(ledger.taken_at > starts_at, ledger.slot >= slot_of(bucket, starts_at))
    else:
        is_running = sa.and_(ledger.slot >= slot_of(bucket, now))
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
    length = bucket.window.rolls_over
    if length is None or bucket.limit is None:
        return next_slot(bucket, now)
    for row in counted:
        used -= row.used
        if used + units <= bucket.limit:
            return row.taken_at + length
    return now  # nothing is used


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
    ledger = quota_ledger.c
    is_other = sa.or_(*(ledger[name].is_distinct_from(value) for name, value in stated.items()))
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
