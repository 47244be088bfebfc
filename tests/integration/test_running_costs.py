"""Stored bytes come into the books once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.builders import KEY, NOW, artefact, save_candidate
from viral_forge_assets.running_costs import book_storage
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.state import artefacts, costs

PRICES = Prices(gb_month=0.03)
_DAY = timedelta(days=1)


def _events(state: sa.Engine):
    with state.connect() as connection:
        return costs.in_time(connection, since=NOW - 99 * _DAY, until=NOW + 99 * _DAY)


def _book(state: sa.Engine, book, *, now=NOW, prices=PRICES) -> int:
    with state.begin() as connection:
        return int(book(connection, prices, now=now))


def test_stored_bytes_cost_by_their_time_and_once(state):
    save_candidate(state)
    with state.begin() as connection:
        artefacts.record(connection, artefact(size_bytes=2_000_000_000, recorded_at=NOW))
    assert _book(state, book_storage, now=NOW + 6 * _DAY) == 0
    assert _book(state, book_storage, now=NOW + 15 * _DAY) == 1
    assert _book(state, book_storage, now=NOW + 16 * _DAY) == 0
    assert _book(state, book_storage, now=NOW + 30 * _DAY) == 1
    first, second = _events(state)
    assert (first.candidate_key, first.unit) == (KEY, "gb_months")
    assert [first.quantity, second.quantity] == pytest.approx([1.0, 1.0])
    assert first.usd == pytest.approx(0.03)


def test_stored_bytes_without_a_price_say_so(state):
    save_candidate(state)
    with state.begin() as connection:
        artefacts.record(connection, artefact(recorded_at=NOW - 9 * _DAY))
    _book(state, book_storage, prices=Prices())
    (event,) = _events(state)
    assert (event.usd, event.reason) == (None, "no price is set: VIRAL_FORGE_PRICE_GB_MONTH_USD")
