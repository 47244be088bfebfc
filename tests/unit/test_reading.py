"""Answers of platforms are read exactly, or not at all."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viral_forge_resources.contracts.errors import UnexpectedAnswer
from viral_forge_resources.contracts.keys import CandidateKey, parse_candidate_key
from viral_forge_resources.contracts.words import is_printable
from viral_forge_resources.platforms import reading
from viral_forge_resources.platforms.reading import (
    Stated,
    clock_seconds,
    count,
    entries,
    inside,
    is_older,
    iso_seconds,
    moment,
    one_line,
    plain_text,
    seconds,
    video_id,
    web_address,
)

_READERS = (
    *("clock_seconds", "count", "iso_seconds", "moment", "one_line", "plain_text", "seconds"),
    *("video_id", "web_address"),
)
_TEXT = st.text(st.characters(), max_size=40)  # lone surrogates, too
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | _TEXT
    | st.sampled_from(
        [10**400, -(10**400), "9" * 5_000, "P" + "9" * 400 + "D", "http://[", "\ud83d"]
    )
    | st.from_regex(r"P\d+DT\d+H\d+M\d+S|\d+:\d+:\d+|\d{4}-\d\d-\d\dT\d\d:\d\dZ", fullmatch=True)
)
_ANYTHING = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3)
)


@pytest.mark.parametrize("name", _READERS)
@settings(max_examples=50)
@given(value=_ANYTHING)
def test_whatever_a_platform_sends_is_read_or_is_none(name, value):
    read = getattr(reading, name)(value)
    assert read is None or isinstance(read, str | int | float | datetime)
    assert not isinstance(read, bool)
    if isinstance(value, list | dict | bool) or value is None:
        assert read is None


@given(value=_ANYTHING, path=st.lists(st.text(max_size=2) | st.integers(0, 3), max_size=4))
def test_a_path_that_leads_nowhere_leads_to_none(value, path):
    found = inside(value, *path)
    assert found is None or found is value or isinstance(value, list | dict)


def test_what_stands_at_a_path_is_found():
    document = {"items": [{"id": "a", "n": 0}]}
    assert inside(document, "items", 0, "n") == 0
    assert inside(document, "items", 1, "n") is None
    assert inside(document, "items", "0") is None
    assert inside(document) is document


def test_a_list_that_is_no_list_is_an_unexpected_answer():
    assert entries({"items": []}, "items", name="https://a.example") == []
    with pytest.raises(UnexpectedAnswer, match=r"https://a\.example: items is no list"):
        entries({"items": {}}, "items", name="https://a.example")
    with pytest.raises(UnexpectedAnswer, match="the answer is no list"):
        entries(None, name="https://a.example")


@given(_TEXT)
def test_a_line_is_printable_short_and_nothing_but_the_text(text):
    line = one_line(text)
    if line is not None:
        assert is_printable(line)
        assert line == line.strip()
        assert 0 < len(line) <= 500
        assert set(line) <= set(text) | {" "}
        assert line.encode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two\r\n lines ", "two lines"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("a\u202egnp.exe", "a gnp.exe"),
        ("half \ud83d", "half"),
        ("👩\u200d🚀 क्\u200cष", "👩\u200d🚀 क्\u200cष"),
        ("a" * 600, "a" * 500),
        ("\u200d \u200c", None),
        ("\x00\n", None),
        ("", None),
        (7, None),
    ],
)
def test_titles_keep_their_words_and_lose_what_steers(text, line):
    assert one_line(text) == line


def test_html_is_read_as_its_words():
    assert plain_text('<a href="x">George <b>R.</b></a> &amp; Co') == "George R. & Co"
    assert plain_text("<br>") is None


@given(st.text(min_size=1, max_size=90) | st.integers())
def test_every_id_makes_a_key_and_stays_itself(value):
    found = video_id(value)
    assert found is not None
    key = CandidateKey(niche="cats", platform="x", platform_video_id=found)
    assert parse_candidate_key(str(key)) == key
    assert video_id(value) == found


def test_ids_that_look_alike_stay_apart():
    assert video_id("dQw4w9WgXcQ") == "dQw4w9WgXcQ"
    assert video_id(115500000000001) == "115500000000001"
    assert video_id("a.b") != video_id("a/b")


@pytest.mark.parametrize("value", ["", None, True, 1.5, [], "\ud83d"])
def test_what_is_no_id_is_none(value):
    assert video_id(value) is None


@pytest.mark.parametrize(
    ("given_count", "read"),
    [(0, 0), (7, 7), ("120345", 120345), ("0", 0), (2**63 - 1, 2**63 - 1), (2**63, None)],
)
def test_a_count_is_exact_or_hidden(given_count, read):
    assert count(given_count) == read


@pytest.mark.parametrize(
    "hidden", [-1, "-1", "1.2K", "1,234", "", " 7", "\u0667", "9" * 19, 7.0, True, None, []]
)
def test_what_is_no_count_is_hidden(hidden):
    assert count(hidden) is None


@pytest.mark.parametrize(("value", "read"), [(14, 14.0), (0.5, 0.5)])
def test_a_duration_is_a_number_above_zero(value, read):
    assert seconds(value) == read


@pytest.mark.parametrize("value", [0, -3, "14", math.inf, math.nan, True, 10**400])
def test_what_is_no_duration_is_none(value):
    assert seconds(value) is None


@pytest.mark.parametrize(
    ("value", "read"), [("PT1M3S", 63.0), ("PT1H", 3600.0), ("P1DT2S", 86402.0), ("PT0.5S", 0.5)]
)
def test_an_iso_duration_is_seconds(value, read):
    assert iso_seconds(value) == read


@pytest.mark.parametrize("value", ["PT0S", "P0D", "P", "1:03", "PT1M3", 63])
def test_what_is_no_iso_duration_is_none(value):
    assert iso_seconds(value) is None


@pytest.mark.parametrize(("value", "read"), [("0:58", 58.0), ("12:34", 754.0), ("1:02:03", 3723.0)])
def test_a_clock_is_seconds(value, read):
    assert clock_seconds(value) == read


@pytest.mark.parametrize("value", ["0:00", "58", "1:2", "a:bc", 58])
def test_what_is_no_clock_is_none(value):
    assert clock_seconds(value) is None


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda when: when.year >= 1990))
def test_a_moment_is_read_back_as_it_was_written(when):
    assert moment(when.isoformat()) == when
    assert moment(when.replace(tzinfo=None).isoformat()) == when
    whole = when.replace(microsecond=0)
    assert moment(int(whole.timestamp())) == whole


@pytest.mark.parametrize(
    "value", ["yesterday", "", "2026-13-01", "2 days ago", 1e300, math.nan, True, None, "0"]
)
def test_what_is_no_moment_is_none(value):
    assert moment(value) is None


def test_a_moment_of_another_zone_is_in_utc():
    found = moment("2026-11-18T09:00:00+02:00")
    assert found == datetime(2026, 11, 18, 7, tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("address", ["https://a.example/v.mp4?x=1#t", "HTTP://a.example"])
def test_an_address_stays_as_it_is(address):
    assert web_address(address) == address


@pytest.mark.parametrize(
    "value",
    [
        *("/v.mp4", "ftp://a.example/", "javascript:alert(1)", "file:///etc/passwd", "https://"),
        *("https://a.example/a b", "https://a.example/\n", "https://ä.example/", "http://["),
        *("", 7, None),
    ],
)
def test_what_is_no_web_address_is_none(value):
    assert web_address(value) is None


def test_a_video_without_a_date_is_not_older():
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert not is_older(None, since)
    assert not is_older(since, since)
    assert is_older(since - timedelta(seconds=1), since)


def test_a_licence_is_known_by_its_words_and_keeps_them():
    assert Stated("CC BY 4.0\n", "https://a.example/v").fields == {
        "licence": "CC BY 4.0",
        "licence_spdx": "CC-BY-4.0",
        "licence_evidence": "https://a.example/v",
    }


def test_a_licence_that_nobody_knows_gives_words_alone():
    stated = Stated("do what you like", "https://a.example/v").fields
    assert (stated["licence"], stated["licence_spdx"]) == ("do what you like", None)


@pytest.mark.parametrize("words", [None, "", "\x00", 7, {}])
def test_where_no_licence_is_stated_none_is(words):
    assert set(Stated(words, "https://a.example/v").fields.values()) == {None}
