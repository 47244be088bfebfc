"""Thumbnails that look alike have hashes that are alike; every other one says why it has none."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.builders import NOW
from tests.fakes.web import FakeWeb
from viral_forge_resources.contracts.quota import Use
from viral_forge_resources.contracts.scanning import ScanTools
from viral_forge_resources.contracts.thumbnails import Thumbnail
from viral_forge_resources.platforms.thumbnails import (
    MOST_AT_ONCE,
    WebThumbnailHasher,
    hash_thumbnails,
    perceptual_hash,
)
from viral_forge_resources.state import thumbnails

_URL = "https://i.example/1.jpg"


def _scene(seed: int) -> NDArray[Any]:
    """A picture of soft shapes, as a photograph has them."""
    noise = np.random.default_rng(seed).integers(0, 255, (9, 16, 3), np.uint8)
    return cv2.resize(noise, (640, 360), interpolation=cv2.INTER_CUBIC)


def _encoded(picture: NDArray[Any], kind: str = ".jpg", quality: int = 90) -> bytes:
    is_written, data = cv2.imencode(kind, picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert is_written
    return bytes(data.tobytes())


def _bits_apart(one: bytes, other: bytes) -> int:
    return (int(perceptual_hash(one), 16) ^ int(perceptual_hash(other), 16)).bit_count()


_PICTURE = _encoded(_scene(1))


@pytest.mark.parametrize(
    "copy",
    [
        _encoded(_scene(1), quality=20),
        _encoded(_scene(1), ".png"),
        _encoded(_scene(1), ".webp"),
        _encoded(cv2.resize(_scene(1), (120, 68), interpolation=cv2.INTER_AREA)),
        _encoded(cv2.copyMakeBorder(_scene(1), 60, 60, 0, 0, cv2.BORDER_CONSTANT)),
        _encoded(cv2.convertScaleAbs(_scene(1), alpha=0.9, beta=12)),
    ],
    ids=["compressed hard", "png", "webp", "small", "with bars", "brighter"],
)
def test_copies_of_a_picture_differ_in_few_bits(copy):
    assert _bits_apart(_PICTURE, copy) <= 6


def test_other_pictures_differ_in_many_bits():
    others = [_bits_apart(_PICTURE, _encoded(_scene(seed))) for seed in range(2, 22)]
    assert min(others) > 15


def test_a_hash_is_sixteen_hex_digits_half_of_whose_bits_are_set():
    shown = perceptual_hash(_PICTURE)
    assert len(shown) == 16
    assert int(shown, 16).bit_count() == 32


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (b"", "is no picture"),
        (b"<html>Sign in</html>", "is no picture"),
        (_PICTURE[:300], "cannot be read|is no picture"),
        (_encoded(np.full((90, 160, 3), 30, np.uint8)), "one colour all over"),
        (_encoded(np.zeros((90, 160, 3), np.uint8)), "one colour all over"),
        (_encoded(np.zeros((5_000, 5_000), np.uint8), ".png"), "5000 x 5000 pixels"),
    ],
    ids=["empty", "a page", "cut off", "grey", "black", "vast"],
)
def test_what_cannot_be_compared_says_why(picture, reason):
    with pytest.raises(ValueError, match=reason):
        perceptual_hash(picture)


def _hashed(web: FakeWeb, *urls: str, deadline_s: float = 5.0) -> tuple[Thumbnail, ...]:
    return asyncio.run(hash_thumbnails(urls, web, deadline_s=deadline_s))


def test_each_thumbnail_has_a_hash_or_a_reason():
    web = FakeWeb({_URL: _PICTURE, "https://i.example/page": b"<html>"})
    shown, page, missing = _hashed(web, _URL, "https://i.example/page", "https://i.example/0")
    assert (shown.perceptual_hash, shown.reason) == (perceptual_hash(_PICTURE), None)
    assert (page.perceptual_hash, page.reason) == (None, "is no picture")
    assert missing.perceptual_hash is None
    assert "is not there" in str(missing.reason)
    assert datetime.now(UTC) - shown.hashed_at < timedelta(minutes=1)


def test_a_host_that_never_answers_holds_up_nobody_and_nothing_is_said_of_it():
    web = FakeWeb({_URL: _PICTURE, "https://i.example/silent": None})
    assert [
        each.url for each in _hashed(web, "https://i.example/silent", _URL, deadline_s=0.5)
    ] == [_URL]


def test_a_round_looks_at_a_bounded_number_of_small_files_each_once():
    web = FakeWeb({})
    urls = [f"https://i.example/{number}" for number in range(MOST_AT_ONCE + 50)]
    assert len(_hashed(web, *urls, *urls)) == MOST_AT_ONCE
    assert [each.url for each in web.asked] == urls[:MOST_AT_ONCE]
    assert {each.max_bytes for each in web.asked} == {2_000_000}


class _NoWorkers:
    async def run(
        self,
        job: str,
        arguments: Mapping[str, object],
        *,
        deadline_s: float,
        uses: tuple[Use, ...] = (),
    ) -> Any:
        raise AssertionError(f"nobody needs {job}")


def test_the_web_is_opened_for_the_call_and_not_at_all_for_nothing():
    opened = []

    @asynccontextmanager
    async def open_tools() -> AsyncGenerator[ScanTools]:
        opened.append("open")
        yield ScanTools(web=FakeWeb({_URL: _PICTURE}), workers=_NoWorkers())
        opened.append("closed")

    hasher = WebThumbnailHasher(open_tools=open_tools)
    assert hasher([]) == ()
    assert opened == []
    assert [each.perceptual_hash for each in hasher([_URL])] == [perceptual_hash(_PICTURE)]
    assert opened == ["open", "closed"]


def _thumbnail(url: str, *, shows: str | None, hashed_at: datetime = NOW) -> Thumbnail:
    reason = None if shows else "is no picture"
    return Thumbnail(url=url, perceptual_hash=shows, reason=reason, hashed_at=hashed_at)


def test_hashes_are_remembered_by_address(state):
    seen = [_thumbnail("a", shows="00ff00ff00ff00ff"), _thumbnail("b", shows=None)]
    with state.begin() as connection:
        thumbnails.record(connection, seen)
        assert thumbnails.hashes(connection, ["a", "b", "c"]) == {"a": "00ff00ff00ff00ff"}


def test_a_thumbnail_that_failed_is_looked_at_again_after_a_while(state):
    seen = [_thumbnail("a", shows="00ff00ff00ff00ff"), _thumbnail("b", shows=None)]
    with state.begin() as connection:
        thumbnails.record(connection, seen)
        urls = ["c", "b", "a", "c"]
        assert thumbnails.unknown(connection, urls, tried_before=NOW) == ("c",)
        later = NOW + timedelta(seconds=1)
        assert thumbnails.unknown(connection, urls, tried_before=later) == ("c", "b")
        thumbnails.record(connection, [_thumbnail("b", shows="0f0f0f0f0f0f0f0f")])
        assert thumbnails.unknown(connection, urls, tried_before=later) == ("c",)
