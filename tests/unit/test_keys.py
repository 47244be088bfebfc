"""Partition keys, storage keys and ids: what may stand in them, and that they stay the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import (
    CandidateKey,
    checked_niche_name,
    parse_candidate_key,
    short_hash,
    slug,
)
from viral_forge_resources.contracts.storage import checked_storage_key

_NICHES = st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True)
_PLATFORMS = st.from_regex(r"[a-z0-9_-]{1,20}", fullmatch=True)
_IDS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)


@given(_NICHES, _PLATFORMS, _IDS)
def test_a_key_is_read_back_as_it_was_written(niche, platform, video_id):
    key = CandidateKey(niche=niche, platform=platform, platform_video_id=video_id)

    assert parse_candidate_key(str(key)) == key
    assert checked_storage_key(key.storage_key("source", "video"))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "cooking",
        "cooking:inbox",
        "cooking:inbox:a:b",
        "cooking:inbox:",
        ":inbox:pasta",
        "Cooking:inbox:pasta",
        "cooking:inbox:pasta\n",
        " cooking:inbox:pasta",
        "cooking:inbox:../../etc",
        "cooking:inbox:größe",
        "cooking:inbox:*",
        "c" * 41 + ":inbox:pasta",
        "cooking:inbox:" + "p" * 65,
    ],
)
def test_what_is_typed_wrong_is_refused_with_an_example(typed):
    with pytest.raises(BadInput, match=r"reads niche:platform:id, such as cooking:inbox:pasta"):
        parse_candidate_key(typed)


def test_a_file_of_a_candidate_is_stored_at_the_same_place_every_time():
    key = parse_candidate_key("cooking:reddit:abc")

    assert key.storage_key("transform", "clip-1.mp4") == "cooking/reddit/abc/transform/clip-1.mp4"


@pytest.mark.parametrize("name", ["cooking", "home-cooking", "c", "a_1", "c" * 40])
def test_a_name_that_can_stand_in_a_key_can_name_a_niche(name):
    assert checked_niche_name(name) == name


@pytest.mark.parametrize("name", ["", "Cooking", "home cooking", "a:b", "c" * 41, "a\n", "../a"])
def test_any_other_name_cannot(name):
    with pytest.raises(BadInput, match="cannot name a niche"):
        checked_niche_name(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pasta in 5 Minutes!", "pasta-in-5-minutes"),
        ("Crème brûlée", "creme-brulee"),
        ("食べ物", "video"),
        ("", "video"),
        ("../../etc/passwd", "etc-passwd"),
        ("-rf", "rf"),
        ("a" * 39 + " b", "a" * 39),
    ],
)
def test_a_slug_is_readable_and_harmless(text, expected):
    assert slug(text) == expected


@given(st.text())
def test_a_slug_of_any_text_can_name_a_file(text):
    assert checked_storage_key(f"folder/{slug(text)}")
    assert len(slug(text)) <= 40


def test_a_short_hash_is_the_same_on_every_machine():
    assert short_hash("a", "b") == "3c9d591045bc8876"
    assert len(short_hash("a", length=8)) == 8


def test_a_short_hash_tells_parts_apart():
    assert short_hash("ab", "c") != short_hash("a", "bc")
    assert short_hash("a") != short_hash("a", "")


def test_a_short_hash_takes_file_names_that_are_no_text():
    assert short_hash("no utf-8 \udcff")
