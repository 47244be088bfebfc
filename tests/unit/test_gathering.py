"""Answers to several questions to one platform, put together."""

import asyncio
from datetime import timedelta

import pytest

from tests.builders import NOW, scanned_video
from viral_forge_resources.contracts.errors import NotSupported, Unreachable
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest, Unusable
from viral_forge_resources.platforms.gathering import Found, gathered

_REQUEST = ScanRequest(niche="cooking", queries=(), since=NOW, limit=3)
_OLD = NOW - timedelta(days=1)


async def _source(*items: ScannedVideo | Unusable | Unreachable) -> Found:
    for item in items:
        if isinstance(item, Unreachable):
            raise item
        yield item


def _video(name: str, **facts: object) -> ScannedVideo:
    return scanned_video(platform_video_id=name, **{"published_at": NOW, **facts})


def _ids(*sources: Found) -> tuple[list[str], Unreachable | None]:
    found: list[ScannedVideo | Unusable] = []

    async def take() -> None:
        async for item in gathered(_REQUEST, *sources):
            found.append(item)  # noqa: PERF401  what came before an error is kept

    failure = None
    try:
        asyncio.run(take())
    except Unreachable as error:
        failure = error
    shown = [
        item.reason if isinstance(item, Unusable) else item.platform_video_id for item in found
    ]
    return shown, failure


def test_a_video_that_two_questions_bring_comes_once():
    found, _ = _ids(_source(_video("a"), _video("b")), _source(_video("b"), _video("c")))
    assert found == ["a", "b", "c"]


def test_what_is_too_old_is_left_out():
    assert _ids(_source(_video("a", published_at=_OLD), _video("b")))[0] == ["b"]


def test_what_a_person_chose_is_never_too_old():
    assert _ids(_source(_video("a", published_at=_OLD, is_hand_picked=True)))[0] == ["a"]


def test_what_tells_no_date_is_not_too_old():
    assert _ids(_source(_video("a", published_at=None)))[0] == ["a"]


def test_a_question_that_fails_takes_nothing_from_the_others():
    found, error = _ids(_source(_video("a"), Unreachable("no")), _source(_video("b")))
    assert found == ["a", "b"]
    assert str(error) == "no"


def test_no_more_come_than_were_asked_for():
    found, _ = _ids(_source(*map(_video, "abcd")), _source(_video("e")))
    assert found == ["a", "b", "c"]


def test_entries_that_cannot_be_used_are_passed_on():
    assert _ids(_source(Unusable(reason="has no id"), _video("a")))[0] == ["has no id", "a"]


def test_nothing_to_ask_is_no_quiet_platform():
    with pytest.raises(NotSupported, match="cooking"):
        _ids()
