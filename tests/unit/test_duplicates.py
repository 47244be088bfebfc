"""One video on several platforms is one candidate; videos that only look alike are several."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import builders
from viral_forge_assets.domain.addresses import canonical_address
from viral_forge_assets.domain.duplicates import (
    Comparable,
    Duplicate,
    Originals,
    comparable,
    comparable_title,
)
from viral_forge_resources.contracts.scanning import NichePolicy

_POLICY = NichePolicy()
_TITLE = "A cat opens the fridge and takes the cheese"


def _video(key: str, **changes: Any) -> Comparable:
    values: dict[str, Any] = {"addresses": frozenset(), "title": "", "duration_s": None}
    return Comparable(key=key, **{**values, **changes})


def _found(*videos: Comparable, policy: NichePolicy = _POLICY) -> dict[str, Duplicate]:
    """By key, what each is the same as of those before it."""
    originals, found = Originals(videos, policy), {}
    for video in videos:
        twin = originals.twin_of(video)
        if twin is None:
            originals.add(video)
        else:
            found[video.key] = twin
    return found


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3s",
        "https://m.youtube.com/watch?feature=share&v=dQw4w9WgXcQ",
        "http://youtu.be/dQw4w9WgXcQ?si=abc",
        "https://youtube.com/shorts/dQw4w9WgXcQ",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
    ],
)
def test_every_spelling_of_a_youtube_address_names_the_same_video(address):
    assert canonical_address(address) == "youtube:dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://dai.ly/x9abcde", "https://www.dailymotion.com/video/x9abcde"),
        ("https://player.vimeo.com/video/123", "https://vimeo.com/123?share=copy"),
        ("https://twitter.com/ada/status/1", "https://x.com/i/status/1"),
        ("https://tube.example/w/abc/?utm_source=x", "http://tube.example/w/abc"),
        ("https://e.example/v?a=1&b=2", "https://e.example/v?b=2&a=1"),
    ],
)
def test_two_addresses_of_one_video_are_the_same(one, other):
    assert canonical_address(one) == canonical_address(other) is not None


def test_addresses_that_differ_in_a_parameter_with_meaning_are_two():
    assert canonical_address("https://e.example/v?id=1") != canonical_address(
        "https://e.example/v?id=2"
    )


@pytest.mark.parametrize("address", ["", "/inbox/pasta.mp4", "http://[", "ftp://a.example/v"])
def test_what_is_no_web_address_names_no_video(address):
    assert canonical_address(address) is None


def test_a_youtube_video_that_another_search_found_is_the_same_video():
    listed = builders.scanned_video(locator="https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    found = builders.scanned_video(page_url="https://youtu.be/dQw4w9WgXcQ", title="Else")
    videos = [comparable("listed", listed), comparable("found", found)]
    assert _found(*videos) == {"found": Duplicate(of="listed", why="has the same address")}


def test_a_like_title_of_the_same_length_is_the_same_video():
    first = _video("first", title=comparable_title(_TITLE), duration_s=31.0)
    copy = _video("copy", title=comparable_title(f"{_TITLE}! #fyp #cats"), duration_s=31.9)
    near = _video("near", title=comparable_title(_TITLE.replace("takes", "took")), duration_s=30.5)
    found = _found(first, copy, near)
    assert {key: each.of for key, each in found.items()} == {"copy": "first", "near": "first"}
    assert found["near"].why == "has the same length, and a title that is 94 % the same"


@pytest.mark.parametrize(
    ("title", "duration_s"),
    [
        (_TITLE, 45.0),
        ("A dog closes the door and hides the bone", 31.0),
        (_TITLE.replace("takes the", "takes all its"), None),
    ],
    ids=["another length", "another title", "a like title of unknown length"],
)
def test_other_videos_stay(title, duration_s):
    first = _video("first", title=comparable_title(_TITLE), duration_s=31.0)
    assert (
        _found(first, _video("other", title=comparable_title(title), duration_s=duration_s)) == {}
    )


def test_parts_of_a_series_are_several_videos():
    parts = [
        _video(str(n), title=f"baking bread at home with my grandmother part {n}", duration_s=60.0)
        for n in (1, 2, 3)
    ]
    assert _found(*parts) == {}


def test_the_same_title_of_unknown_length_is_the_same_video_unless_the_title_is_short():
    assert list(_found(*(_video(key, title=comparable_title(_TITLE)) for key in "ab"))) == ["b"]
    assert _found(*(_video(key, title="funny cat", duration_s=9.0) for key in "ab")) == {}


def test_titles_of_other_scripts_are_compared_too():
    first = _video(
        "first", title=comparable_title("猫が冷蔵庫を開けてチーズを食べる動画"), duration_s=20
    )
    copy = _video(
        "copy", title=comparable_title("猫が冷蔵庫を開けてチーズを食べた動画"), duration_s=20
    )
    assert list(_found(first, copy)) == ["copy"]


def test_letters_that_only_look_different_make_no_other_title():
    wide = "\N{FULLWIDTH LATIN CAPITAL LETTER C}at\N{IDEOGRAPHIC SPACE}OPENS the FRIDGE #fyp"
    assert comparable_title(wide) == "cat opens the fridge"
    assert comparable_title("#cats #fridge") == "cats fridge"


def test_thumbnails_that_differ_in_few_bits_show_the_same_video():
    first = _video("first", thumbnail_hash="ffffffff00000000", duration_s=30.0)
    copy = _video("copy", thumbnail_hash="fffffffe00000103", duration_s=30.5)
    other = _video("other", thumbnail_hash="0123456789abcdef", duration_s=30.0)
    longer = _video("longer", thumbnail_hash="ffffffff00000000", duration_s=300.0)
    found = _found(first, copy, other, longer)
    assert found == {
        "copy": Duplicate(of="first", why="has a thumbnail that differs in 4 of 64 bits")
    }
    assert _found(first, copy, policy=NichePolicy(thumbnail_distance=3)) == {}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=20), st.integers(0, 15))
def test_every_pair_of_thumbnails_within_the_distance_is_found(bits, flipped, distance):
    other = bits
    for bit in flipped:
        other ^= 1 << bit
    videos = [
        _video("a", thumbnail_hash=f"{bits:016x}"),
        _video("b", thumbnail_hash=f"{other:016x}"),
    ]
    found = _found(*videos, policy=NichePolicy(thumbnail_distance=distance))
    assert bool(found) == (len(flipped) <= distance)


def test_a_picture_that_a_platform_shows_for_many_videos_tells_nothing():
    same = [_video(str(n), thumbnail_hash="ffffffff00000000") for n in range(5)]
    assert _found(*same) == {}
    assert len(_found(*same[:4])) == 3


def test_thousands_of_videos_with_nearly_the_same_title_are_compared_in_no_time():
    letters = str.maketrans("0123456789", "ghijklmnop")
    alike = [
        _video(name, title=f"funny cat video {name}", duration_s=15.0)
        for n in range(4000)
        for name in [builders.sha256(str(n))[:16].translate(letters)]
    ]
    started_s = time.process_time()
    assert _found(*alike) == {}
    assert time.process_time() - started_s < 3  # every pair with every other takes minutes
