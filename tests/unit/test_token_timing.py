"""When a token is refreshed, to the second."""

from datetime import UTC, datetime, timedelta

import pytest

from viral_forge_resources.accounts.timing import is_good, window

_AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
_NONE = timedelta(0)
_S = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("lifetime", "expected"),
    [
        (timedelta(seconds=3599), timedelta(seconds=359.9)),
        (timedelta(minutes=10), timedelta(minutes=5)),
        (timedelta(days=60), timedelta(days=6)),
    ],
)
def test_the_window_is_a_tenth_of_the_life_but_five_minutes_at_least(lifetime, expected):
    assert window(lifetime) == expected


def test_a_token_is_good_until_its_window_begins():
    end = _AT + timedelta(hours=2)
    begins = end - timedelta(minutes=12)
    assert is_good(_AT, end, now=begins - _S, at_least=_NONE)
    assert not is_good(_AT, end, now=begins, at_least=_NONE)


def test_a_token_is_good_for_as_long_as_is_asked():
    end = _AT + timedelta(hours=2)
    assert is_good(_AT, end, now=_AT + timedelta(minutes=59), at_least=timedelta(hours=1))
    assert not is_good(_AT, end, now=_AT + timedelta(minutes=60), at_least=timedelta(hours=1))


def test_a_new_token_is_good_enough_however_long_it_is_wanted_for():
    end = _AT + timedelta(hours=2)
    assert is_good(_AT, end, now=_AT, at_least=timedelta(days=1))


def test_a_token_without_an_end_is_good():
    assert is_good(_AT, None, now=_AT + timedelta(days=999), at_least=timedelta(days=1))
