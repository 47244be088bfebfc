"""Units that platforms charge for are set aside before a call, or the call is not made."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.builders import NOW, channel
from viral_forge_resources.contracts.costs import Budget, CostEvent
from viral_forge_resources.contracts.errors import OverBudget
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.state import channels, costs, quotas
from viral_forge_resources.state.quotas import SqlQuotaLedger
from viral_forge_resources.state.tills import SqlTill

_PRICES = Prices(api_unit={"x:own_reads": 0.001, "x:posts": 0.005})
_OWN = Bucket(platform="x", project="x:main", name="own_reads", limit=None, window=Window.DAY)
_OTHERS = Bucket(platform="x", name="posts", limit=1_000, window=Window.MONTH)
_CALLS = Bucket(platform="x", name="calls", limit=None, window=Window.DAY)
_UNLIMITED = Budget(usd=None, quantity=None)


def _till(state: sa.Engine, *, day_usd: float | None = None) -> SqlTill:
    budget = Budget(usd=0.0, quantity=0.0, day_usd=day_usd)  # what holds models holds no reads
    return SqlTill(state=state, prices=_PRICES, budget=budget)


def _events(state: sa.Engine) -> tuple[CostEvent, ...]:
    with state.connect() as connection:
        return costs.in_time(connection, since=NOW, until=NOW + timedelta(hours=1))


def test_the_most_that_a_call_reads_is_set_aside_and_then_put_right(state):
    with state.begin() as connection:
        mine = channel(channel_id="x:main", publisher="x", name="main", niche="cooking")
        channels.save(connection, mine, now=NOW)
    with _till(state).paying(Use(bucket=_OWN, units=100), now=NOW) as took:
        (before,) = _events(state)
        took(3)
    (after,) = _events(state)
    assert [before.usd, after.usd] == pytest.approx([0.1, 0.003])
    assert before.is_estimate
    assert (after.quantity, after.is_estimate) == (3, False)
    assert (after.kind, after.provider, after.model) == ("api", "x", "own_reads")
    assert (after.niche, after.channel_id) == ("cooking", "x:main")


def test_where_an_answer_is_lost_the_estimate_stands(state):
    with (
        pytest.raises(ZeroDivisionError),
        _till(state).paying(Use(bucket=_OWN, units=2), now=NOW),
    ):
        raise ZeroDivisionError
    (event,) = _events(state)
    assert (event.quantity, event.is_estimate) == (2, True)


def test_a_read_over_budget_is_not_made_and_says_its_estimate(state):
    calls = []
    paying = _till(state, day_usd=0.05).paying(Use(bucket=_OWN, units=100), now=NOW)
    with pytest.raises(OverBudget, match=r"estimate of \$0\.1000") as caught, paying:
        calls.append("sent")
    assert calls == []
    assert caught.value.estimate_usd == pytest.approx(0.1)
    assert caught.value.retry_after is not None
    assert _events(state) == ()


def test_what_has_no_price_leaves_no_row(state):
    with _till(state, day_usd=0.0).paying(Use(bucket=_CALLS), now=NOW) as took:
        took(1)
    assert _events(state) == ()


def test_a_search_that_is_paid_for_is_refused_whole_and_counted_nowhere(state):
    ledger = SqlQuotaLedger(state, _till(state, day_usd=0.06))
    search = (Use(bucket=_OTHERS, units=10), Use(bucket=_CALLS))
    taken, refused = ledger.take_each((search, search), now=NOW)
    assert taken is None
    assert isinstance(refused, OverBudget)
    (event,) = _events(state)
    assert (event.model, event.quantity) == ("posts", 10)
    assert event.usd == pytest.approx(0.05)
    with state.connect() as connection:
        used = {each.bucket.name: each.used for each in quotas.balances(connection, now=NOW)}
    assert used == {"posts": 10, "calls": 1}


def test_another_buckets_price_is_not_this_ones(state):
    ledger = SqlQuotaLedger(state, SqlTill(state=state, prices=_PRICES, budget=_UNLIMITED))
    ledger.take((Use(bucket=replace(_OTHERS, platform="youtube")),), now=NOW)
    assert _events(state) == ()
