"""Allowances: counted before a call, by everybody together, and anew by the platform's clock."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.builders import NOW
from viral_forge_resources.contracts.errors import Misconfigured, QuotaSpent
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.state.quotas import SqlQuotaLedger, balances

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_PACIFIC = "America/Los_Angeles"

_TAKE_UNTIL_REFUSED = """
import sys
from datetime import datetime
from viral_forge_resources.contracts.errors import QuotaSpent
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.state.engine import open_engine
from viral_forge_resources.state.quotas import SqlQuotaLedger

ledger = SqlQuotaLedger(open_engine(sys.argv[1]))
bucket = Bucket(platform="youtube", name="search", limit=30, window=Window.DAY)
calls = Bucket(platform="youtube", name="calls", limit=None, window=Window.DAY)
now = datetime.fromisoformat(sys.argv[2])
taken = 0
try:
    while True:
        ledger.take((Use(bucket=bucket), Use(bucket=calls)), now=now)
        taken += 1
except QuotaSpent:
    print(taken)
"""


def _bucket(**changes) -> Bucket:
    values = {"platform": "youtube", "name": "search", "limit": 100, "window": Window.DAY}
    return Bucket(**{**values, **changes})


def _take(state: sa.Engine, *uses: Use, now: datetime = NOW) -> None:
    SqlQuotaLedger(state).take(uses, now=now)


def _used(state: sa.Engine, *, now: datetime = NOW) -> dict[str, int]:
    with state.connect() as connection:
        return {row.bucket.name: row.used for row in balances(connection, now=now)}


def _resets_at(state: sa.Engine, *, now: datetime = NOW) -> datetime:
    with state.connect() as connection:
        (balance,) = balances(connection, now=now)
    return balance.resets_at


def test_what_is_taken_is_counted(state):
    _take(state, Use(bucket=_bucket(), units=40))
    _take(state, Use(bucket=_bucket(), units=60))
    assert _used(state) == {"search": 100}


def test_nothing_taken_counts_nothing(state):
    _take(state)
    assert _used(state) == {}


def test_a_spent_allowance_is_refused_before_the_call_and_says_which_and_until_when(state):
    bucket = _bucket(limit=2, project="studio-7", zone=_PACIFIC)
    _take(state, Use(bucket=bucket, units=2))
    with pytest.raises(QuotaSpent) as caught:
        _take(state, Use(bucket=bucket))
    assert str(caught.value) == (
        "youtube: 2 of 2 units of 'search' a day are used in project 'studio-7', and this call"
        " takes 1; it resets at 2026-11-21 08:00 UTC."
    )
    assert caught.value.retry_after == timedelta(hours=20)
    assert _used(state) == {"search": 2}


def test_a_call_that_takes_more_than_there_ever_is_need_not_be_waited_for(state):
    with pytest.raises(QuotaSpent, match="more than there ever is") as caught:
        _take(state, Use(bucket=_bucket(limit=9), units=10))
    assert caught.value.retry_after is None


def test_all_uses_of_a_call_are_counted_or_none(state):
    small = _bucket(name="small", limit=1)
    _take(state, Use(bucket=small))
    with pytest.raises(QuotaSpent, match="'small'"):
        _take(state, Use(bucket=_bucket(), units=5), Use(bucket=small))
    assert _used(state) == {"small": 1}


def test_uses_of_one_bucket_in_one_call_add_up(state):
    half = Use(bucket=_bucket(limit=5), units=3)
    with pytest.raises(QuotaSpent):
        _take(state, half, half)
    assert _used(state) == {}


def test_projects_platforms_and_buckets_are_counted_apart(state):
    for bucket in (
        _bucket(limit=1),
        _bucket(limit=1, project="other"),
        _bucket(limit=1, platform="vimeo"),
        _bucket(limit=1, name="units"),
    ):
        _take(state, Use(bucket=bucket))
    with state.connect() as connection:
        assert [row.used for row in balances(connection, now=NOW)] == [1, 1, 1, 1]


def test_a_changed_limit_counts_at_once(state):
    _take(state, Use(bucket=_bucket(limit=2), units=2))
    _take(state, Use(bucket=_bucket(limit=3)))
    with pytest.raises(QuotaSpent, match="3 of 1 units"):
        _take(state, Use(bucket=_bucket(limit=1)))
    with state.connect() as connection:
        (balance,) = balances(connection, now=NOW)
    assert (balance.used, balance.bucket.limit) == (3, 1)


@pytest.mark.parametrize(
    ("window", "zone", "now", "resets_at"),
    [
        (Window.HOUR, "UTC", "2026-11-20T12:59:59+00:00", "2026-11-20T13:00:00+00:00"),
        (Window.HOUR, "Asia/Kolkata", "2026-11-20T12:10:00+00:00", "2026-11-20T12:30:00+00:00"),
        (Window.DAY, "UTC", "2026-11-20T12:00:00+00:00", "2026-11-21T00:00:00+00:00"),
        (Window.DAY, _PACIFIC, "2026-11-20T07:59:00+00:00", "2026-11-20T08:00:00+00:00"),
        # 23 hours: clocks go forward on 8 March 2026; 25: back on 1 November.
        (Window.DAY, _PACIFIC, "2026-03-08T08:00:00+00:00", "2026-03-09T07:00:00+00:00"),
        (Window.DAY, _PACIFIC, "2026-11-01T07:00:00+00:00", "2026-11-02T08:00:00+00:00"),
        # Midnight itself is skipped in Beirut, and shown twice in Havana.
        (Window.DAY, "Asia/Beirut", "2026-03-28T12:00:00+00:00", "2026-03-28T22:00:00+00:00"),
        (Window.DAY, "America/Havana", "2026-11-01T05:30:00+00:00", "2026-11-02T05:00:00+00:00"),
        (Window.MONTH, "UTC", "2026-12-31T23:59:59+00:00", "2027-01-01T00:00:00+00:00"),
        (Window.MONTH, _PACIFIC, "2027-02-01T07:00:00+00:00", "2027-02-01T08:00:00+00:00"),
    ],
)
def test_a_window_starts_anew_by_the_platforms_clock(state, window, zone, now, resets_at):
    moment, end = datetime.fromisoformat(now), datetime.fromisoformat(resets_at)
    use = Use(bucket=_bucket(limit=1, window=window, zone=zone))
    _take(state, use, now=moment)
    assert _resets_at(state, now=moment) == end
    with pytest.raises(QuotaSpent):
        _take(state, use, now=end - timedelta(seconds=1))
    _take(state, use, now=end)


def test_an_hour_that_the_clock_shows_twice_is_two_hours(state):
    use = Use(bucket=_bucket(limit=1, window=Window.HOUR, zone=_PACIFIC))
    first = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)  # 01:30, and 01:30 again an hour later
    _take(state, use, now=first)
    _take(state, use, now=first + _HOUR)
    with pytest.raises(QuotaSpent):
        _take(state, use, now=first + _HOUR)


def test_a_midnight_that_the_clock_shows_twice_starts_one_day(state):
    use = Use(bucket=_bucket(limit=1, zone="America/Havana"))
    _take(state, use, now=datetime(2026, 11, 1, 4, 10, tzinfo=UTC))
    with pytest.raises(QuotaSpent):
        _take(state, use, now=datetime(2026, 11, 1, 5, 10, tzinfo=UTC))


def test_a_week_is_the_seven_days_before_the_call(state):
    use = Use(bucket=_bucket(limit=2, window=Window.WEEK))
    _take(state, use, now=NOW)
    _take(state, use, now=NOW + _DAY)
    with pytest.raises(QuotaSpent) as caught:
        _take(state, use, now=NOW + 7 * _DAY - _HOUR)
    assert caught.value.retry_after == _HOUR
    _take(state, use, now=NOW + 7 * _DAY)
    assert _used(state, now=NOW + 7 * _DAY) == {"search": 2}


def test_a_week_frees_as_much_as_the_call_takes(state):
    bucket = _bucket(limit=10, window=Window.WEEK)
    for days, units in ((0, 2), (1, 3), (2, 5)):
        _take(state, Use(bucket=bucket, units=units), now=NOW + days * _DAY)
    with pytest.raises(QuotaSpent) as caught:
        _take(state, Use(bucket=bucket, units=4), now=NOW + 2 * _DAY)
    assert caught.value.retry_after == 6 * _DAY


@pytest.mark.parametrize(
    ("window", "length"),
    [
        (Window.MINUTE, timedelta(minutes=1)),
        (Window.FIVE_MINUTES, timedelta(minutes=5)),
        (Window.QUARTER_HOUR, timedelta(minutes=15)),
    ],
)
def test_a_short_window_rolls_so_no_stretch_of_its_length_holds_more(state, window, length):
    use = Use(bucket=_bucket(limit=2, window=window))
    late = NOW + length - timedelta(seconds=1)  # a clock's minute would end right after it
    _take(state, use, now=NOW)
    _take(state, use, now=late)
    with pytest.raises(QuotaSpent) as caught:
        _take(state, use, now=late)
    assert caught.value.retry_after == timedelta(seconds=1)
    _take(state, use, now=NOW + length)
    with pytest.raises(QuotaSpent):
        _take(state, use, now=late + length - timedelta(seconds=1))
    _take(state, use, now=late + length)


def test_a_spent_short_window_says_so_to_the_second(state):
    use = Use(bucket=_bucket(limit=1, window=Window.FIVE_MINUTES))
    _take(state, use)
    with pytest.raises(QuotaSpent, match=r"'search' in 5 minutes .* at 2026-11-20 12:05:00 UTC"):
        _take(state, use)


def test_slots_of_a_short_window_are_forgotten_after_two_days(state):
    for days in (3, 1):
        _take(state, Use(bucket=_bucket(window=Window.MINUTE)), now=NOW - days * _DAY)
    _take(state, Use(bucket=_bucket(name="units")))
    with state.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM quota_ledger")) == 2


def test_what_has_no_documented_limit_is_counted_and_never_refused(state):
    calls = Use(bucket=_bucket(name="calls", limit=None), units=1_000_000)
    _take(state, calls)
    _take(state, calls)
    with state.connect() as connection:
        (balance,) = balances(connection, now=NOW)
    assert (balance.used, balance.bucket.limit) == (2_000_000, None)
    assert balance.resets_at == NOW.replace(hour=0) + _DAY


def test_a_refused_call_is_not_counted_as_a_call_either(state):
    calls = Use(bucket=_bucket(name="calls", limit=None))
    with pytest.raises(QuotaSpent):
        _take(state, Use(bucket=_bucket(limit=1), units=2), calls)
    assert _used(state) == {}


def test_calls_that_are_counted_together_are_refused_each_for_itself(state):
    small, calls = _bucket(limit=1), Use(bucket=_bucket(name="calls", limit=None))
    ledger = SqlQuotaLedger(state)
    answers = ledger.take_each(
        [(Use(bucket=small), calls), (Use(bucket=small), calls), (calls,), ()], now=NOW
    )
    assert [answer is None for answer in answers] == [True, False, True, True]
    assert _used(state) == {"search": 1, "calls": 2}


def test_a_limit_that_was_lifted_leaves_one_balance(state):
    _take(state, Use(bucket=_bucket(limit=5)), now=NOW - _DAY)
    _take(state, Use(bucket=_bucket(limit=None)))
    with state.connect() as connection:
        (balance,) = balances(connection, now=NOW)
    assert (balance.used, balance.bucket.limit) == (1, None)


def test_the_name_of_a_bucket_may_be_a_long_one(state):
    name = "accounts/fireworks/models/llama-4-maverick-17b-128e-instruct-basic" * 3
    _take(state, Use(bucket=_bucket(name=name[:200], limit=None)))
    assert _used(state) == {name[:200]: 1}


def test_an_item_counts_once_a_window(state):
    bucket = _bucket(platform="instagram", name="hashtags", limit=2, window=Window.WEEK)
    for item in ("pasta", "pasta", "soup", "pasta"):
        _take(state, Use(bucket=bucket, item=item))
    assert _used(state) == {"hashtags": 2}
    with pytest.raises(QuotaSpent):
        _take(state, Use(bucket=bucket, item="bread"))


def test_an_item_that_is_asked_for_again_is_free_no_longer_than_its_first_week(state):
    bucket = _bucket(platform="instagram", name="hashtags", limit=2, window=Window.WEEK)
    pasta = Use(bucket=bucket, item="pasta")
    _take(state, pasta, now=NOW)
    _take(state, pasta, now=NOW + 6 * _DAY)
    assert _used(state, now=NOW + 7 * _DAY - _HOUR) == {"hashtags": 1}
    assert _used(state, now=NOW + 7 * _DAY) == {"hashtags": 0}


@pytest.mark.parametrize("item", ["", "x" * 5000, "a\0b", "\udc80", "ünï 日本"])
def test_any_text_is_an_item(state, item):
    use = Use(bucket=_bucket(limit=1), item=item)
    _take(state, use)
    _take(state, use)
    assert _used(state) == {"search": 1}


def test_an_unused_bucket_has_its_whole_allowance(state):
    _take(state, Use(bucket=_bucket(), units=7))
    assert _used(state, now=NOW + _DAY) == {"search": 0}


def test_what_was_used_long_ago_is_forgotten(state):
    _take(state, Use(bucket=_bucket()), now=NOW - 100 * _DAY)
    _take(state, Use(bucket=_bucket()), now=NOW)
    with state.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM quota_ledger")) == 1


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_a_zone_that_is_none_is_a_wrong_setting(state, zone):
    with pytest.raises(Misconfigured, match="is no time zone"):
        _take(state, Use(bucket=_bucket(zone=zone)))


def test_threads_never_take_more_than_there_is(state):
    first, second = _bucket(limit=7), _bucket(name="units", limit=100)
    ledger = SqlQuotaLedger(state)

    def take(number: int) -> bool:
        uses = (Use(bucket=first), Use(bucket=second))
        try:  # in either order: nobody waits for the other for ever
            ledger.take(uses if number % 2 else uses[::-1], now=NOW)
        except QuotaSpent:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(take, range(24)))
    assert taken == 7
    assert _used(state) == {"search": 7, "units": 7}


def test_processes_never_take_more_than_there_is(state):
    url = state.url.render_as_string(hide_password=False)
    racing = [
        subprocess.Popen(  # noqa: S603  our own words
            [sys.executable, "-c", _TAKE_UNTIL_REFUSED, url, NOW.isoformat()],
            cwd=Path(__file__).parents[2],
            env={"PATH": os.defpath},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    taken = [int(process.communicate(timeout=60)[0]) for process in racing]
    assert sum(taken) == 30
    assert _used(state) == {"search": 30, "calls": 30}
