"""What was spent, and what may still be, for all processes together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import builders
from tests.builders import KEY, save_candidate
from viral_forge_resources.contracts.costs import Budget, CostEvent
from viral_forge_resources.contracts.errors import OverBudget
from viral_forge_resources.state import clips, costs

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _event(usd: float | None = 0.4, **changes: Any) -> CostEvent:
    values = {
        "kind": "llm",
        "provider": "fake",
        "model": "fake-1",
        "at": NOW,
        "quantity": 10,
        "unit": "tokens",
        "usd": usd,
        "is_estimate": True,
    }
    return CostEvent(**{**values, **changes})


def test_two_calls_that_fit_alone_do_not_both_get_the_last_of_a_budget(state):
    def reserve(_number):
        try:
            with state.begin() as connection:
                return costs.reserve(connection, _event(), Budget(usd=1.0, quantity=None))
        except OverBudget:
            return None

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(reserve, range(8)))
    assert len([id_ for id_ in ids if id_ is not None]) == 2


def test_a_call_without_a_price_is_held_by_its_quantity(state):
    budget = Budget(usd=0.0, quantity=15)
    with state.begin() as connection:
        costs.reserve(connection, _event(usd=None), budget)
        with pytest.raises(OverBudget, match="of 15 tokens holds 10 already: no room"):
            costs.reserve(connection, _event(usd=None), budget)


def test_what_was_settled_stands_in_the_place_of_the_estimate(state):
    with state.begin() as connection:
        event_id = costs.reserve(connection, _event(), Budget(usd=None, quantity=None))
        costs.settle(connection, event_id, quantity=3, usd=0.1)
        assert costs.spent(connection, "llm", day_of=NOW) == (0.1, 3)


def test_another_kind_of_cost_is_another_sum(state):
    with state.begin() as connection:
        costs.reserve(connection, _event(), Budget(usd=None, quantity=None))
        assert costs.spent(connection, "voice", day_of=NOW) == (0, 0)


def test_a_cap_on_everything_holds_one_kind_back_for_what_another_cost(state):
    budget = Budget(usd=None, quantity=None, day_usd=1.0)
    with state.begin() as connection:
        costs.record(connection, _event(usd=0.9, kind="post"))
        with pytest.raises(OverBudget) as caught:
            costs.reserve(connection, _event(usd=0.2), budget)
    assert "$1 for everything holds $0.9000: no room for an estimate of $0.2000" in str(
        caught.value
    )
    assert (caught.value.estimate_usd, caught.value.retry_after) == (0.2, timedelta(hours=12))


def test_the_next_day_has_a_budget_of_its_own(state):
    budget = Budget(usd=None, quantity=None, day_usd=1.0)
    with state.begin() as connection:
        costs.record(connection, _event(usd=0.9))
        costs.reserve(connection, _event(usd=0.2, at=NOW + timedelta(hours=12)), budget)


def test_a_clip_has_a_budget_however_many_days_it_takes(state):
    save_candidate(state)
    budget = Budget(usd=None, quantity=None, clip_usd=0.5)
    with state.begin() as connection:
        costs.record(connection, _event(candidate_key=KEY, at=NOW - timedelta(days=9)))
        with pytest.raises(OverBudget, match=r"\$0.5 a clip for 1 of cooking:inbox.*holds \$0.4"):
            costs.reserve(connection, _event(candidate_key=KEY), budget)
        for number in (1, 2):
            clips.record(connection, builders.clip(number=number))
        costs.reserve(connection, _event(candidate_key=KEY), budget)


def test_what_has_no_price_counts_as_nothing_known_and_is_kept(state):
    with state.begin() as connection:
        costs.record(connection, _event(usd=None, reason="no price is set"))
        assert costs.spent_in_all(connection, day_of=NOW) == 0
        (kept,) = costs.in_time(connection, since=NOW, until=NOW + timedelta(days=1))
    assert (kept.usd, kept.reason) == (None, "no price is set")
