"""What was spent, and what may still be, for all processes together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from viral_forge_resources.contracts.costs import Budget, CostEvent
from viral_forge_resources.state import costs

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _event(usd: float | None = 0.4) -> CostEvent:
    return CostEvent(
        kind="llm",
        provider="fake",
        model="fake-1",
        at=NOW,
        quantity=10,
        unit="tokens",
        usd=usd,
        is_estimate=True,
    )


def test_two_calls_that_fit_alone_do_not_both_get_the_last_of_a_budget(state):
    def reserve(_number):
        with state.begin() as connection:
            return costs.reserve(connection, _event(), Budget(usd=1.0, quantity=None))

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(reserve, range(8)))
    assert len([id_ for id_ in ids if id_ is not None]) == 2


def test_a_call_without_a_price_is_held_by_its_quantity(state):
    budget = Budget(usd=0.0, quantity=15)
    with state.begin() as connection:
        assert costs.reserve(connection, _event(usd=None), budget) is not None
        assert costs.reserve(connection, _event(usd=None), budget) is None


def test_what_was_settled_stands_in_the_place_of_the_estimate(state):
    with state.begin() as connection:
        event_id = costs.reserve(connection, _event(), Budget(usd=None, quantity=None))
        assert event_id is not None
        costs.settle(connection, event_id, quantity=3, usd=0.1)
        assert costs.spent(connection, "llm", day_of=NOW) == (0.1, 3)


def test_another_kind_of_cost_is_another_sum(state):
    with state.begin() as connection:
        costs.reserve(connection, _event(), Budget(usd=None, quantity=None))
        assert costs.spent(connection, "voice", day_of=NOW) == (0, 0)
