"""Texts are as long as each platform says, and nothing that readers see as one is torn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral_forge_resources.contracts.counting_text import (
    Unit,
    counted,
    counted_tags,
    may_break,
    shortened,
    without,
)

_FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f466"
_WAVE = "\U0001f44b\U0001f3fd"
_FLAGS = "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7"


def test_each_unit_counts_as_its_platform_does():
    assert [counted("a\u00e9\U0001f600", unit) for unit in Unit] == [3, 7, 4, 4]
    assert counted_tags(("foo", "foo baz")) == 13
    assert counted("\udcff", Unit.UTF8_BYTES) == 1


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("abc", 3),
        ("\u00e9", 1),
        ("e\u0301", 1),
        ("\u65e5\u672c", 4),
        ("\u2026", 2),
        ("\u2019", 1),
        (_FAMILY + _WAVE, 4),
        ("\u2764\ufe0f", 2),
        ("https://example.com/" + "a" * 200, 23),
        ("see http://a.de now", 31),
        ("example.com", 23),
        ("3.5 of 10, e.g. me@example.com", 30),
    ],
)
def test_x_weighs_signs_emoji_and_links(text, weight):
    assert counted(text, Unit.WEIGHTED) == weight


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (_FAMILY + "x", [_FAMILY, "x"]),
        (_WAVE + _WAVE, [_WAVE, _WAVE]),
        (_FLAGS, [_FLAGS[:2], _FLAGS[2:]]),
        ("a\u0323\u0308b", ["a\u0323\u0308", "b"]),
        ("\u1100\u1161\u11a8x", ["\u1100\u1161\u11a8", "x"]),
        ("\u2764\ufe0f!", ["\u2764\ufe0f", "!"]),
    ],
)
def test_what_is_seen_as_one_is_one(text, parts):
    ends = [place for place in range(1, len(text)) if may_break(text, place)]
    starts = [0, *ends]
    assert [text[a:b] for a, b in zip(starts, [*ends, len(text)], strict=True)] == parts


def test_an_emoji_is_dropped_rather_than_torn():
    assert shortened(f"a{_FAMILY}{_FAMILY}", 7) == f"a{_FAMILY}…"
    assert shortened(f"a{_FAMILY}{_FAMILY}", 6) == "a…"
    assert shortened("\u00e4\u00f6\u00fc\u00e4", 7, Unit.UTF8_BYTES) == "\u00e4\u00f6…"


@given(text=st.text(), limit=st.integers(0, 40), unit=st.sampled_from(Unit))
def test_no_text_is_longer_than_its_limit(text, limit, unit):
    assert counted(shortened(text, limit, unit), unit) <= limit


def test_forbidden_characters_become_what_looks_alike():
    assert without("a <b>!", "<>!") == "a \u2039b\u203a"
